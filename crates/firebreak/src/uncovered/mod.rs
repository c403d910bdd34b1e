//! What people say more and more and no theme of a book covers: where the next theme comes from.
//!
//! A view of many mentions, made from the classified topics and judged anew by the book at hand, so that whoever adds a theme
//! sees at once what it covers. It counts people who use words of their own: neither one who writes often nor a text that
//! hundreds copy makes a term rise.

mod heard;
mod progress;
mod rank;
mod source;
mod terms;
mod text;

pub use heard::{Heard, Uncovered};
pub use progress::Progress;
pub use rank::{Brand, Rising, Sample};
#[cfg(feature = "kafka")]
pub use source::Topics;
pub use source::{Folder, Source};
pub use text::write;
