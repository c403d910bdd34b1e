//! How likely accounts that say the same words act together.
//!
//! Weighed in bits, as odds are: each bit doubles them. None of the weights is learnt, for no campaign with known accounts is at
//! hand; they were chosen so that no text of an organic crisis comes to even odds, and a burst does soon
//! (`docs/decisions.md`).

use events::{AuthorRole, Clamped, Coordination, Mention, SaidWords};

use crate::seen::Company;
use crate::words::Words;

/// Shorter texts are said by many who do not know each other.
const FEWEST_WORDS: usize = 8;
/// Words beyond this tell no more.
const MOST_WORDS: usize = 20;
/// Two friends who quote each other are no campaign.
const FEWEST_ACCOUNTS: u32 = 3;

/// What speaks against it before anything is known: one text in 600.
const BEFORE: f64 = -9.25;
/// A doubling of the accounts over those that words usually have there and then. In a crisis all the world passes on the same
/// lines: what counts is how far one is ahead of the others.
const DOUBLED: f64 = 2.0;
/// A word more: chance writes long texts twice less often.
const WORD: f64 = 0.25;
/// Accounts with few followers, all of them; as much against it when all have many.
const FRESH: f64 = 2.0;

/// What a mention says that others may say too; `None` for one that does not count. A repost spreads another's words openly, the
/// press copies its agencies, and a back-fill does not say what is said now.
pub(crate) fn said(mention: &Mention, role: AuthorRole, words: &Words<'_>) -> Option<SaidWords> {
    let author = mention.author.as_ref()?;
    let passed_on = mention.repost || mention.clamped != Clamped::No;
    let outsider = !mention.from_brand && matches!(role, AuthorRole::Public | AuthorRole::Employee);
    if passed_on || !outsider || words.count < FEWEST_WORDS {
        return None;
    }
    Some(SaidWords { copied_text: words.copied_text?, followers: author.followers })
}

/// What is to be said of a text of so many words in this company; `None` when there are too few of either.
pub(crate) fn coordination(company: &Company, words: usize) -> Option<Coordination> {
    if company.accounts < FEWEST_ACCOUNTS || words < FEWEST_WORDS {
        return None;
    }
    let ahead = (f64::from(company.accounts) / company.usual).log2();
    let longer = (words.min(MOST_WORDS) - FEWEST_WORDS) as f64;
    let bits = BEFORE + DOUBLED * ahead + WORD * longer + FRESH * company.fresh;
    let likelihood = 1.0 / (1.0 + (-bits).exp2());
    Some(Coordination { accounts: i64::from(company.accounts), likelihood: (likelihood * 1_000.0).round() / 1_000.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likelihood(accounts: u32, usual: f64, fresh: f64, words: usize) -> Option<f64> {
        coordination(&Company { accounts, usual, fresh }, words).map(|found| found.likelihood)
    }

    #[test]
    fn it_rises_with_accounts_words_and_fresh_accounts_and_falls_with_what_is_usual() {
        let base = likelihood(10, 1.0, 0.0, 14).unwrap();
        assert!(likelihood(20, 1.0, 0.0, 14).unwrap() > base);
        assert!(likelihood(10, 1.0, 0.0, 20).unwrap() > base);
        assert!(likelihood(10, 1.0, 1.0, 14).unwrap() > base);
        assert!(likelihood(10, 1.0, -0.4, 14).unwrap() < base);
        assert!(likelihood(10, 2.0, 0.0, 14).unwrap() < base);
    }

    #[test]
    fn six_fresh_accounts_or_twelve_unknown_ones_with_a_long_sentence_are_more_likely_together_than_not() {
        let of = |accounts, fresh| likelihood(accounts, 1.0, fresh, 17).unwrap();
        assert!(of(5, 1.0) < 0.5 && of(6, 1.0) > 0.5, "{} {}", of(5, 1.0), of(6, 1.0));
        assert!(of(11, 0.0) < 0.5 && of(12, 0.0) > 0.5, "{} {}", of(11, 0.0), of(12, 0.0));
        assert!(of(100, 0.0) > 0.98);
    }

    #[test]
    fn where_all_the_world_says_the_same_nobody_is_accused() {
        assert!(likelihood(150, 60.0, -0.4, 20).unwrap() < 0.05);
    }

    #[test]
    fn two_accounts_or_a_short_phrase_are_not_asked_about() {
        assert_eq!(likelihood(2, 1.0, 1.0, 20), None);
        assert_eq!(likelihood(1_000, 1.0, 1.0, 7), None);
    }
}
