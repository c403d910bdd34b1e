//! Themes told by examples: whether a text has enough of the words that they have in common.

use std::collections::BTreeMap;

use book::Book;
use events::BrandId;

use super::{Candidate, brand_of};
use crate::reading::Hit;

/// Fewer words than this tell nothing, whatever they are worth.
const FEWEST_WORDS: usize = 2;

/// How like the examples of themes a text is.
#[derive(Debug, Default)]
pub(super) struct Likeness<'h> {
    /// By theme: each of its words once, with its points and where it stands first.
    words: BTreeMap<usize, BTreeMap<usize, (f64, &'h Hit<'h>)>>,
}

impl<'h> Likeness<'h> {
    /// Notes a telling word of a theme, where it stands first.
    pub(super) fn add(&mut self, theme: usize, word: usize, points: f64, hit: &'h Hit<'h>) {
        self.words.entry(theme).or_default().entry(word).or_insert((points, hit));
    }

    /// Makes themes whose examples the text is like candidates, and those that were found by a phrase surer.
    pub(super) fn join<'a>(self, found: &mut Vec<Candidate<'a>>, book: &'a Book, brands: &[&'a BrandId]) {
        for (at, words) in self.words {
            let likeness: f64 = words.values().map(|(points, _)| points).sum();
            if words.len() < FEWEST_WORDS || likeness < 1.0 {
                continue;
            }
            if let Some(known) = found.iter_mut().find(|known| known.at == at) {
                known.likeness = likeness;
                continue;
            }
            let best = words.into_values().reduce(|best, other| if other.0 > best.0 { other } else { best });
            let (Some((_, hit)), Some(theme)) = (best, book.themes.get(at)) else { continue };
            let Some(brand) = brand_of(theme, brands) else { continue };
            let (span, word) = (hit.span, hit.word);
            found.push(Candidate { theme, at, brand, hits: 0, span, word, words: 1, reason: None, likeness });
        }
    }
}
