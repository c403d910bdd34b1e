//! Reads the tables of `lexicon/`. Their form is told at the head of each.

use book::phrases::PhraseError;
use events::{HarmClass, Intent};

use super::{Cue, Entries, IntentRule, Meaning, Part, Shift};

const TONE: &str = include_str!("../../lexicon/tone.txt");
const MARKS: &str = include_str!("../../lexicon/marks.txt");
const SHIFTERS: &str = include_str!("../../lexicon/shifters.txt");
const INTENTS: &str = include_str!("../../lexicon/intents.txt");
const CUES: &str = include_str!("../../lexicon/cues.txt");
const CHURN: &str = include_str!("../../lexicon/churn.txt");
const HARM: &str = include_str!("../../lexicon/harm.txt");
const THREATS: &str = include_str!("../../lexicon/threats.txt");

/// A table or a phrase that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LexiconError {
    /// A line of a table has not the form told at its head.
    #[error("line {line} of `lexicon/{table}`: `{text}` is neither a head nor phrases under one")]
    Table {
        /// File name of the table.
        table: &'static str,
        /// Line, from 1.
        line: usize,
        /// The head or line in question.
        text: String,
    },
    /// A phrase of a table or of the book.
    #[error(transparent)]
    Phrase(#[from] PhraseError),
}

/// Reads all tables.
pub(super) fn tables(entries: &mut Entries) -> Result<(), LexiconError> {
    prefixed("tone.txt", TONE, ',', entries, |head| Some(Meaning::Tone(head.parse().ok()?)))?;
    prefixed("marks.txt", MARKS, ' ', entries, |head| Some(Meaning::Mark(head.parse().ok()?)))?;
    prefixed("shifters.txt", SHIFTERS, ',', entries, |head| shift(head).map(Meaning::Shift))?;
    headed("intents.txt", INTENTS, entries, intent)?;
    headed("cues.txt", CUES, entries, |head| cue(head).map(Meaning::Cue))?;
    headed("churn.txt", CHURN, entries, churn)?;
    headed("harm.txt", HARM, entries, harm)?;
    headed("threats.txt", THREATS, entries, harm)
}

/// Lines `head: phrase, phrase`.
fn prefixed(
    table: &'static str,
    content: &str,
    parting: char,
    entries: &mut Entries,
    meaning: impl Fn(&str) -> Option<Meaning>,
) -> Result<(), LexiconError> {
    for (number, line) in lines(content) {
        let fault = || LexiconError::Table { table, line: number, text: line.to_owned() };
        let (head, rest) = line.split_once(':').ok_or_else(fault)?;
        entries.extend(meaning(head).ok_or_else(fault)?, phrases(rest, parting));
    }
    Ok(())
}

/// Heads in brackets, phrases in the lines under them.
fn headed(
    table: &'static str,
    content: &str,
    entries: &mut Entries,
    meaning: impl Fn(&str) -> Option<Meaning>,
) -> Result<(), LexiconError> {
    let mut under: Option<Meaning> = None;
    for (number, line) in lines(content) {
        let fault = || LexiconError::Table { table, line: number, text: line.to_owned() };
        if let Some(head) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            under = Some(meaning(head).ok_or_else(fault)?);
            continue;
        }
        entries.extend(under.clone().ok_or_else(fault)?, phrases(line, ','));
    }
    Ok(())
}

