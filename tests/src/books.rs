//! The example books, as tests load them.

use std::path::Path;
use std::sync::Arc;

use book::Book;

/// The example book of that name.
pub(crate) fn example_book(name: &str) -> Arc<Book> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../books").join(name);
    Arc::new(book::load_dir(&folder).unwrap_or_else(|errors| panic!("{errors:#?}")))
}
