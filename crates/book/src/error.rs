//! What is wrong with a book, where, and what to do about it.

use std::fmt;

/// A mistake in a book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BookError {
    /// The file, as it was given.
    pub file: String,
    /// Line from 1; 0 when the mistake has no line, such as a file that cannot be read.
    pub line: usize,
    /// Column in characters from 1; 0 when the mistake has no line.
    pub column: usize,
    /// The key, such as `themes[3].owner`; empty when the file as a whole is meant.
    pub path: String,
    /// What is wrong.
    pub problem: String,
    /// What to do; empty when the problem says it.
    pub remedy: String,
}

impl fmt::Display for BookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        for part in [&self.path, &self.problem, &self.remedy] {
            if !part.is_empty() {
                write!(f, ": {part}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for BookError {}
