//! `firebreak capabilities`: what the product can do, as shown by test files that ran just now.
//!
//! A status is never written down: a row passes when all its files pass and none names a clause that it leaves out.

mod table;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use crate::book_test::{self, Outcome, TestError};
use crate::failure::Failure;
use crate::parallel::on_all_cores;

pub use table::{Row, Status, Table};

/// Flags of `firebreak capabilities`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:
  firebreak capabilities --tests tests/capabilities --out target/capabilities.json")]
pub struct CapabilitiesArguments {
    /// Folder with `rows.yaml` and the test files `Cnn-name.yaml`.
    #[arg(long, value_name = "DIR", default_value = "tests/capabilities", env = "FIREBREAK_CAPABILITIES_TESTS")]
    pub tests: PathBuf,
    /// Where the table goes as JSON.
    #[arg(long, value_name = "FILE", default_value = "target/capabilities.json", env = "FIREBREAK_CAPABILITIES_OUT")]
    pub out: PathBuf,
}

/// Runs the files and prints the table.
///
/// # Errors
/// A file is wrong or fails: a capability that was shown is lost.
pub fn capabilities(arguments: &CapabilitiesArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let titles = titles(&arguments.tests.join("rows.yaml"))?;
    let mut table = Table::new(titles);
    for outcome in on_all_cores(&files(&arguments.tests)?, |path| run(path)) {
        let outcome = outcome?;
        if !outcome.passed() {
            out.write_all(outcome.to_string().as_bytes())?;
        }
        table.add(&outcome)?;
    }
    write!(out, "{table}")?;
    let path = &arguments.out;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
    }
    let text = serde_json::to_string_pretty(&table)? + "\n";
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    match table.failed() {
        0 => Ok(()),
        failed => {
            Err(Failure::Failed(anyhow::anyhow!("{failed} test files fail: expected and found stand above the table")))
        }
    }
}

fn run(path: &Path) -> Result<Outcome, Failure> {
    book_test::run_file(path).map_err(|error| match error {
        TestError::Mistakes(mistakes) => Failure::Configuration(mistakes.join("\n")),
        TestError::Failed(error) => Failure::Failed(error),
    })
}

/// The test files of a folder, in order of name.
///
/// # Errors
/// The folder cannot be read.
pub fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read `{}`", folder.display()))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('C') && name.ends_with(".yaml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// `Cnn: title` on each line; a line that begins with `#` is a remark.
fn titles(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut titles = BTreeMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty()) {
        let Some((row, title)) = line.split_once(": ") else {
            bail!("`{}` line {}: write `Cnn: title`", path.display(), index + 1);
        };
        titles.insert(row.to_owned(), title.to_owned());
    }
    Ok(titles)
}
