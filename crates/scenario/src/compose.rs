//! Whole texts of ordinary people: a phrase of the grammar in the frame that fits its source.

use crate::grammar::{Grammar, Topic};
use crate::random::{Stream, chance, pick, weighted};
use crate::voice::{say, type_out};

/// Emoji of an annoyed mood.
pub(crate) const ANNOYED: &[&str] = &["😡", "🙄", "😤", "👎", "🤦", "😒", "💀", "🤬", "😩"];
/// Emoji of a happy mood.
pub(crate) const HAPPY: &[&str] = &["😍", "👏", "🙌", "❤️", "✈️", "😊", "🎉", "💯", "🔥"];
/// Emoji of a shocked mood.
pub(crate) const SHOCKED: &[&str] = &["🙏", "😢", "💔", "😨", "😱", "🕯️"];
/// Emoji of no mood.
pub(crate) const NEUTRAL: &[&str] = &["🤔", "👀", "🙂", "📍", "☕", "🌧️"];

/// A phrase of the topic: `direct` is the share of those that name the matter.
pub(crate) fn phrase(stream: &mut Stream, topic: &Topic, direct: f64) -> &'static str {
    let named = topic.indirect.is_empty() || chance(stream, direct);
    pick(stream, if named { topic.direct } else { topic.indirect })
}

/// A topic of complaint, as often as its weight says.
pub(crate) fn topic(stream: &mut Stream, grammar: &Grammar) -> &'static Topic {
    &grammar.topics[weighted(stream, grammar.topics.iter().map(|topic| topic.weight))]
}

/// A complaint with that core, as somebody at `source` would put it.
pub(crate) fn complaint(stream: &mut Stream, grammar: &Grammar, source: &str, core: &str) -> String {
    let mut text = String::with_capacity(160);
    let frames: &[&str] = match source {
        "phone" => &PHONE_FRAMES,
        "email" => &MAIL_FRAMES,
        "chat" => &CHAT_FRAMES,
        "review" => &REVIEW_FRAMES,
        _ => &SOCIAL_FRAMES,
    };
    let frame = pick(stream, frames);
    say(stream, grammar, frame, core, &mut text);
    let long = match source {
        "email" | "review" => 0.9,
        "forum" | "reddit" | "meta" => 0.6,
        "phone" => 0.3,
        _ => 0.35,
    };
    let mut more = long;
    while chance(stream, more) {
        text.push_str(". ");
        let sentence = pick(stream, grammar.aftermath);
        say(stream, grammar, sentence, "", &mut text);
        more *= 0.5;
    }
    if source == "email" {
        say(stream, grammar, ". Regards, {firstname}", "", &mut text);
        return text;
    }
    if source == "phone" {
        return text;
    }
    type_out(stream, &mut text, ANNOYED);
    if chance(stream, 0.08) {
        text.push(' ');
        text.push_str(pick(stream, grammar.tags));
    }
    text
}

/// A text of a plain list: praise, a query, an idea, talk.
pub(crate) fn remark(
    stream: &mut Stream,
    grammar: &Grammar,
    templates: &[&'static str],
    emoji: &[&'static str],
) -> String {
    let mut text = String::with_capacity(120);
    let template = pick(stream, templates);
    say(stream, grammar, template, "", &mut text);
    type_out(stream, &mut text, emoji);
    text
}

const SOCIAL_FRAMES: [&str; 22] = [
    "{handle} {core}",
    "{handle} {core}",
    "{core} {handle}",
    "{core}, {handle}",
    "{brand} {daytime}: {core}",
    "so {brand}, {core}",
    "{opener} {brand}, {core}",
    "with {brand} {daytime} and {core}",
    "hey {handle} {core}",
    "{opener} {handle}, {core}",
    "{core}. is anybody at {brand} reading this",
    "{core}. how is this ok, {brand}",
    "{brand} again. {core}",
    "dear {brand}, {core}",
    "day {n} with {brand}: {core}",
    "{core}. {brand}, your move",
    "for anyone thinking about {brand}: {core}",
    "{handle} ref {code}: {core}",
    "{core}. ref {code} {handle}",
    "{daytime} at {place}: {core}. {brand} says nothing",
    "{place}, {daytime}. {core}. {handle}",
    "telling everyone at {place}: {core}. yes, {brand}",
];

const PHONE_FRAMES: [&str; 5] = [
    "Call for {brand}, ref {code}. Caller says: {core}",
    "Caller about {brand}: \"{core}\". Wants to be rung back after {time}",
    "Phone note. {core}, says {firstname}. {brand} ref {code}",
    "{firstname} on the line about {brand}: {core}. Put through twice before",
    "Voicemail left at {time}: {core}. {brand} customer, ref {code}",
];

const MAIL_FRAMES: [&str; 5] = [
    "Dear {brand} team, {core}",
    "To whom it may concern at {brand}: {core}. My reference is {code}",
    "Hello, reference {code}. {core}. I have been with {brand} for {n} years",
    "Good morning {brand}, I am writing because {core}",
    "Dear Sir or Madam, {daytime} {core}. I expected more of {brand}",
];

const CHAT_FRAMES: [&str; 5] = [
    "hi, is this {brand}? {core}",
    "{core}. can a person at {brand} look at {code} please",
    "hello {brand} {core}",
    "are you a bot? {core}. ref {code} with {brand}",
    "hi there, {firstname} here, {brand} ref {code}. {core}",
];

const REVIEW_FRAMES: [&str; 6] = [
    "{core}. Two stars for {brand}, and that is for the staff",
    "One star. {core}. {brand} used to be better",
    "{brand}, {place}, {daytime}: {core}",
    "We chose {brand} for our {occasion}. {core}",
    "Third time with {brand}, last time. {core}",
    "{core}. I would think twice about {brand}",
];
