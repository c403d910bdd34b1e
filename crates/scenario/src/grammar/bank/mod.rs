//! Tern Bank on ordinary days.

mod complaints;
pub(crate) mod crises;

use super::{Grammar, anyone};
use complaints::{AFTERMATH, GRUMBLES, TOPICS};

/// The bank.
pub(crate) const BANK: Grammar = Grammar {
    brand: "tern",
    full_name: "Tern Bank",
    account: "ternbank",
    utc_offset: 0,
    names: &[
        "Tern Bank",
        "Tern Bank",
        "Tern Bank",
        "tern bank",
        "@ternbank",
        "@ternbank",
        "@ternbank",
        "TernBank",
        "Tern",
    ],
    tags: &["#ternbank", "#banking", "#money", "#payday"],
    topics: TOPICS,
    grumbles: GRUMBLES,
    aftermath: AFTERMATH,
    queries: &[
        "{handle} how do I order a second card?",
        "what do I need to open an account with {brand} for my {relation}?",
        "{handle} when does the branch in {city} open on Saturdays?",
        "is there a limit for transfers at {brand}? I want to send {nnn}",
        "{handle} how long does a transfer to {country} take?",
        "can I pay in coins at {brand} in {city}?",
        "where do I see my IBAN in the {brand} app",
        "{handle} does the travel card work in {country}?",
        "who do I call at {brand} about a standing order? ref {code}",
        "how do I change my address with {brand}, moving to {city}",
        "{handle} is there an account for students at {nn}?",
        "does {brand} have a savings plan from {nn} a month",
    ],
    praise: &[
        "{brand} sorted my card in {n} minutes, thank you",
        "{firstname} at {brand} {city} is a gem, explained everything to my {kin}",
        "love the new {brand} app, so tidy",
        "{handle} stopped a payment that was not mine, {nnn} saved. thanks",
        "got my first home with {brand}, thank you {firstname}",
        "great help on the {brand} line {daytime}, {n} minutes in all",
        "changed to {brand} {n} months ago, best decision",
        "thanks {brand} for staying open late in {city}, {firstname} was lovely",
        "my {relation} finally understands savings, well done {brand} {city}",
    ],
    ideas: &[
        "{handle} a dark mode in the app would be nice",
        "it would be great if {brand} let me name my pots",
        "idea for {brand}: pay in by photo for {nnn} and below",
        "{handle} please add a button for frozen cards on the first page",
        "{brand} should have a desk at {city} station",
        "would be nice if {brand} sent a note before a standing order, say {n} days",
    ],
    talk: &[
        "opened an account at {brand} {daytime}",
        "{brand} has a stand at the {city} fair {daytime}",
        "my {relation} starts as an apprentice at {brand} in {city}",
        "paid the last rate to {brand}, {nn} years, done",
        "the old {brand} in {city} is a cafe now, nice {n} euro cake",
        "queue of {n} at the {brand} machine in {city}, normal day",
        "reading the {brand} yearly letter with tea, page {nn}",
        "talk by somebody of {brand} at {city} school {daytime}",
    ],
    noise: anyone::NOISE,
    false_friends: &[
        "an arctic tern over {city} beach {daytime}, first this year",
        "the tern colony near {city} has {nnn} nests",
        "a tern stole my chips in {city}",
        "counted {nn} tern chicks on the island, good year",
        "common tern, f/{n}, {city} pier",
        "tern season begins, please keep dogs off {city} beach",
    ],
    rivals: &[
        "Oakfield Bank app is down in {city}",
        "Oakfield Bank closed my branch in {city}",
        "moved my savings to Penny, {n} minutes",
        "Penny card declined in {country}, not funny",
    ],
    news: &[
        "{brand} reports a quarter in line with plan, {n}.{n} percent growth",
        "{brand} opens an advice centre in {city}",
        "{brand} and {city} council plan a fund for shops",
        "Survey: {brand} among the {nn} best known banks",
    ],
    answers: &[
        "Hi, we are sorry. Please send us a message without your card number, then we can help. {firstname}",
        "Hello, thanks for telling us. The team in {city} is looking at it. {firstname}",
        "We have put this to our card team under {code} and come back to you. {firstname}",
        "Hi, please call the number on the back of your card, we are there all night. {firstname}",
        "Hello, you find all about this in the app under Help. {firstname}",
    ],
    again: anyone::AGAIN,
    foreign: &[
        (
            "de",
            &[
                "{handle} der Automat in {city} hat meine Karte eingezogen",
                "bei {brand} seit {n} Tagen kein Zugang zum Konto",
                "danke an {firstname} von {brand} in {city}, super Beratung",
                "{handle} wie hoch ist das Limit für Überweisungen? {nnn} gehen nicht",
                "neues Konto bei {brand} eröffnet, {n} Minuten",
            ],
        ),
        (
            "es",
            &[
                "{handle} el cajero de {city} se tragó mi tarjeta",
                "con {brand} llevo {n} días sin acceso a mi cuenta",
                "gracias a {firstname} de {brand} en {city}",
                "{handle} ¿cuánto tarda una transferencia de {nnn}?",
                "cuenta nueva en {brand}, {n} minutos",
            ],
        ),
        (
            "fr",
            &[
                "{handle} le distributeur de {city} a avalé ma carte",
                "chez {brand} je n'ai plus accès à mon compte depuis {n} jours",
                "merci à {firstname} de {brand} à {city}",
                "{handle} quel est le plafond pour un virement de {nnn} ?",
                "compte ouvert chez {brand} en {n} minutes",
            ],
        ),
    ],
    pictures: &[
        "a cash machine with a dark screen",
        "a queue in a branch",
        "a letter from a bank",
        "a phone with an error message",
        "a closed door with a note",
    ],
    slots: &[
        (
            "city",
            &[
                "Leeds", "York", "Derby", "Exeter", "Bath", "Truro", "Ripon", "Lincoln", "Durham", "Ely", "Wells",
                "Perth",
            ],
        ),
        ("city2", &["Hull", "Stoke", "Luton", "Crewe"]),
        ("country", &["Spain", "Norway", "Japan", "Kenya", "Brazil", "Greece", "Canada"]),
        (
            "place",
            &[
                "the Leeds branch",
                "York",
                "the machine at the station",
                "Derby",
                "the supermarket",
                "Exeter",
                "the counter",
                "Bath",
                "the branch door",
                "the hotline",
            ],
        ),
        ("rival", &["Oakfield", "Penny", "a rival", "another bank", "the building society", "my {relation}'s bank"]),
    ],
};
