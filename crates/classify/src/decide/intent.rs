//! Intent: what the author wants. Every rule gives points to an intent, the most points win.
//!
//! What no rule knows falls back on tone, trouble cues and themes: a complaint in words of its own is still a complaint.

use std::collections::BTreeSet;

use events::{Intent, IntentFinding, Sentiment, TextSpan};

use super::hundredths;
use super::register::Register;
use super::tone::Toned;
use crate::lexicon::{Cue, IntentRule, Meaning};
use crate::reading::{Hit, Reading};

/// Points from which an intent is decided by rules.
const DECIDED: f64 = 2.0;
/// Spans given as evidence.
const MAX_SPANS: usize = 5;

/// What intent rests on besides the words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grounds<'a> {
    pub(crate) sentiment: &'a Sentiment,
    /// Whether it speaks to or about a brand that is listened for.
    pub(crate) directed: bool,
    /// Whether a theme of the book was found.
    pub(crate) theme: bool,
    /// Whether one was found with a reason, and the book gives it points: what goes wrong, in whatever language.
    pub(crate) trouble_theme: bool,
    pub(crate) sarcastic: bool,
    /// Whether it was said to the brand alone, on a page of its own, or with its handle.
    pub(crate) addressed: bool,
    pub(crate) register: &'a Register,
    /// Confidence from which it is said: 0 to 1.
    pub(crate) sure_from: f64,
}

/// Points of one intent.
#[derive(Debug, Default)]
struct Score<'a> {
    points: f64,
    strongest: Option<&'a IntentRule>,
    spans: Vec<TextSpan>,
}

impl<'a> Score<'a> {
    fn add(&mut self, rule: &'a IntentRule, weight: f64, span: TextSpan) {
        self.points += weight;
        if self.strongest.is_none_or(|strongest| rule.weight > strongest.weight) {
            self.strongest = Some(rule);
        }
        if self.spans.len() < MAX_SPANS {
            self.spans.push(span);
        }
    }
}

/// Points of all intents.
#[derive(Debug, Default)]
struct Scores<'a> {
    complaint: Score<'a>,
    query: Score<'a>,
    idea: Score<'a>,
    praise: Score<'a>,
    noise: Score<'a>,
    purchase: Score<'a>,
    /// Points for a purchase that needs a question beside it.
    may_buy: Score<'a>,
    trouble: usize,
}

/// Judges the intent.
pub(crate) fn intent(reading: &Reading<'_>, toned: &[Toned<'_>], grounds: Grounds<'_>) -> IntentFinding {
    if reading.words.is_empty() {
        return emotional(reading, grounds.sentiment);
    }
    if !reading.english && grounds.trouble_theme {
        let rule = Some("fallback.theme_other_language".to_owned());
        return IntentFinding { label: Some(Intent::Complaint), confidence: 0.5, spans: Vec::new(), rule };
    }
    if !reading.english {
        return IntentFinding { label: None, confidence: 0.0, spans: Vec::new(), rule: None };
    }
    let asks = reading.text.contains('?');
    let mut scores = Scores::default();
    from_toned(&mut scores, toned, grounds);
    from_phrases(&mut scores, reading, grounds.register, asks);
    from_grounds(&mut scores, reading, toned, grounds, asks);
    if !grounds.register.firsthand && !grounds.addressed {
        // "Is it true that a plane is missing?" asks the world.
        scores.query = Score::default();
    }
    if scores.noise.points >= 4.0 && scores.complaint.points < 3.0 && scores.query.points < 3.0 {
        return decided(Intent::Noise, &scores.noise, 0.0, grounds.sure_from);
    }
    // "Thinking of switching" is a threat to leave; behind a question about what is on offer it is none.
    if scores.may_buy.points > 0.0 && scores.query.points >= 3.0 && asks && scores.trouble == 0 {
        scores.purchase = std::mem::take(&mut scores.may_buy);
        scores.purchase.points += scores.query.points;
    }
    let ranked = [
        (Intent::Complaint, &scores.complaint),
        (Intent::Query, &scores.query),
        (Intent::Idea, &scores.idea),
        (Intent::Praise, &scores.praise),
        (Intent::Purchase, &scores.purchase),
    ];
    let mut best: Option<(Intent, &Score<'_>)> = None;
    let mut second = 0.0;
    for (intent, score) in ranked {
        match best {
            Some((_, leader)) if score.points <= leader.points => second = score.points.max(second),
            _ => {
                second = best.map_or(0.0, |(_, leader)| leader.points).max(second);
                best = Some((intent, score));
            }
        }
    }
    match best {
        Some((intent, score)) if score.points >= DECIDED => decided(intent, score, second, grounds.sure_from),
        _ => fallback(reading, &scores, toned, grounds, asks),
    }
}

