//! The version of a book: what it says, not how it is written.

use events::BookVersion;
use sha2::{Digest, Sha256};

use crate::model::Book;

/// The first 12 hex digits of SHA-256 over the canonical content.
///
/// That is the parsed book, defaults filled in, as JSON with the model's fields in order. So comments, formatting, file names and
/// spelled-out defaults do not change it; the order of a list does, because the first route that matches wins.
#[expect(clippy::expect_used, reason = "the model has text keys only, and the loader lets only finite numbers in")]
pub(crate) fn of(book: &Book) -> BookVersion {
    let canonical = serde_json::to_vec(book).expect("a book is JSON");
    let hash = Sha256::digest(&canonical);
    let digits: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    BookVersion::new(digits)
}
