//! Reading rejected records, with the marks of those that were sent again.

use std::collections::BTreeMap;

use events::{DeadLetter, EventTime, LetterOrigin};

use super::{Choice, LetterId};

/// A record of topic `dead-letters`.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// Where it lies.
    pub id: LetterId,
    /// What it says.
    pub value: DeadLetter,
}

/// A place that has rejected records.
pub trait Letters {
    /// Calls `each` with every record that can matter to `choice`, marks too, partition after partition in order of offset. Returns
    /// how many could not be read.
    ///
    /// # Errors
    /// The place cannot be read; or `each` ends it.
    fn read(&mut self, choice: &Choice, each: &mut dyn FnMut(Letter) -> anyhow::Result<()>) -> anyhow::Result<u64>;
}

/// When a record was sent again last, by its origin.
pub(super) type Marks = BTreeMap<LetterOrigin, EventTime>;

/// Calls `each` with the records that are meant, and when each was sent again. Returns how many could not be read. A rejection that
/// was told twice, as a store does after a crash, comes twice.
///
/// # Errors
/// As [`Letters::read`].
pub fn chosen(
    letters: &mut dyn Letters,
    choice: &Choice,
    each: &mut dyn FnMut(Letter, Option<EventTime>) -> anyhow::Result<()>,
) -> anyhow::Result<u64> {
    let mut marks = Marks::new();
    letters.read(choice, &mut |letter| {
        if letter.value.is_mark() {
            marks.insert(letter.value.origin(), letter.value.at);
        }
        Ok(())
    })?;
    let mut left = choice.limit.unwrap_or(usize::MAX);
    letters.read(choice, &mut |letter| {
        if left > 0 && !letter.value.is_mark() && choice.means(letter.id, &letter.value) {
            left -= 1;
            let sent_again = marks.get(&letter.value.origin()).copied();
            each(letter, sent_again)?;
        }
        Ok(())
    })
}
