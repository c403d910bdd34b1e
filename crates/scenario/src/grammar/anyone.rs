//! Words that are the same whoever is talked about.

use super::Slot;

/// Slots that every grammar has.
pub(crate) const COMMON_SLOTS: &[Slot] = &[
    (
        "firstname",
        &[
            "Ada", "Ben", "Carla", "Dev", "Ella", "Finn", "Gita", "Hugo", "Ines", "Joe", "Kofi", "Lena", "Mia", "Omar",
            "Pia", "Rosa", "Sam", "Tara", "Vik", "Zoe",
        ],
    ),
    (
        "opener",
        &[
            "honestly",
            "come on",
            "right then",
            "ok",
            "wow",
            "oh look",
            "well",
            "seriously",
            "hello",
            "um",
            "listen",
            "morning",
            "evening",
            "hi again",
            "for the record",
        ],
    ),
    (
        "daytime",
        &[
            "today",
            "tonight",
            "this morning",
            "this evening",
            "yesterday",
            "on Friday",
            "on Sunday",
            "last night",
            "just now",
            "all week",
            "since lunch",
            "on my day off",
        ],
    ),
    (
        "occasion",
        &[
            "anniversary",
            "honeymoon",
            "first holiday in years",
            "mum's birthday",
            "weekend off",
            "work trip",
            "school break",
            "family visit",
            "graduation trip",
            "reunion",
        ],
    ),
    (
        "relation",
        &[
            "sister",
            "brother",
            "mum",
            "dad",
            "daughter",
            "son",
            "husband",
            "wife",
            "best friend",
            "colleague",
            "aunt",
            "cousin",
            "uncle",
            "neighbour",
            "grandad",
        ],
    ),
    (
        "kin",
        &[
            "mum",
            "dad",
            "wife",
            "husband",
            "grandmother",
            "two kids",
            "toddler",
            "neighbour",
            "whole family",
            "sister",
            "brother",
        ],
    ),
    ("lotcoin", &["Moonbit", "FastCoin", "DogeKing", "LunaPlus", "ZapToken"]),
];

/// Advertising and scams that name the brand to be seen.
pub(super) const NOISE: &[&str] = &[
    "win {nnn} in crypto now, link in bio {brand}",
    "{brand} followers get {nn} free spins tonight, join the channel",
    "I made {nnn} a day from home, ask me how. {brand} {code}",
    "cheap followers, likes and views {code} {brand} trending",
    "{lotcoin} to the moon, giveaway for the first {nnn} {brand}",
    "dm me to recover your hacked account fast {brand} {code}",
    "hot deals {nn}% off watches and bags {brand} {code}",
    "best betting tips for tonight, {nn} wins in a row {brand}",
    "free {lotcoin} airdrop, {nnn} left, connect your wallet {brand}",
    "work {n} hours a week, earn like a boss {brand} {code}",
];

/// What people write below an answer of the brand.
pub(super) const AGAIN: &[&str] = &[
    "still nothing, it has been {n} hours",
    "sent you a message with ref {code}, no reply",
    "ok thank you, that worked",
    "that is the same answer I got last time",
    "thanks for coming back to me, ref is {code}",
    "so when does that happen exactly?",
    "I have done that {n} times already",
    "done, see {code}",
    "you said the same on {code} and then it went quiet",
    "appreciate the quick answer",
];
