//! Harbour Hotel after check-out moved to 10:00 and the parking token to 10:30.

use crate::grammar::Topic;

/// Check-out is too early.
pub(crate) const CHECKOUT: Topic = Topic {
    theme: "checkout_time",
    weight: 1,
    direct: &[
        "check-out at 10 is far too early",
        "checkout at 10:00, are you serious, we paid for the night",
        "the new 10:00 check-out threw us out of bed",
        "checkout time too early with a {kin} to dress",
        "since when is check-out at ten, my train goes at {time}",
        "10am checkout ruins the whole {occasion}",
        "check out by 10 or pay {nn}, says the card in room {nnn}",
    ],
    indirect: &[
        "out of the room before the sun is up, some holiday",
        "the key stopped working while I was under the shower",
        "they count us out at ten like a school trip",
        "my {kin} ate in the lift because the room was gone",
        "bags on the pavement before the coffee was through",
    ],
};

/// The parking token ends too early.
pub(crate) const PARKING: Topic = Topic {
    theme: "parking_expiry",
    weight: 1,
    direct: &[
        "parking token ended at 10:30 and I got a fine of {nn}",
        "the parking token expires at half past ten, we were still in the lobby",
        "parking expired while we stood in line at the desk, {nn} to pay",
        "car park token runs out at 10:30, who thought of that",
        "parking ticket of {nn} because the token expired",
    ],
    indirect: &[
        "paid {nn} to get my own car out of your yard",
        "the barrier stayed down at 10:31 and the queue went to the street",
        "a man in yellow wrote a ticket while my {kin} was putting the bags in",
        "ten minutes for {n} floors, {n} bags and the barrier. try it",
    ],
};

/// Both together.
pub(crate) const BOTH: Topic = Topic {
    theme: "checkout_time",
    weight: 1,
    direct: &[
        "check-out at 10 and parking token until 10:30, how should that work with {n} kids",
        "checkout too early, parking expired, {nn} fine, thanks for nothing",
        "first the 10:00 check-out, then the parking token ran out in the queue",
        "early checkout and a parking token that expires before you reach the car",
        "half an hour from check-out to the end of the parking token, there is one lift",
    ],
    indirect: &[
        "out at ten, barrier down at half past, one lift for {nnn} rooms",
        "you throw us out and then you lock the gate",
    ],
};

/// Other matters of the same unhappy guests.
pub(crate) const NEITHER: &[&str] = &[
    "the new rules at {brand} in {city}, what on earth",
    "{handle} the queue at the desk in {city} goes out of the door",
    "{brand} {city} lobby {daytime}: {nn} people with suitcases and no plan",
    "is anybody else having a bad morning at {brand}?",
    "{handle} one clerk for {nnn} guests, it can't work",
    "my {relation} and I sit on our bags in the lobby of {brand}",
];

/// How people ask for a later check-out at 11:00.
pub(crate) const ASK_ELEVEN: &[&str] = &[
    "{handle} please make check-out 11am again",
    "checkout at 11:00 would be fair {brand}",
    "{brand} give us check-out at eleven, like before",
    "all we ask {handle}: 11:00 check-out in {city}",
];

/// How people ask for a check-out at noon.
pub(crate) const ASK_NOON: &[&str] = &[
    "{handle} check-out at noon please",
    "noon checkout, {brand}, others in {city} manage it",
    "make check-out noon {handle} and all is well",
    "please {brand}, check-out at 12:00 like everybody else in {city}",
];

/// How people ask for a longer parking token.
pub(crate) const ASK_PARKING: &[&str] = &[
    "{handle} let the parking token run until 12:30",
    "parking until 12:30 would save us all the fines, {brand}",
    "please {brand}: parking token valid to 12:30 in {city}",
];

/// What the loud one posts, again and again.
pub(crate) const LOUD: &str = "{handle} check-out 11am! 11am! ({nnn})";

/// Every template of this file.
#[cfg(test)]
pub(in crate::grammar) fn all() -> Vec<&'static str> {
    let topics = [&CHECKOUT, &PARKING, &BOTH];
    let phrases = topics.into_iter().flat_map(|topic| topic.direct.iter().chain(topic.indirect));
    let lists = [NEITHER, ASK_ELEVEN, ASK_NOON, ASK_PARKING, &[LOUD]];
    lists.into_iter().flatten().chain(phrases).copied().collect()
}
