//! How a command fails: what the user must do decides the exit code.

use std::io;
use std::process::ExitCode;

/// A command failed.
#[derive(Debug)]
pub enum Failure {
    /// A flag or argument is wrong: exit code 2.
    Usage(String),
    /// The configuration or the book is wrong, all mistakes listed: exit code 64.
    Configuration(String),
    /// The work failed: exit code 1.
    Failed(anyhow::Error),
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
            Self::Configuration(_) => ExitCode::from(64),
        }
    }

    /// What to show: the error with its causes, each once.
    pub fn message(&self) -> String {
        match self {
            Self::Usage(message) | Self::Configuration(message) => message.clone(),
            Self::Failed(error) => format!("{error:#}"),
        }
    }

    /// True when the reader of standard output went away, as `head` does: nothing to complain about.
    pub fn is_closed_output(&self) -> bool {
        let Self::Failed(error) = self else { return false };
        let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        kinds.into_iter().any(|kind| kind == io::ErrorKind::BrokenPipe)
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Says that a book is wrong: every mistake, and what to do.
pub fn bad_book(directory: &std::path::Path, mistakes: &[String]) -> Failure {
    let count = mistakes.len();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    let list = mistakes.iter().map(|mistake| format!("  {mistake}")).collect::<Vec<_>>().join("\n");
    let folder = directory.display();
    Failure::Configuration(format!(
        "the book `{folder}` has {count} {noun}:\n{list}\ncorrect them and check with `firebreak book check {folder}`"
    ))
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_closed_pipe_is_found_under_its_context() {
        let closed = Err::<(), _>(io::Error::from(io::ErrorKind::BrokenPipe)).context("cannot write").unwrap_err();
        assert!(Failure::Failed(closed).is_closed_output());
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(!Failure::from(full).is_closed_output());
    }

    #[test]
    fn every_mistake_of_a_book_is_listed() {
        let failure = bad_book("b".as_ref(), &["a.yaml:1:2: one".into(), "a.yaml:3:4: two".into()]);
        assert_eq!(failure.code(), ExitCode::from(64));
        let message = failure.message();
        assert!(message.contains("2 mistakes") && message.contains(":1:2: one") && message.contains(":3:4: two"));
    }
}