fn from_toned<'a>(scores: &mut Scores<'a>, toned: &[Toned<'a>], grounds: Grounds<'_>) {
    for one in toned {
        let Some(rule) = one.rule else { continue };
        match (rule.intent, one.negated) {
            (Intent::Complaint, false) if grounds.register.only_names(one.span) => {}
            (Intent::Complaint, false) => scores.complaint.add(rule, rule.weight, one.span),
            // "Not a great flight" is a complaint, "no delays" is none.
            (Intent::Praise, true) => scores.complaint.add(rule, 2.0, one.span),
            (Intent::Praise, false) if !grounds.sarcastic => scores.praise.add(rule, rule.weight, one.span),
            _ => {}
        }
    }
}

fn from_phrases<'a>(scores: &mut Scores<'a>, reading: &Reading<'a>, register: &Register, asks: bool) {
    let (mut idea_end, mut query_end, mut trouble_end) = (0, 0, 0);
    for hit in &reading.hits {
        match hit.meaning {
            Meaning::Intent(rule) if rule.intent == Intent::Query && hit.span.start >= query_end => {
                query_end = hit.span.end;
                let opens = reading.words.get(hit.word).is_some_and(|word| word.starts_clause);
                let weight = if asks || opens || rule.id == "query.ask" { rule.weight } else { rule.weight - 1.0 };
                scores.query.add(rule, weight, hit.span);
            }
            Meaning::Intent(rule) if rule.intent == Intent::Idea && hit.span.start >= idea_end => {
                idea_end = hit.span.end;
                scores.idea.add(rule, rule.weight, hit.span);
            }
            Meaning::Intent(rule) if rule.intent == Intent::Purchase && rule.weight < 3.0 => {
                scores.may_buy.add(rule, rule.weight, hit.span);
            }
            Meaning::Intent(rule) if rule.intent == Intent::Purchase => {
                scores.purchase.add(rule, rule.weight + 1.0, hit.span);
            }
            Meaning::Intent(rule) if rule.intent == Intent::Noise => scores.noise.add(rule, rule.weight, hit.span),
            Meaning::Cue(Cue::Trouble) if hit.span.start >= trouble_end && !register.only_names(hit.span) => {
                trouble_end = hit.span.end;
                scores.trouble += 1;
            }
            _ => {}
        }
    }
}

