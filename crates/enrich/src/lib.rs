//! Who, what brand, which language; once only.
//!
//! [`Enrich`] lets each (id, revision) pass once, remembers with which person a mention left, drops what is about no brand
//! of the book, tells where many accounts say the same words, and counts the volume. What a mention means is classify's matter.

mod brands;
mod coordination;
mod early;
#[cfg(test)]
mod fixture;
mod in_text;
mod language;
mod person;
mod personal;
mod role;
mod seen;
mod stage;
mod tallies;
mod words;

pub use in_text::InText;
pub use seen::SeenTable;
pub use stage::{Enrich, EnrichState, RawMention};
