//! What people complain about at Harbour Hotel, and how.

use crate::grammar::Topic;

pub(super) const TOPICS: &[Topic] = &[
    Topic {
        theme: "checkout_time",
        weight: 3,
        direct: &[
            "check-out at the desk took {nn} minutes",
            "the checkout time is too early for us",
            "hurried out at check-out by three people",
        ],
        indirect: &[
            "knock knock, hoover, knock knock, and we were still in bed",
            "they stood in the door with the trolley and looked at the clock",
        ],
    },
    Topic {
        theme: "parking_expiry",
        weight: 3,
        direct: &[
            "the parking ticket ran out before we could load the car",
            "parking token did not open the gate in {city}",
            "{nn} a day for parking and no space left",
        ],
        indirect: &[
            "my car sat behind a barrier and nobody had the key",
            "we drove round the block {n} times with the {kin} in the back",
        ],
    },
    Topic {
        theme: "room_clean",
        weight: 16,
        direct: &[
            "dirty room {nnn}, dust on everything",
            "the room was not cleaned for {n} days",
            "stains on the sheets in {nnn}",
            "found hair in the bathroom of room {nnn}",
            "filthy carpet in {nnn}",
        ],
        indirect: &[
            "somebody else's sock was under my pillow",
            "I wrote my name on the table with a finger",
            "the glass by the sink had lipstick on it, not mine",
            "we slept in our coats on top of the cover",
            "there was a plaster in the shower. a used one",
            "the bin in {nnn} still had last week in it",
        ],
    },
    Topic {
        theme: "breakfast",
        weight: 12,
        direct: &[
            "breakfast was cold and the coffee ran out",
            "no breakfast left at {time}",
            "breakfast costs {nn} and there was no bread",
            "queue for breakfast all through the lobby",
        ],
        indirect: &[
            "grey eggs, one spoon, {nn} people",
            "my {kin} had a dry roll and an apology",
            "the toast machine and I had {nn} minutes together, it won",
            "we went to the petrol station for a roll instead",
        ],
    },
    Topic {
        theme: "wifi",
        weight: 11,
        direct: &[
            "wifi does not work in room {nnn}",
            "the wi-fi drops every {n} minutes",
            "no internet since {daytime}",
            "slow wifi, {n} tries for one mail",
        ],
        indirect: &[
            "I gave my talk from the stairs because only there I could be seen",
            "my {kin} thinks we went back to {nn} years ago",
            "one bar by the window, none at the desk, none in bed",
            "the login page wants a room number and then says I do not exist",
        ],
    },
    Topic {
        theme: "noise_at_night",
        weight: 13,
        direct: &[
            "noise all night above room {nnn}",
            "loud music until {n} in the morning",
            "the lift is so noisy that we could not sleep",
            "party next to {nnn} and nobody stops it",
        ],
        indirect: &[
            "I now know everything about the couple in {nnn}",
            "the bins go out at five and they make sure that you know",
            "{n} nights, {n} hours of sleep in total",
            "somebody rolled barrels under our window, hour after hour",
            "my {kin} cried, I cried, the disco went on",
        ],
    },
    Topic {
        theme: "staff",
        weight: 12,
        direct: &[
            "rude receptionist in {city}",
            "the staff at the desk ignored us for {nn} minutes",
            "unfriendly staff, not one smile in {n} days",
            "the night porter shouted at my {kin}",
        ],
        indirect: &[
            "she looked at our shoes, then at us, then said they were full",
            "was told that people like us should try the hostel",
            "asked for a towel and got a lecture",
            "the man behind the desk finished his game first",
            "I carried my {kin} up {n} floors while three of them watched",
        ],
    },
    Topic {
        theme: "price_change",
        weight: 6,
        direct: &[
            "the price went up {nn} after we booked",
            "charged {nn} more than the confirmation says",
            "resort fee of {nn} that nobody told us about",
        ],
        indirect: &[
            "the number on the bill and the number in the mail never met",
            "a bottle of water, {nn}. I held it up to the light",
            "they found {nn} for a towel we brought from home",
        ],
    },
    Topic {
        theme: "heating",
        weight: 10,
        direct: &[
            "no heating in room {nnn}",
            "the heater is broken, it is {nn} degrees in {nnn}",
            "cold room and no hot water for {n} days",
            "heating can't be turned off in {nnn}",
        ],
        indirect: &[
            "we can see our breath in {nnn}",
            "slept in hats, all {n} of us",
            "it is a sauna in here and the window does not open",
            "the shower and I agreed on a very short meeting",
        ],
    },
];

pub(super) const GRUMBLES: &[&str] = &[
    "not the place it was",
    "we counted the hours until home",
    "pictures on the site must be from another house",
    "the {occasion} deserved better",
    "nobody there knew anything about anything",
    "everything was somebody else's job",
    "we left a day early and felt better at once",
    "four stars, and I would like to know where they keep them",
    "I would rather sleep in the car next time",
    "paid for a dream, got a waiting room",
];

pub(super) const AFTERMATH: &[&str] = &[
    "Nobody at {place} could help",
    "My {kin} was in tears",
    "Three people, three stories",
    "I asked {n} times",
    "It spoiled our {occasion}",
    "I have pictures of all of it",
    "And that for {nnn} a night",
    "It was {daytime}, and nothing since",
    "What do I tell my {relation}",
    "I just want an answer",
    "We have come for {n} years",
    "My reference is {code}",
    "I am not one to write such things",
    "The couple from {nnn} said the same",
    "Somebody please take this on",
    "We were {n} and all of us agree",
];
