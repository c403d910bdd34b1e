//! The book of a service: read at the start, and read again when its files change.
//!
//! A book with mistakes changes nothing: it is reported, and the old one goes on deciding. A good one is handed to every
//! stage between two passes of its workers, and its version is stamped on each decision from then on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use book::Book;
use events::BookVersion;
use stream::metrics::Metrics;
use stream::service::{Current, Stop};

use crate::commands::book::load;
use crate::failure::Failure;

/// How often the files of the book are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Makes a stage of a book and hands it over.
type Exchange = Box<dyn Fn(&Arc<Book>) -> anyhow::Result<()> + Send>;

/// A book with the stages that decide by it.
pub struct Books {
    folder: PathBuf,
    book: Arc<Book>,
    exchanges: Vec<Exchange>,
}

impl Books {
    /// Reads the book.
    ///
    /// # Errors
    /// All its mistakes.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        Ok(Self { folder: folder.to_owned(), book: Arc::new(load(folder)?), exchanges: Vec::new() })
    }

    /// The version of the book.
    pub fn version(&self) -> &BookVersion {
        &self.book.version
    }

    /// A stage of this book, and of those that come after it.
    ///
    /// # Errors
    /// The book makes no such stage.
    pub fn stage<S: Send + Sync + 'static>(
        &mut self,
        make: impl Fn(Arc<Book>) -> anyhow::Result<S> + Send + 'static,
    ) -> anyhow::Result<Arc<Current<S>>> {
        let stage = Arc::new(make(Arc::clone(&self.book))?);
        let current = Arc::new(Current::new(stage, self.book.version.clone()));
        let exchanged = Arc::clone(&current);
        self.exchanges.push(Box::new(move |book| {
            exchanged.exchange(Arc::new(make(Arc::clone(book))?), book.version.clone());
            Ok(())
        }));
        Ok(current)
    }

    /// Looks at the files until the process ends, and exchanges the book when they say another one.
    pub(super) fn watch(mut self, metrics: &Metrics, stop: &Stop) {
        let mut seen = stamps(&self.folder);
        while !stop.pause(LOOK) {
            let now = stamps(&self.folder);
            if now == seen {
                continue;
            }
            seen = now;
            match self.exchange() {
                Ok(false) => {}
                Ok(true) => {
                    metrics.set_book(&self.book.version);
                    tracing::info!(book_version = %self.book.version, "another book decides from now on");
                }
                Err(failure) => {
                    let (mistakes, book_version) = (failure.message(), &self.book.version);
                    tracing::error!(%mistakes, %book_version, "the changed book is not taken: the old one goes on deciding");
                }
            }
        }
    }

    fn exchange(&mut self) -> Result<bool, Failure> {
        let book = Arc::new(load(&self.folder)?);
        if book.version == self.book.version {
            return Ok(false);
        }
        self.exchanges.iter().try_for_each(|exchange| exchange(&book))?;
        self.book = book;
        Ok(true)
    }
}

/// What tells that files changed: links resolved, so that a mounted folder that is swapped as a whole is seen too.
fn stamps(folder: &Path) -> Vec<(PathBuf, Option<SystemTime>, u64)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut stamps: Vec<_> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let meta = fs::metadata(entry.path()).ok()?;
            Some((fs::canonicalize(entry.path()).ok()?, meta.modified().ok(), meta.len()))
        })
        .collect();
    stamps.sort();
    stamps
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = "name: Test\nteams: [{id: care, name: Care, contact: care@example.org}]\ndefault_team: care\n";

    fn folder(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("book.yaml"), text).unwrap();
        folder
    }

    #[test]
    fn a_changed_book_is_exchanged_and_a_broken_or_an_equal_one_is_not() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../books/bank");
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(source).unwrap().map(Result::unwrap) {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        let mut books = Books::read(folder.path()).unwrap();
        let current = books.stage(|book| Ok(book.name.clone())).unwrap();
        let (mut edition, before) = (0, books.version().clone());
        assert!(current.newer_than(&mut edition).is_some());
        assert!(!books.exchange().unwrap());
        let file = fs::read_dir(folder.path())
            .unwrap()
            .map(Result::unwrap)
            .map(|entry| entry.path())
            .find(|path| fs::read_to_string(path).unwrap().lines().any(|line| line.starts_with("name:")));
        let file = file.expect("a book has a name");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}\nthemes: 3\n")).unwrap();
        assert!(books.exchange().is_err());
        assert!(current.newer_than(&mut edition).is_none(), "the old one goes on");
        let renamed: Vec<&str> =
            text.lines().map(|line| if line.starts_with("name:") { "name: Another" } else { line }).collect();
        fs::write(&file, renamed.join("\n")).unwrap();
        assert!(books.exchange().unwrap());
        let (stage, version) = current.newer_than(&mut edition).unwrap();
        assert_eq!(*stage, "Another");
        assert!(version != before && version == *books.version());
    }

    #[test]
    fn a_file_that_is_written_anew_is_seen() {
        let folder = folder(BOOK);
        let before = stamps(folder.path());
        assert_eq!(before.len(), 1);
        fs::write(folder.path().join("book.yaml"), format!("{BOOK}\n")).unwrap();
        assert_ne!(stamps(folder.path()), before);
    }
}
