//! What the rules say of a text, as rows of the table beside its own: a head with few labels leans on what the rules know already.
//!
//! Only a model whose card names the rules that it learnt beside is asked with them. A clue is a row like any other, so that it is
//! weighed, stored and summed as words are.

use events::Classification;

use super::features::named;

/// How often a clue counts that is certain: about as much as a handful of words.
const CERTAIN: f64 = 8.0;
/// So many points of severity count as certain.
const FULL_POINTS: f64 = 10.0;
/// A clue counts no more often than this.
const MOST: f64 = 32.0;

/// A row by its hash, and how often it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clue {
    pub(crate) hash: u64,
    pub(crate) count: u16,
}

/// What `judged` says as clues: tones, intent, irony, and what its severity is made of.
pub fn clues(judged: &Classification) -> Vec<Clue> {
    let tone = &judged.sentiment;
    let tones = [("negative", tone.negative), ("neutral", tone.neutral), ("positive", tone.positive)];
    let mut found: Vec<Clue> = tones.iter().filter_map(|(name, sure)| clue("tone", name, *sure)).collect();
    if let Some(intent) = judged.intent.label {
        found.extend(clue("intent", intent.name(), judged.intent.confidence));
    }
    if judged.irony {
        found.extend(clue("irony", "", 1.0));
    }
    for factor in &judged.severity.factors {
        found.extend(clue("severity", &factor.name, factor.points as f64 / FULL_POINTS));
    }
    found
}

/// `None` where there is too little of it to count once.
fn clue(kind: &str, name: &str, sure: f64) -> Option<Clue> {
    let count = (CERTAIN * sure).round().clamp(0.0, MOST) as u16;
    (count > 0).then(|| Clue { hash: named(&[kind, name]), count })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Baseline, Judge, Situation};

    fn read(text: &str) -> Vec<Clue> {
        let judge = Baseline::new(Arc::new(testkit::build::book(Vec::new()))).unwrap();
        clues(&judge.judge(text, &Situation { language: "en", ..Situation::default() }).classification)
    }

    #[test]
    fn what_the_rules_find_counts_and_what_they_do_not_find_does_not() {
        let has = |text: &str, kind: &str, name: &str| read(text).iter().any(|clue| clue.hash == named(&[kind, name]));
        let text = "worst service ever, my card was charged twice";
        assert!(has(text, "intent", "complaint") && has(text, "tone", "negative"), "{:?}", read(text));
        assert!(!has(text, "intent", "praise") && !has("thank you so much", "intent", "complaint"));
    }

    #[test]
    fn a_clue_counts_by_its_sureness_up_to_a_bound() {
        let counts =
            [0.0, 0.05, 0.5, 1.0, 100.0, f64::NAN].map(|sure| clue("tone", "negative", sure).map(|one| one.count));
        assert_eq!(counts, [None, None, Some(4), Some(8), Some(32), None]);
        assert_ne!(named(&["tone", "negative"]), named(&["tonen", "egative"]));
    }
}
