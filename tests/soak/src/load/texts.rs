//! What people say about imaginary brands.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Account and name of each brand, in the order of the book.
pub(super) const BRANDS: [(&str, &str); 6] = [
    ("alderway", "Alderway"),
    ("birchline", "Birchline"),
    ("corvane", "Corvane"),
    ("dunmarch", "Dunmarch"),
    ("elmsworth", "Elmsworth"),
    ("farrowby", "Farrowby"),
];

const COMPLAINTS: [&str; 6] = [
    "@ is terrible, still waiting for my refund and nobody answers",
    "@ you are hours late again, this is the worst service I ever had",
    "my order from @ arrived broken and the hotline hung up on me. awful",
    "the @ app does not load, I am furious, fix it",
    "@ lost my parcel and refuses my money back, what a disgrace",
    "delayed again by @, horrible, I want to complain",
];
const QUERIES: [&str; 3] = [
    "@ when do you open on sunday?",
    "how do I change my address with @ please?",
    "does anybody know whether @ delivers abroad?",
];
const PRAISE: [&str; 3] = [
    "thank you @, great service today",
    "@ was lovely, the staff could not have been kinder",
    "love the new @ colours",
];
const THREATS: [&str; 2] =
    ["I will blow up the @ office tomorrow", "@ I will kill your manager, I know where he parks"];
const ANSWERS: [&str; 2] =
    ["@ here, we are sorry and look into it", "this is @: please send us your number, we will help"];
const NOTHING: [&str; 2] = ["good morning everybody", "what a rainy day it is"];

/// The text of a mention, and whether it complains.
pub(super) fn mention(brand: Option<usize>, number: u32, random: &mut ChaCha8Rng) -> (String, bool) {
    let Some(brand) = brand else { return (format!("{} {number}", pick(&NOTHING, random)), false) };
    let draw: f64 = random.random();
    let (text, complains) = match draw {
        draw if draw < 0.55 => (pick(&COMPLAINTS, random), true),
        draw if draw < 0.70 => (pick(&QUERIES, random), false),
        draw if draw < 0.98 => (pick(&PRAISE, random), false),
        _ => (pick(&THREATS, random), false),
    };
    (format!("{} ({number})", of(text, brand)), complains)
}

/// The text of a brand's answer.
pub(super) fn answer(brand: usize, random: &mut ChaCha8Rng) -> String {
    of(pick(&ANSWERS, random), brand)
}

fn of(text: &str, brand: usize) -> String {
    text.replace('@', BRANDS.get(brand).map_or("", |brand| brand.1))
}

fn pick<'a>(from: &[&'a str], random: &mut ChaCha8Rng) -> &'a str {
    from.get(random.random_range(0..from.len())).copied().unwrap_or_default()
}
