//! Rejected records by hand: found, looked at, and sent again.
//!
//! They lie in topic `dead-letters`, in Kafka or as the file that `firebreak run` wrote. One that was sent again has a mark
//! behind it, which is a record of the same topic and partition with the same origin: so what was sent again is told by the
//! topic alone, and a transaction can hold both.

mod choice;
mod folder;
mod letters;
#[cfg(feature = "kafka")]
mod retry;
mod text;
#[cfg(feature = "kafka")]
mod topic;

pub use choice::{Choice, LetterId};
pub use folder::Folder;
pub use letters::{Letter, Letters, chosen};
#[cfg(feature = "kafka")]
pub use retry::retry;
pub use text::{list, show};
#[cfg(feature = "kafka")]
pub use topic::LetterTopic;
