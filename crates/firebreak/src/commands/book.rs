//! `firebreak book`: check a book, test it, and see what it does not cover.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::book::Book;
use anyhow::anyhow;
use clap::{Args, Subcommand};
use events::Span;

use crate::failure::{Failure, bad_book};
use crate::report::Names;
use crate::report::text::{counted, time};
use crate::uncovered::{Folder, Progress, Source, Uncovered, write};
use crate::{book_test, duration};

/// Flags of `firebreak book`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak book check books/airline
  firebreak book test tests/books/*.yaml
  firebreak book suggest books/airline out/first")]
pub struct BookArguments {
    /// What to do with the book.
    #[command(subcommand)]
    pub command: BookCommand,
}

/// What can be done with a book.
#[derive(Debug, Clone, Subcommand)]
pub enum BookCommand {
    /// Read a book, judge the sentences that test its rules of harm, and list everything that is wrong with it.
    #[command(after_help = "Example:
  firebreak book check books/airline")]
    Check {
        /// Folder of the book.
        #[arg(value_name = "DIR")]
        book: PathBuf,
    },
    /// Run tests of a book: mentions in, expectations out. Format: docs/book-tests.md.
    #[command(after_help = "Example:
  firebreak book test tests/capabilities/C19-intents.yaml")]
    Test(TestArguments),
    /// List terms that more and more people use and that no theme of a book covers: where its next theme comes from.
    #[command(
        after_help = "People count, not posts, and each text once however many copy it. Add the theme and ask again: all is judged anew by the book.

Examples:
  firebreak book suggest books/airline out/first
  firebreak book suggest books/airline out/first --window 1d --top 5
  firebreak book suggest books/airline --brokers kafka-1:9092 --json"
    )]
    Suggest(Box<SuggestOptions>),
}

/// Flags of `firebreak book suggest`.
#[derive(Debug, Clone, Args)]
pub struct SuggestOptions {
    /// Folder of the book.
    #[arg(value_name = "DIR")]
    pub book: PathBuf,
    /// Folder that `firebreak run` wrote; without it Kafka is asked.
    #[arg(value_name = "OUT")]
    pub out: Option<PathBuf>,
    /// How much of the end of what was said is held against the time before it.
    #[arg(long, value_name = "SPAN", default_value = "6h", value_parser = duration::parse_positive, env = "FIREBREAK_SUGGEST_WINDOW")]
    pub window: Span,
    /// At most so many terms of a brand.
    #[arg(long, value_name = "N", default_value_t = 20, env = "FIREBREAK_SUGGEST_TOP")]
    pub top: usize,
    /// One line of JSON for each term.
    #[arg(long, env = "FIREBREAK_SUGGEST_JSON")]
    pub json: bool,
    /// Where Kafka is.
    #[cfg(feature = "kafka")]
    #[command(flatten)]
    pub cluster: crate::service::ReadArguments,
}

/// Flags of `firebreak book test`.
#[derive(Debug, Clone, Args)]
pub struct TestArguments {
    /// Files of tests.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

/// Checks or tests a book.
///
/// # Errors
/// The book or a test file is wrong, or an expectation is not met.
pub fn book(arguments: &BookArguments, out: &mut dyn Write) -> Result<(), Failure> {
    match &arguments.command {
        BookCommand::Check { book } => check(book, out),
        BookCommand::Test(arguments) => test(arguments, out),
        BookCommand::Suggest(options) => suggest(options, out),
    }
}

/// Reads a book, or says everything that is wrong with it.
///
/// # Errors
/// All mistakes.
pub fn load(directory: &Path) -> Result<Book, Failure> {
    ::book::load_dir(directory)
        .map_err(|mistakes| bad_book(directory, &mistakes.iter().map(ToString::to_string).collect::<Vec<_>>()))
}

fn check(directory: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let book = Arc::new(load(directory)?);
    let misjudged = classify::misjudged(&book)?;
    if !misjudged.is_empty() {
        return Err(bad_book(directory, &misjudged));
    }
    let rules: usize = book.brands.iter().map(|brand| brand.rules.len()).sum();
    let products: usize = book.brands.iter().map(|brand| brand.products.len()).sum();
    writeln!(out, "`{}` is a valid book: {}, version {}", directory.display(), book.name, book.version)?;
    let parts = [
        (book.brands.len(), "brand", "brands"),
        (products, "product", "products"),
        (rules, "tracking rule", "tracking rules"),
        (book.themes.len(), "theme", "themes"),
        (book.teams.len(), "team", "teams"),
        (book.routes.len(), "route", "routes"),
        (book.clocks.len(), "clock", "clocks"),
    ];
    writeln!(out, "  {}", parts.map(|(number, one, more)| counted(number as u64, one, more)).join(", "))?;
    if !book.harm.is_empty() {
        let sentences: usize = book.harm.iter().map(|rule| rule.finds.len() + rule.passes.len()).sum();
        let rules = counted(book.harm.len() as u64, "rule", "rules");
        writeln!(out, "  {rules} of harm, and {sentences} sentences that are judged as the book says")?;
    }
    Ok(())
}

fn test(arguments: &TestArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let mut failed = 0;
    let mut mistakes = Vec::new();
    for path in &arguments.files {
        match book_test::run_file(path) {
            Ok(outcome) => {
                out.write_all(outcome.to_string().as_bytes())?;
                failed += usize::from(!outcome.passed());
            }
            Err(book_test::TestError::Mistakes(found)) => mistakes.extend(found),
            Err(book_test::TestError::Failed(error)) => return Err(Failure::Failed(error)),
        }
        out.flush()?;
    }
    if !mistakes.is_empty() {
        return Err(Failure::Configuration(mistakes.join("\n")));
    }
    if failed > 0 {
        let all = arguments.files.len();
        return Err(Failure::Failed(anyhow::anyhow!(
            "{failed} of {all} test files failed: look at `expected` and `found` above"
        )));
    }
    Ok(())
}

fn suggest(options: &SuggestOptions, out: &mut dyn Write) -> Result<(), Failure> {
    let book = Arc::new(load(&options.book)?);
    let names = Names::of(&book);
    let mut uncovered = Uncovered::new(book)?;
    let mut progress = Progress::default();
    let unread = options.source()?.read(&mut |mention| {
        uncovered.hear(mention);
        progress.one();
    })?;
    progress.end();
    if unread > 0 {
        tracing::warn!(unread, "records that are no classified mentions are left out");
    }
    let Some(heard) = uncovered.rising(options.window, options.top) else {
        writeln!(out, "nothing was heard that no theme covers")?;
        return Ok(());
    };
    if heard.since > heard.until.minus(options.window) {
        let (since, until) = (time(heard.since), time(heard.until));
        return Err(Failure::Failed(anyhow!(
            "everything was said from {since} to {until}, within --window: there is no time before it to compare with, so give a shorter one"
        )));
    }
    write(&heard, (options.window, &names), options.json, out)?;
    Ok(())
}

impl SuggestOptions {
    fn source(&self) -> Result<Box<dyn Source>, Failure> {
        match &self.out {
            Some(folder) => Ok(Box::new(Folder(folder.clone()))),
            #[cfg(feature = "kafka")]
            None => Ok(Box::new(crate::uncovered::Topics(self.cluster.open("firebreak.book")?))),
            #[cfg(not(feature = "kafka"))]
            None => {
                Err(Failure::Usage("name the folder given to `firebreak run --out`: this build reads no Kafka".into()))
            }
        }
    }
}
