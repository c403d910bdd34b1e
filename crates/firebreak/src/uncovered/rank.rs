//! Which terms rise: the share of people who use one now beside the share before.

use std::sync::Arc;

use events::{BrandId, EventTime};

use super::heard::{Said, Term};

/// A term that fewer people use now is nobody's theme, and could tell who said it.
const FEWEST: u64 = 3;
/// So surprising a share comes by chance once in a thousand terms (chi-squared of one degree of freedom).
const SURPRISING: f64 = 10.83;
/// A pair that so much of a word's people use is what they mean by it.
const MEANT: f64 = 2.0 / 3.0;

/// What rises about a brand.
#[derive(Debug)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// Mentions about it, covered or not.
    pub mentions: u64,
    /// Of these, those that no theme covers, each text once.
    pub uncovered: u64,
    /// People who said something in the window that no theme covers.
    pub people: u64,
    /// The same before the window.
    pub people_before: u64,
    /// Terms, the most surprising first.
    pub rising: Vec<Rising>,
}

/// A term that rises.
#[derive(Debug)]
pub struct Rising {
    /// One word or two, lower case.
    pub term: String,
    /// People who used it in the window.
    pub people: u64,
    /// People who used it before.
    pub people_before: u64,
    /// How surprising that is: the logarithm of the likelihood ratio, doubled.
    pub surprise: f64,
    /// The newest mentions with it, of different people, personal data masked.
    pub samples: Vec<Sample>,
}

/// A mention with a term.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// When it was said.
    pub at: EventTime,
    /// Hash of who said it.
    pub person: i64,
    /// What was said.
    pub text: Arc<str>,
}

/// The `top` terms that rise from `from` on.
pub(super) fn rank(id: BrandId, said: Said, from: EventTime, top: usize) -> Brand {
    let (mut now, mut before, mut uses) = (Vec::new(), Vec::new(), Vec::new());
    for utterance in &said.uncovered {
        let recent = utterance.at > from;
        if recent { &mut now } else { &mut before }.push(utterance.person);
        uses.extend(utterance.terms.iter().map(|term| (*term, recent, utterance.person)));
    }
    let (people, people_before) = (distinct(now), distinct(before));
    let counts = count(uses, said.terms.len());
    let mut rising: Vec<(usize, f64)> = counts
        .iter()
        .enumerate()
        .filter(|(_, [_, now])| *now >= FEWEST)
        .map(|(term, [before, now])| (term, surprise((*now, people), (*before, people_before))))
        .filter(|(_, surprise)| *surprise >= SURPRISING)
        .collect();
    keep_what_is_meant(&mut rising, &said.terms, &counts);
    rising.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    rising.truncate(top);
    let uncovered = said.uncovered.len() as u64;
    let mut terms: Vec<Option<Term>> = said.terms.into_iter().map(Some).collect();
    let rising = rising.into_iter().filter_map(|(term, surprise)| {
        let [people_before, people] = *counts.get(term)?;
        let Term { text, samples } = terms.get_mut(term)?.take()?;
        Some(Rising { term: text, people, people_before, surprise, samples })
    });
    Brand { id, mentions: said.mentions, uncovered, people, people_before, rising: rising.collect() }
}

/// People who used each term, before and now.
fn count(mut uses: Vec<(u32, bool, i64)>, terms: usize) -> Vec<[u64; 2]> {
    uses.sort_unstable();
    uses.dedup();
    let mut counts = vec![[0; 2]; terms];
    for (term, recent, _) in uses {
        if let Some(count) = counts.get_mut(term as usize) {
            count[usize::from(recent)] += 1;
        }
    }
    counts
}

fn distinct(mut people: Vec<i64>) -> u64 {
    people.sort_unstable();
    people.dedup();
    people.len() as u64
}

/// Twice the logarithm of how much likelier two shares are than one, 0 where the share fell (Dunning 1993, "Accurate methods
/// for the statistics of surprise and coincidence").
fn surprise((now, of): (u64, u64), (before, of_before): (u64, u64)) -> f64 {
    let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
    let (now, of, before, of_before) = (now as f64, of as f64, before as f64, of_before as f64);
    let all = share(now + before, of + of_before);
    if share(now, of) <= share(before, of_before) {
        return 0.0;
    }
    let likely = |part: f64, of: f64, share: f64| {
        let term = |count: f64, share: f64| if count > 0.0 { count * share.ln() } else { 0.0 };
        term(part, share) + term(of - part, 1.0 - share)
    };
    let apart = likely(now, of, share(now, of)) + likely(before, of_before, share(before, of_before));
    2.0 * (apart - likely(now, of, all) - likely(before, of_before, all))
}

/// Of a pair and its words only one is told: the pair where most mean it by the word, else the word.
fn keep_what_is_meant(rising: &mut Vec<(usize, f64)>, terms: &[Term], counts: &[[u64; 2]]) {
    let people = |term: usize| counts.get(term).map_or(0, |[_, now]| *now) as f64;
    let text = |term: usize| terms.get(term).map_or("", |term| term.text.as_str());
    let pairs: Vec<usize> = rising.iter().map(|(term, _)| *term).filter(|term| text(*term).contains(' ')).collect();
    let words: Vec<usize> = rising.iter().map(|(term, _)| *term).filter(|term| !text(*term).contains(' ')).collect();
    let meant = |pair: usize, word: usize| people(pair) >= MEANT * people(word);
    let of = |pair: usize, word: usize| text(pair).split(' ').any(|part| part == text(word));
    rising.retain(|(term, _)| {
        if text(*term).contains(' ') {
            words.iter().filter(|word| of(*term, **word)).all(|word| meant(*term, *word))
        } else {
            !pairs.iter().any(|pair| of(*pair, *term) && meant(*pair, *term))
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surprise_grows_with_the_share_and_with_how_many_speak() {
        assert!(surprise((10, 100), (5, 1_000)) > surprise((5, 100), (5, 1_000)));
        assert!(surprise((100, 1_000), (50, 10_000)) > surprise((10, 100), (5, 1_000)));
        // Nothing to compare with, the same share, and a smaller one.
        assert_eq!(surprise((10, 100), (0, 0)), 0.0);
        assert_eq!(surprise((10, 100), (100, 1_000)), 0.0);
        assert_eq!(surprise((1, 100), (100, 1_000)), 0.0);
    }

    #[test]
    fn surprise_is_the_ratio_of_the_likelihoods() {
        // 2 · [10 ln(10/100) + 90 ln(90/100) + 5 ln(5/1000) + 995 ln(995/1000) − 15 ln(15/1100) − 1085 ln(1085/1100)]
        assert!((surprise((10, 100), (5, 1_000)) - 30.67).abs() < 0.01, "{}", surprise((10, 100), (5, 1_000)));
    }
}
