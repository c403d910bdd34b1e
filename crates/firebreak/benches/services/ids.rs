//! Ids that are made up: as many as wanted, and spread over all digits, as digests are.

use events::{EventTime, MentionId, Person, SeenEntry};

/// An odd factor with ones all over.
const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
/// Authors among whom mentions that were seen are shared out.
const AUTHORS: usize = 100_000;

/// A number for each number, different in every digit.
pub(crate) const fn spread(number: usize) -> u128 {
    (number as u128).wrapping_mul(FACTOR)
}

/// The id that this number writes.
pub(crate) fn id(number: u128) -> MentionId {
    MentionId::from(format!("{number:032x}"))
}

/// The mention of this number, as one that was seen at a moment.
pub(crate) fn seen(number: usize, at: EventTime) -> SeenEntry {
    SeenEntry {
        id: id(spread(number + 1)),
        revision: 0,
        deleted: false,
        person: Person::from(format!("x:{}", number % AUTHORS)),
        at,
        said: None,
    }
}
