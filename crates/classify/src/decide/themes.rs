//! Themes of the book: which, where, with which reason, and how they are spoken of.

mod likeness;

use book::{Book, Theme};
use events::{BrandId, Intent, TextSpan, ThemeFinding, Tone};

use super::hundredths;
use super::tone::Toned;
use crate::lexicon::{Meaning, Shift};
use crate::reading::{Hit, Reading};
use likeness::Likeness;

/// Themes given for one mention.
const MAX_THEMES: usize = 3;
/// A negator turns what stands up to so many words behind it.
const NEGATION_WINDOW: usize = 3;

/// A theme found, before its polarity is known.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<'a> {
    pub(crate) theme: &'a Theme,
    /// Its place in the book.
    at: usize,
    brand: &'a BrandId,
    hits: usize,
    /// Its longest phrase.
    span: TextSpan,
    word: usize,
    words: usize,
    reason: Option<(usize, usize)>,
    /// How like the examples the text is: 1 and more where it is like them, 0 where none were asked.
    likeness: f64,
}

/// The themes of `brands` in the text, the strongest first.
pub(crate) fn candidates<'a>(reading: &Reading<'_>, book: &'a Book, brands: &[&'a BrandId]) -> Vec<Candidate<'a>> {
    let mut found: Vec<Candidate<'a>> = Vec::new();
    let mut like = Likeness::default();
    for hit in &reading.hits {
        if let Meaning::Example { theme, word, points } = hit.meaning {
            like.add(*theme, *word, *points, hit);
            continue;
        }
        let Meaning::Theme(at) = hit.meaning else { continue };
        let words = hit.after - hit.word;
        if let Some(known) = found.iter_mut().find(|known| known.at == *at) {
            known.hits += 1;
            if words > known.words {
                (known.span, known.word, known.words) = (hit.span, hit.word, words);
            }
            continue;
        }
        let Some(theme) = book.themes.get(*at) else { continue };
        let Some(brand) = brand_of(theme, brands) else { continue };
        found.push(Candidate {
            theme,
            at: *at,
            brand,
            hits: 1,
            span: hit.span,
            word: hit.word,
            words,
            reason: None,
            likeness: 0.0,
        });
    }
    like.join(&mut found, book, brands);
    if found.is_empty() {
        return found;
    }
    found.retain(|found| !reading.hits.iter().any(|hit| forbids(hit, found.at)));
    if found.iter().any(|found| !found.theme.otherwise) {
        found.retain(|found| !found.theme.otherwise);
    }
    for one in &mut found {
        one.reason = reason(reading, one);
    }
    found.sort_by(|a, b| {
        b.strength().total_cmp(&a.strength()).then(b.theme.points.cmp(&a.theme.points)).then(a.at.cmp(&b.at))
    });
    found.truncate(MAX_THEMES);
    found
}

/// Whether a phrase forbids the theme at this place of the book.
fn forbids(hit: &Hit<'_>, theme: usize) -> bool {
    matches!(hit.meaning, Meaning::NoTheme(at) if *at == theme)
}

/// The words in which candidates name danger to life or health.
pub(crate) fn of_safety(reading: &Reading<'_>, candidates: &[Candidate<'_>]) -> impl Iterator<Item = TextSpan> {
    let grave = |at: usize| candidates.iter().any(|candidate| candidate.at == at && candidate.theme.safety);
    reading.hits.iter().filter(move |hit| matches!(hit.meaning, Meaning::Theme(at) if grave(*at))).map(|hit| hit.span)
}

/// The first of the brands that the theme belongs to.
fn brand_of<'a>(theme: &Theme, brands: &[&'a BrandId]) -> Option<&'a BrandId> {
    brands.iter().copied().find(|brand| theme.brands.is_empty() || theme.brands.contains(brand))
}

/// The reason with the most phrases in the text, by index, and their number; the book's order decides between equals.
fn reason(reading: &Reading<'_>, candidate: &Candidate<'_>) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    for at in 0..candidate.theme.reasons.len() {
        let gives =
            |hit: &&Hit<'_>| matches!(hit.meaning, Meaning::Reason(theme, own) if (*theme, *own) == (candidate.at, at));
        let count = reading.hits.iter().filter(gives).count();
        if count > best.map_or(0, |(_, count)| count) {
            best = Some((at, count));
        }
    }
    best
}

