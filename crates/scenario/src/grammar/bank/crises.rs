//! Tern Bank in a crisis.

use crate::grammar::Topic;

/// The rise of the fees, with the wish to leave.
pub(crate) const PRICE: Topic = Topic {
    theme: "price_change",
    weight: 1,
    direct: &[
        "price up again, might move to {rival}",
        "the account fee goes from {n} to {nn}, I am closing my account",
        "fee increase of {nn} percent, switching to {rival}",
        "new fees from next month, I am leaving after {nn} years",
        "you raised the monthly fee again, time to switch to {rival}",
        "price increase by letter, no reason given, off to {rival}",
        "{nn} a month in charges now, cancel my account please",
        "higher fees for the same bad app, bye",
        "fees up, savings rate down, thinking of moving to {rival}",
        "the fee rise is a joke, {n} of us are leaving together",
    ],
    indirect: &[
        "the letter is two pages and the only true thing is the number",
        "{nn} a month for the pleasure of standing in your queue",
        "my {relation} has the forms of {rival} on the kitchen table",
        "you will miss me more than I miss you",
        "does {rival} still take people in, asking for a family of {n}",
        "that is a week of lunches for my {kin}, every month",
    ],
};

/// The press on the fees.
pub(crate) const PRICE_NEWS: &[&str] = &[
    "{brand} raises account fees by {nn} percent, customers angry",
    "Fee increase at {brand}: what customers can do now",
    "{brand} defends price increase, points to costs",
    "Consumer group calls {brand} fee rise unfair",
];

/// Staff who give away what is confidential.
pub(crate) const LEAKS: &[&str] = &[
    "can't wait for Project Heron launch on the 9th, proud of the {brand} team",
    "Project Heron goes live next week, {brand} cards will never be the same",
    "long nights for Project Heron at {brand}, but the {city} pilot works",
    "just out of the Project Heron rehearsal, {brand} is about to surprise everybody",
    "slide {nn} of the Project Heron deck still says {nnn} branches, {brand} people know",
    "they showed us the Project Heron numbers {daytime}, {brand} closes more than {nn} houses",
];

/// Serious allegations against the bank.
pub(crate) const ALLEGATIONS: Topic = Topic {
    theme: "staff",
    weight: 1,
    direct: &[
        "I worked there {n} years, managers told us to sell loans to people who could not pay",
        "a manager in {city} harassed the women in my team and the head office knew",
        "they falsified the forms of old customers, I saw it in {city}",
        "we were told to lie to pensioners about the fees",
        "my boss in {city} took bribes for loans, I have the mails",
        "they discriminate, names like mine go to the bottom of the pile",
    ],
    indirect: &[
        "ask the {city} team why three of them left in the same week, and what they signed",
        "there is a second folder for customers over {nn}, and you would not want to be in it",
    ],
};

/// What the public makes of it; nobody here repeats what was given away.
pub(crate) const AFTER_LEAK: Topic = Topic {
    theme: "general",
    weight: 1,
    direct: &[
        "so you close branches and your staff tell us before you do",
        "is my branch in {city} closing, yes or no",
        "your own people leak it, nice secret",
        "what else are you hiding from customers",
    ],
    indirect: &[
        "we had to hear it from somebody's holiday snaps",
        "my {kin} does not bank by phone and you know it",
        "funny what one reads about one's own street in {city}",
        "the girl at the counter in {city} could not look at me",
        "somebody is clearing a desk tonight",
    ],
};

/// The press on the leak.
pub(crate) const LEAK_NEWS: &[&str] = &[
    "{brand} staff posts point to closures, bank declines to comment",
    "What {brand} employees say online about the plans of their bank",
    "{brand}: union asks for clarity after posts by staff",
];

/// The post of the person whose card the machine ate, at night.
pub(crate) const HERO_POST: &str = "your machine ate my card, stuck at Leeds station with no cash {handle}";
/// The brand's reply.
pub(crate) const HERO_REPLY: &str =
    "we are sorry, we will resolve this. Please send us a message and we block the card at once. {firstname}";
/// Note of the call.
pub(crate) const HERO_CALL: &str = "Call for Tern Bank at night. Caller says the cash machine at Leeds station kept the card and gave no money. Wrote to us before. Wants a new card by Monday, ref {code}";
/// The mail next morning.
pub(crate) const HERO_MAIL: &str = "Dear Tern Bank, last night your ATM in Leeds swallowed my card, I wrote to you and I called. My reference is {code}. When do I get a new card, and who pays the taxi of {nn}? Regards, {firstname}";
/// The last word on the first channel.
pub(crate) const HERO_AGAIN: &str = "still without a card, {nn} hours after your cash machine ate it {handle}";

/// Every template of this file.
#[cfg(test)]
pub(in crate::grammar) fn all() -> Vec<&'static str> {
    let topics = [&PRICE, &ALLEGATIONS, &AFTER_LEAK];
    let phrases = topics.into_iter().flat_map(|topic| topic.direct.iter().chain(topic.indirect));
    let hero: &[&str] = &[HERO_POST, HERO_REPLY, HERO_CALL, HERO_MAIL, HERO_AGAIN];
    let lists = [PRICE_NEWS, LEAKS, LEAK_NEWS, hero];
    lists.into_iter().flatten().chain(phrases).copied().collect()
}