fn from_grounds(scores: &mut Scores<'_>, reading: &Reading<'_>, toned: &[Toned<'_>], grounds: Grounds<'_>, asks: bool) {
    let (negative, positive) = (grounds.sentiment.negative, grounds.sentiment.positive);
    let displeasure = grounds.register.displeasure(toned, grounds.sentiment);
    if asks && scores.idea.points < DECIDED && opens_with_auxiliary(reading) {
        scores.query.points = scores.query.points.max(2.0);
    }
    if asks && scores.query.points > 0.0 {
        scores.query.points += 1.0;
    }
    // A calm question that names a trouble asks about it: "is SK123 delayed?"
    let calm =
        asks && scores.query.points >= 3.0 && scores.trouble == 0 && negative < 0.75 && sentences(reading.text) < 2;
    if calm && scores.complaint.strongest.is_none_or(|rule| rule.weight <= 2.0) {
        scores.query.points += 2.0;
    }
    if displeasure >= 0.5 && !calm {
        scores.complaint.points += if grounds.directed { 2.0 } else { 0.5 };
    }
    if positive >= 0.6 && !grounds.sarcastic {
        scores.praise.points += if grounds.directed { 2.0 } else { 1.0 };
    }
    let trouble = scores.trouble.min(4) as f64 * 0.4;
    if scores.complaint.points > 0.0 {
        scores.complaint.points += trouble;
    }
    if grounds.theme && scores.trouble > 0 && positive < 0.5 && !calm && grounds.register.firsthand {
        scores.complaint.points += if asks { 0.5 } else { 1.5 };
    }
}

/// What no rule decides.
fn fallback(
    reading: &Reading<'_>,
    scores: &Scores<'_>,
    toned: &[Toned<'_>],
    grounds: Grounds<'_>,
    asks: bool,
) -> IntentFinding {
    let positive = grounds.sentiment.positive;
    let displeasure = grounds.register.displeasure(toned, grounds.sentiment);
    if !grounds.register.firsthand {
        let asked = asks && grounds.addressed;
        let (label, rule) = if asked { (Intent::Query, "fallback.question") } else { (Intent::Other, "fallback.told") };
        return IntentFinding { label: Some(label), confidence: 0.6, spans: Vec::new(), rule: Some(rule.to_owned()) };
    }
    let troubled = scores.trouble >= 2 && positive < 0.4 && grounds.directed;
    let bad_theme = grounds.theme && positive < 0.4 && (scores.trouble >= 1 || displeasure >= 0.4);
    let (label, confidence, rule) = if asks && (grounds.directed || grounds.theme) && !bad_theme && !troubled {
        (Intent::Query, 0.5, "fallback.question")
    } else if bad_theme {
        (Intent::Complaint, 0.55, "fallback.theme")
    } else if troubled {
        (Intent::Complaint, 0.5, "fallback.trouble")
    } else if grounds.directed && positive >= 0.6 {
        (Intent::Praise, 0.5, "fallback.tone")
    } else {
        (Intent::Other, 0.6, "fallback.other")
    };
    let trouble = |hit: &&Hit<'_>| matches!(hit.meaning, Meaning::Cue(Cue::Trouble));
    let spans = match label {
        Intent::Complaint => reading.hits.iter().filter(trouble).map(|hit| hit.span).take(MAX_SPANS).collect(),
        Intent::Praise => grounds.sentiment.spans.clone(),
        _ => Vec::new(),
    };
    IntentFinding { label: Some(label), confidence, spans, rule: Some(rule.to_owned()) }
}

/// Marks alone: they can please or displease, and no more.
fn emotional(reading: &Reading<'_>, sentiment: &Sentiment) -> IntentFinding {
    let mark = reading.hits.iter().any(|hit| matches!(hit.meaning, Meaning::Mark(_)));
    let praise = mark && sentiment.positive >= 0.6;
    let label = if praise { Intent::Praise } else { Intent::Other };
    let rule = if praise { "fallback.marks" } else { "fallback.other" };
    let spans = if praise { sentiment.spans.clone() } else { Vec::new() };
    IntentFinding { label: Some(label), confidence: 0.5, spans, rule: Some(rule.to_owned()) }
}

fn decided(intent: Intent, score: &Score<'_>, second: f64, sure_from: f64) -> IntentFinding {
    let lead = score.points - second;
    let confidence =
        hundredths((0.5 + 0.08 * lead + 0.02 * score.points.min(6.0)).min(0.95) - if lead < 0.5 { 0.12 } else { 0.0 });
    let mut spans: Vec<TextSpan> = score.spans.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    spans.truncate(MAX_SPANS);
    let rule = score.strongest.map_or_else(|| "fallback.tone".to_owned(), |rule| rule.id.clone());
    IntentFinding { label: (confidence >= sure_from).then_some(intent), confidence, spans, rule: Some(rule) }
}

/// "Is SK123 late": a text that begins with an auxiliary verb asks.
fn opens_with_auxiliary(reading: &Reading<'_>) -> bool {
    const AUXILIARIES: [&str; 18] = [
        "am", "are", "can", "could", "did", "do", "does", "had", "has", "have", "is", "may", "should", "was", "were",
        "will", "would", "shall",
    ];
    let spoken = reading.words.iter().map(|word| reading.slice(word.span));
    let first = spoken.take(4).find(|word| !word.starts_with('@'));
    first.is_some_and(|word| AUXILIARIES.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// How many sentences a text has, roughly.
fn sentences(text: &str) -> usize {
    let ends = text.as_bytes().windows(2).filter(|pair| matches!(pair[0], b'.' | b'!' | b'?') && pair[1] == b' ');
    ends.count() + 1
}