fn lines(content: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = content.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn phrases(text: &str, parting: char) -> impl Iterator<Item = &str> {
    text.split(parting).map(str::trim).filter(|phrase| !phrase.is_empty())
}

fn shift(head: &str) -> Option<Shift> {
    Some(match head {
        "negator" => Shift::Negator,
        "booster" => Shift::Booster,
        "damper" => Shift::Damper,
        "but" => Shift::But,
        "plain" => Shift::Plain,
        _ => return None,
    })
}

fn cue(head: &str) -> Option<Cue> {
    Some(match head {
        "trouble" => Cue::Trouble,
        "address" => Cue::Address,
        "profanity" => Cue::Profanity,
        "legal" => Cue::Legal,
        "sarcasm" => Cue::Sarcasm,
        "hearsay" => Cue::Hearsay,
        "solace" => Cue::Solace,
        "service" => Cue::Service,
        "own_mistake" => Cue::OwnMistake,
        "referral" => Cue::Referral,
        "wow" => Cue::Wow,
        _ => return None,
    })
}

/// `stated 0.7`
fn churn(head: &str) -> Option<Meaning> {
    let (rule, risk) = head.split_once(' ')?;
    Some(Meaning::Churn(rule.to_owned(), risk.parse().ok()?))
}

/// `complaint lost 3 -2`
fn intent(head: &str) -> Option<Meaning> {
    let mut words = head.split_ascii_whitespace();
    let name = words.next()?;
    let intents = [Intent::Complaint, Intent::Query, Intent::Praise, Intent::Idea, Intent::Noise, Intent::Purchase];
    let intent = intents.into_iter().find(|intent| intent.name() == name)?;
    let id = format!("{name}.{}", words.next()?);
    let (weight, tone) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Meaning::Intent(IntentRule { intent, id, weight, tone }))
}

/// `find threat.bomb 0.9`, `friend threat`, `part weapon.bomb`
fn harm(head: &str) -> Option<Meaning> {
    let mut words = head.split_ascii_whitespace();
    let (kind, name) = (words.next()?, words.next()?);
    let (first, second) = match name.split_once('.') {
        Some((first, second)) => (first, Some(second.to_owned())),
        None => (name, None),
    };
    Some(match kind {
        "find" => Meaning::Find { class: class(first)?, subclass: second?, confidence: words.next()?.parse().ok()? },
        "friend" => Meaning::Friend(class(first)?),
        "part" => Meaning::Part(part(first)?, second),
        _ => return None,
    })
}

fn class(name: &str) -> Option<HarmClass> {
    use HarmClass::{Allegation, Distress, Hate, Leak, Safety, Threat};
    [Threat, Safety, Leak, Allegation, Distress, Hate].into_iter().find(|class| class.name() == name)
}

fn part(name: &str) -> Option<Part> {
    Some(match name {
        "weapon" => Part::Weapon,
        "blade" => Part::Blade,
        "blast" => Part::Blast,
        "violence" => Part::Violence,
        "mild" => Part::Mild,
        "intent" => Part::Intent,
        "person" => Part::Person,
        "place" => Part::Place,
        "presence" => Part::Presence,
        "time" => Part::Time,
        "report" => Part::Report,
        "fiction" => Part::Fiction,
        "harmless" => Part::Harmless,
        "project" => Part::Project,
        "launch" => Part::Launch,
        "secret" => Part::Secret,
        "theft" => Part::Theft,
        "insider" => Part::Insider,
        "abuse" => Part::Abuse,
        "victim" => Part::Victim,
        "property" => Part::Property,
        "family" => Part::Family,
        "aboard" => Part::Aboard,
        "plea" => Part::Plea,
        "group" => Part::Group,
        "hostility" => Part::Hostility,
        "witness" => Part::Witness,
        "misdeed" => Part::Misdeed,
        "proof" => Part::Proof,
        "ask" => Part::Ask,
        "colleague" => Part::Colleague,
        "matter" => Part::Matter,
        "gone" => Part::Gone,
        "belonging" => Part::Belonging,
        "body" => Part::Body,
        "comes_for" => Part::ComesFor,
        "going" => Part::Going,
        "target" => Part::Target,
        "must" => Part::Must,
        "done" => Part::Done,
        "wish" => Part::Wish,
        "dying" => Part::Dying,
        "armed" => Part::Armed,
        "coming" => Part::Coming,
        "permission" => Part::Permission,
        _ => return None,
    })
}
