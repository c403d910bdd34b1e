//! Phrases of a book found in a text: one folding, one tree, spans in the original text.
//!
//! Everything that looks for words of the book goes through here, so that a phrase means the same in every stage and in
//! `book check`. What a hit means is no matter of this module.
//! Invariant: a span lies inside the original text, on character boundaries, and covers whole words.

mod fold;
mod gaps;
mod openers;
mod phrase;
mod set;
mod starts;
mod stopwords;
#[cfg(test)]
mod tests;
mod trie;
mod unmask;
mod words;

pub use fold::FoldedText;
pub use phrase::{PhraseError, check};
pub use set::{PhraseHit, PhraseSet};
pub use stopwords::is_stopword;
pub use words::Words;
