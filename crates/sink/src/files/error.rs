//! Why the file store cannot go on, by what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use events::Offset;

/// The file store cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The disk is full.
    #[error(
        "no space is left to write `{path}`: free some, or choose a folder on another disk; nothing of this file was published, so the next start goes on before it"
    )]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The folder holds files of another run.
    #[error("`{path}` is not empty: choose a new folder for the files, or remove this one")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A published file does not end with the next offset.
    #[error(
        "`{path}` does not end with its next offset: it was changed after it was published; restore it or move it away, with every later file of its folder"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Another writer published a file that ends before this one begins.
    #[error(
        "`{path}` should exist up to offset {expected:?}, but the newest file ends at {found:?}: a published file was removed while this process ran"
    )]
    Removed {
        /// The folder.
        path: PathBuf,
        /// Where the open file began.
        expected: Offset,
        /// Where the newest file ends.
        found: Offset,
    },
    /// Anything else.
    #[error("`{path}` cannot be {doing}: {detail}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: `written`, `read`, …
        doing: &'static str,
        /// What the system says.
        detail: String,
    },
}

impl FileError {
    /// The error of one attempt.
    pub(crate) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path: path.to_owned() },
            _ => Self::Io { path: path.to_owned(), doing, detail: error.to_string() },
        }
    }
}
