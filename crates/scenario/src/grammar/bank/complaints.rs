//! What people complain about at Tern Bank, and how.

use crate::grammar::Topic;

pub(super) const TOPICS: &[Topic] = &[
    Topic {
        theme: "atm_card",
        weight: 7,
        direct: &[
            "the cash machine in {city} swallowed my card",
            "ATM at {city} ate my card",
            "card stuck in your machine at {city} station",
            "cash machine gave me nothing but took {nnn} off my account",
        ],
        indirect: &[
            "put plastic in, got a blue screen back, {city}",
            "the slot in {city} closed like a mouth and that was that",
            "it counted the notes behind the flap and kept them",
            "I am at {city} station with a phone at {n} percent and no way to pay",
        ],
    },
    Topic {
        theme: "price_change",
        weight: 5,
        direct: &[
            "account fee went up to {nn}",
            "new charges of {nn} a month on my account",
            "you raised the fee without asking",
        ],
        indirect: &[
            "{nn} a month to hold my own money",
            "the leaflet is green, the bottom line is red",
            "my statement has a new line every month",
        ],
    },
    Topic {
        theme: "app_down",
        weight: 15,
        direct: &[
            "app is down again",
            "the app crashes when I open my account",
            "app not working since {time}",
            "mobile banking down on payday, classic",
        ],
        indirect: &[
            "standing at the till in {city} looking at a white screen",
            "the bird flaps and flaps and nothing loads",
            "my balance is three dots",
            "paid my rent with apologies {daytime}",
            "it says come back later. it has been later for {n} hours",
        ],
    },
    Topic {
        theme: "fraud",
        weight: 9,
        direct: &[
            "fraud on my account, {nnn} gone",
            "somebody used my card in {country}, {nnn} stolen",
            "scam text in your name, {n} today",
            "your fraud line keeps me on hold while they empty my account",
        ],
        indirect: &[
            "I have never been to {country}, my card says I had dinner there",
            "{nnn} went to a man I do not know at {time}",
            "they knew my {relation}'s name and my last three payments",
            "I rang the number on the text, that was the mistake",
        ],
    },
    Topic {
        theme: "branch_queue",
        weight: 9,
        direct: &[
            "queue at the {city} branch goes out of the door",
            "waited {nn} minutes in the queue for one signature",
            "one counter open at {city}, {nn} people waiting",
        ],
        indirect: &[
            "my ticket says {nnn}, the screen says {nn}",
            "brought a chair to {city} {daytime}, I have learned",
            "my {kin} is {nn} and stands because there are no seats",
            "they let the phone ring and us stand",
        ],
    },
    Topic {
        theme: "card_declined",
        weight: 10,
        direct: &[
            "card declined at the till with {nnn} in the account",
            "my card was refused in {country}",
            "declined again, {n} shops {daytime}",
            "card blocked without a word",
        ],
        indirect: &[
            "left a full trolley in {city} and walked out with a red face",
            "my {relation} had to pay for our dinner, all {n} courses",
            "at the pump in {city}, tank full, and the machine says no",
            "the waiter was kind about it, I was not",
        ],
    },
    Topic {
        theme: "login",
        weight: 12,
        direct: &[
            "can't log in since {daytime}",
            "login code never arrives",
            "locked out of my account after {n} tries",
            "password reset does not work",
        ],
        indirect: &[
            "it wants a picture of my face, then it does not like my face",
            "the code comes when the page has gone",
            "I am me. I have been me for {nn} years",
            "the question was my first pet and we both know the answer",
        ],
    },
    Topic {
        theme: "staff",
        weight: 8,
        direct: &[
            "rude clerk at the {city} branch",
            "the advisor hung up on me",
            "your staff laughed at my {kin}",
            "unhelpful staff, {n} calls, {n} answers",
        ],
        indirect: &[
            "she talked over me to the screen",
            "was asked whether my {relation} could explain it to me",
            "he sighed. at me. in front of {nn} people",
            "they passed me round like a parcel {daytime}",
        ],
    },
    Topic {
        theme: "loan",
        weight: 8,
        direct: &[
            "loan refused without a reason",
            "my mortgage application has been with you for {n} weeks",
            "loan rate changed after I signed",
            "loan payment taken twice",
        ],
        indirect: &[
            "the house went to somebody with a quicker bank",
            "the paper I sent in {n} times is missing again",
            "approved at {time}, not approved at {time}",
            "a computer in {city2} thinks I am a risk, I run the fire brigade",
        ],
    },
];

pub(super) const GRUMBLES: &[&str] = &[
    "I feel like a number, and not a big one",
    "nobody owns anything in that place",
    "{nn} years a customer and this is the thanks",
    "how hard can it be",
    "the music, oh the music, {nn} minutes of it",
    "you used to know our names",
    "one would think it was their money",
    "it is always the next department",
    "I had a plan for today, this was not it",
    "my {kin} keeps it under the mattress and I begin to see why",
];

pub(super) const AFTERMATH: &[&str] = &[
    "Nobody at {place} could help",
    "My {kin} needs that money",
    "Three calls, three answers",
    "I have asked {n} times now",
    "The rent is due",
    "The line cuts off after {nn} minutes",
    "I have screenshots",
    "It was {time} and nobody there",
    "What do I tell my {relation}",
    "I just want somebody to answer",
    "I have been with you for {nn} years",
    "My reference is {code}",
    "I am not one to write such things",
    "The man at {place} had never heard of it",
    "Somebody please take this on",
    "And it is only {daytime}",
];
