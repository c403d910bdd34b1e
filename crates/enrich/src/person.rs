//! With which person a mention leaves.

use events::{Mention, Person};

use crate::seen::{Known, SeenKey, SeenTable};

/// A person, and how it was found.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub(crate) person: Person,
    /// True when no revision of the mention left before.
    pub(crate) first: bool,
    /// False for an answer of a brand whose parent is not known.
    pub(crate) joined: bool,
    /// Whether it goes on for what it belongs to, even when it names no brand.
    pub(crate) follows: bool,
}

/// The person that `mention` leaves with: the one that it left with before, else for an answer of a brand the person whom
/// it answers, else its author, else itself.
pub(crate) fn leaving(mention: &Mention, known: Option<Known>, seen: &SeenTable) -> Leaving {
    let answered = mention.parent_id.as_ref().filter(|_| mention.from_brand);
    let parent = answered.map(|parent| seen.known(SeenKey::of(parent), parent).and_then(|known| known.person));
    let joined = !matches!(parent, Some(None));
    let before = known.and_then(|known| known.person);
    let first = before.is_none();
    let remembered = before.or_else(|| parent.flatten());
    let follows = remembered.is_some();
    let person = remembered
        .or_else(|| mention.author_key().map(Person::new))
        .unwrap_or_else(|| Person::new(format!("mention:{}", mention.id)));
    Leaving { person, first, joined, follows }
}
