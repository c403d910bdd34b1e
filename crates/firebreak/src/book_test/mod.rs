//! `firebreak book test`: mentions in, expectations out, in the manner of `promtool test rules`.
//!
//! A test file is data: it names a book, gives mentions, actions and the passing of event time, and states what must and
//! must not appear on which topic. The format is in `docs/book-tests.md`. Nothing here knows what a stage does: the lines
//! go through the same pipeline as those of `firebreak run`.

mod check;
mod condition;
mod given;
mod model;
mod parse;
mod parse_expectation;
mod path;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use crate::parallel::{cores, on_all_cores};
use crate::run::{Replayed, replay_restarting};
use check::check;
use model::{Test, TestFile};

pub use check::{Row, Unmet};

/// What came of a file of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The file.
    pub file: String,
    /// The capability row that it shows, such as `C20`.
    pub row: Option<String>,
    /// Clauses of the row that it does not assert.
    pub partly: Vec<String>,
    /// Each test with its line, its name and what it lacks.
    pub tests: Vec<(usize, String, Vec<Unmet>)>,
}

impl Outcome {
    /// Whether every expectation was met.
    pub fn passed(&self) -> bool {
        self.tests.iter().all(|(_, _, unmet)| unmet.is_empty())
    }
}

/// A file of tests could not be run.
#[derive(Debug)]
pub enum TestError {
    /// The file or its book is wrong: every mistake with its place.
    Mistakes(Vec<String>),
    /// The pipeline stopped, or the file cannot be read.
    Failed(anyhow::Error),
}

/// Runs the tests of a file.
///
/// # Errors
/// The file, its book or the pipeline could not be used; an expectation that is not met is no error but an outcome.
pub fn run_file(path: &Path) -> Result<Outcome, TestError> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read `{name}`")).map_err(TestError::Failed)?;
    let file = parse::parse(&name, &text).map_err(TestError::Mistakes)?;
    let directory = path.parent().unwrap_or(Path::new("")).join(&file.book);
    let book = book::load_dir(&directory).map_err(|mistakes| {
        let list = mistakes.iter().map(ToString::to_string);
        TestError::Mistakes(std::iter::once(format!("{name}: its book has mistakes:")).chain(list).collect())
    })?;
    let book = Arc::new(book);
    judge(&name, &file, |test| {
        let lines = given::lines(&test.given).into_iter();
        replay_restarting(lines, Arc::clone(&book), test.until, &test.restarts(), cores(), &test.topics())
            .with_context(|| format!("{name}:{}: `{}` could not run", test.line, test.name))
    })
    .map_err(TestError::Failed)
}

fn judge(
    name: &str,
    file: &TestFile,
    replay: impl Fn(&Test) -> anyhow::Result<Replayed> + Sync,
) -> anyhow::Result<Outcome> {
    let tests = on_all_cores(&file.tests, |test| {
        let replayed = replay(test)?;
        let unmet = test.expect.iter().filter_map(|expectation| check(expectation, &replayed)).collect();
        Ok((test.line, test.name.clone(), unmet))
    });
    let tests = tests.into_iter().collect::<anyhow::Result<_>>()?;
    Ok(Outcome { file: name.to_owned(), row: file.row.clone(), partly: file.partly.clone(), tests })
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (line, name, unmet) in &self.tests {
            let word = if unmet.is_empty() { "ok  " } else { "FAIL" };
            writeln!(f, "{word} {}:{line}: {name}", self.file)?;
            for unmet in unmet {
                writeln!(f, "  {}:{}: {}", self.file, unmet.line, unmet.about)?;
                write!(f, "{unmet}")?;
            }
        }
        Ok(())
    }
}