impl Candidate<'_> {
    /// Whether the book counts it as trouble and a reason says what goes wrong.
    pub(crate) fn is_trouble(&self) -> bool {
        self.reason.is_some() && self.theme.points > 0 && !self.theme.otherwise
    }

    fn strength(&self) -> f64 {
        let reason = if self.reason.is_some() { 1.0 } else { 0.0 };
        let safety = if self.theme.safety { 0.5 } else { 0.0 };
        // More than three phrases say no more: many common words are no better than a few telling ones.
        self.hits.min(3) as f64 + 0.1 * self.words.min(5) as f64 + reason + safety + self.likeness.min(2.0)
    }

    fn confidence(&self) -> f64 {
        let phrase = if self.words > 1 { 0.1 } else { 0.0 };
        let reason = if self.reason.is_some() { 0.15 } else { 0.0 };
        if self.hits == 0 {
            return hundredths((0.4 + 0.15 * self.likeness.min(2.0) + reason).min(0.95));
        }
        hundredths((0.6 + 0.1 * (self.hits.min(4) - 1) as f64 + phrase + reason).min(0.95))
    }
}

/// The candidates as records carry them.
pub(crate) fn findings(
    reading: &Reading<'_>,
    toned: &[Toned<'_>],
    candidates: &[Candidate<'_>],
    label: Option<Tone>,
    intent: Option<Intent>,
) -> Vec<ThemeFinding> {
    let finding = |candidate: &Candidate<'_>| ThemeFinding {
        id: candidate.theme.id.clone(),
        brand: candidate.brand.clone(),
        polarity: polarity(reading, toned, candidate, label, intent),
        reason: candidate.reason.and_then(|(at, _)| candidate.theme.reasons.get(at)).map(|reason| reason.id.clone()),
        span: candidate.span,
        confidence: candidate.confidence(),
    };
    candidates.iter().map(finding).collect()
}

/// The tone of the clause around the theme; where it has none, that of the whole mention.
fn polarity(
    reading: &Reading<'_>,
    toned: &[Toned<'_>],
    candidate: &Candidate<'_>,
    label: Option<Tone>,
    intent: Option<Intent>,
) -> Option<Tone> {
    let clause = reading.clause(candidate.word);
    // "The staff were brilliant but the app loops": a "but" parts what is good from what is not.
    let but = reading.hits.iter().find(|hit| matches!(hit.meaning, Meaning::Shift(Shift::But)) && hit.word > 0);
    let side = |word: usize| but.is_some_and(|but| word > but.word);
    let own_side = side(candidate.word);
    let of_clause = |toned: &&Toned<'_>| reading.clause(toned.word) == clause && side(toned.word) == own_side;
    let mut balance: f64 = toned.iter().filter(of_clause).map(|toned| toned.weight).sum();
    let covered =
        toned.iter().any(|toned| toned.span.start < candidate.span.end && candidate.span.start < toned.span.end);
    // "No wifi" is bad although "wifi" has no tone; what "no delay" is, the tone of "delay" knows.
    if !covered && negated(reading, candidate.word) {
        balance -= 1.5;
    }
    if balance <= -1.0 {
        return Some(Tone::Negative);
    }
    let across = |toned: &&Toned<'_>| reading.clause(toned.word) == clause && side(toned.word) != own_side;
    let contrast: f64 = toned.iter().filter(across).map(|toned| toned.weight).sum();
    if balance.abs() < 1.0 && own_side && contrast >= 1.0 {
        return Some(Tone::Negative);
    }
    // A complaint may praise one thing while another is wrong; with nothing else wrong, its good words are not meant.
    let elsewhere: f64 = toned.iter().filter(|toned| !of_clause(toned)).map(|toned| toned.weight).sum();
    if balance >= 1.0 && (intent != Some(Intent::Complaint) || elsewhere <= -1.0) {
        return Some(Tone::Positive);
    }
    match intent {
        Some(Intent::Complaint) => Some(Tone::Negative),
        Some(Intent::Praise) => Some(Tone::Positive),
        _ => label,
    }
}

fn negated(reading: &Reading<'_>, word: usize) -> bool {
    let negator = |hit: &Hit<'_>| {
        matches!(hit.meaning, Meaning::Shift(Shift::Negator))
            && hit.word < word
            && word - hit.word <= NEGATION_WINDOW
            && reading.clause(hit.word) == reading.clause(word)
    };
    reading.hits.iter().any(negator)
}
