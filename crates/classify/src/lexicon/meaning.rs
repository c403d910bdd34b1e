//! What a phrase can mean.

use events::{HarmClass, Intent};

/// What a phrase means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// A word with a tone, -4 to +4.
    Tone(f64),
    /// An emoji or emoticon with a tone; valid in every language.
    Mark(f64),
    /// Changes the words around it.
    Shift(Shift),
    /// Says what its author wants.
    Intent(IntentRule),
    /// A weak cue.
    Cue(Cue),
    /// A harm that is clear from these words alone.
    Find {
        /// The class.
        class: HarmClass,
        /// The finer class.
        subclass: String,
        /// 0 to 1.
        confidence: f64,
    },
    /// A look-alike of a harm class.
    Friend(HarmClass),
    /// One of several words that together are a harm, with the subclass that it speaks for.
    Part(Part, Option<String>),
    /// Somebody may leave: the rule, and how likely, 0 to 1.
    Churn(String, f64),
    /// A value of a parameter of a brand of the book, by the indices of all three.
    Value(usize, usize, usize),
    /// A phrase that a brand of the book, by index, does not want in its own words.
    Avoid(usize),
    /// A theme of the book, by index.
    Theme(usize),
    /// A word that examples of a theme of the book, by index, have in common.
    Example {
        /// The theme.
        theme: usize,
        /// Which of its words.
        word: usize,
        /// What it is worth: from one point and two words on a text is like the examples.
        points: f64,
    },
    /// Forbids a theme of the book, by index.
    NoTheme(usize),
    /// A reason of a theme of the book, by the indices of theme and reason.
    Reason(usize, usize),
}

/// How a word changes its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shift {
    /// Turns the tone of what follows.
    Negator,
    /// Makes it stronger.
    Booster,
    /// Makes it weaker.
    Damper,
    /// What follows weighs more than what came before.
    But,
    /// Takes the turning out of a negator that it holds.
    Plain,
}

/// A rule for an intent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IntentRule {
    /// What its author wants.
    pub(crate) intent: Intent,
    /// The rule's id: `complaint.lost`.
    pub(crate) id: String,
    /// 1 to 4; 3 decides alone.
    pub(crate) weight: f64,
    /// Added to the sentiment.
    pub(crate) tone: f64,
}

/// A weak cue, which needs company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// Something does not go as it should.
    Trouble,
    /// Somebody is spoken to.
    Address,
    /// Strong language.
    Profanity,
    /// A legal step is announced.
    Legal,
    /// Praise that is meant otherwise, in bad company.
    Sarcasm,
    /// Others are said to have seen or said it: news and rumour.
    Hearsay,
    /// Somebody feels with those whom it befell.
    Solace,
    /// Where a brand meets those who need it: a desk, a line, an answer.
    Service,
    /// Its author says that the mistake was their own.
    OwnMistake,
    /// Others are told to come, buy or stay.
    Referral,
    /// Delight beyond ordinary praise.
    Wow,
}

impl Cue {
    /// Its bit in a set of cues; more than 64 of them do not compile.
    pub(crate) const fn bit(self) -> u64 {
        const { assert!((Self::Wow as u32) < u64::BITS, "the last cue has a bit of its own") };
        1 << self as u32
    }
}

/// A word that is a harm only together with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Weapon,
    Blade,
    Blast,
    Violence,
    Mild,
    Intent,
    Person,
    Place,
    Presence,
    Time,
    Report,
    Fiction,
    Harmless,
    Project,
    Launch,
    Secret,
    Theft,
    Insider,
    Abuse,
    Victim,
    Property,
    Family,
    Aboard,
    Plea,
    Group,
    Hostility,
    Witness,
    Misdeed,
    Proof,
    Ask,
    Matter,
    Colleague,
    Gone,
    Belonging,
    Body,
    ComesFor,
    Going,
    Target,
    Must,
    Done,
    Wish,
    Dying,
    Armed,
    Coming,
    Permission,
}

impl Part {
    /// Its bit in a set of parts; more than 64 of them do not compile.
    pub(crate) const fn bit(self) -> u64 {
        const { assert!((Self::Permission as u32) < u64::BITS, "the last part has a bit of its own") };
        1 << self as u32
    }
}
