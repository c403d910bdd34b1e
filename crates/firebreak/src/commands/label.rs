//! `firebreak label`: texts in, judgements out, one JSON object a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use classify::model::Model;

use crate::commands::book::load;
use crate::failure::Failure;
use crate::label::{Format, Item, Labeller, Lines};
use crate::parallel;

/// Lines that are judged at a time.
const AT_ONCE: usize = 4_096;

/// Flags of `firebreak label`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak label --input posts.txt --format text --out judged.ndjson
  firebreak label --input posts.csv --format csv --text-field body --book books/airline --out -
  firebreak label --input mentions.ndjson --format ndjson --model our-shop.model --explain --out judged.ndjson

One JSON object for each line, in order; a line that cannot be read gives an object with `error`. With a book of one brand,
every text is taken to be about it.")]
pub struct LabelArguments {
    /// The texts; `-` is standard input.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_LABEL_INPUT")]
    pub input: PathBuf,
    /// How the input is laid out.
    #[arg(long, value_enum, env = "FIREBREAK_LABEL_FORMAT")]
    pub format: Format,
    /// The column or key of the text.
    #[arg(long, value_name = "NAME", default_value = "text", env = "FIREBREAK_LABEL_TEXT_FIELD")]
    pub text_field: String,
    /// Folder of the brand book: brands, products and themes come from it.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_LABEL_BOOK")]
    pub book: Option<PathBuf>,
    /// A model made by `firebreak train`; what its heads say stands under `heads`.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_MODEL")]
    pub model: Option<PathBuf>,
    /// Threads; by default one for each core. Changes no judgement.
    #[arg(long, value_name = "N", env = "FIREBREAK_THREADS")]
    pub threads: Option<NonZeroUsize>,
    /// Add the words that weighed most.
    #[arg(long, env = "FIREBREAK_LABEL_EXPLAIN")]
    pub explain: bool,
    /// Where the judgements go; `-` is standard output.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_LABEL_OUT")]
    pub out: PathBuf,
}

/// Judges every line.
///
/// # Errors
/// The book or the model cannot be used, or the input cannot be read, or the output not written.
pub fn label(arguments: &LabelArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let book = arguments.book.as_deref().map(load).transpose()?;
    let model = arguments.model.as_deref().map(model).transpose()?;
    let labeller = Labeller::new(book, model, arguments.explain)?;
    let input: Box<dyn BufRead> = if arguments.input == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let path = &arguments.input;
        let file = File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        Box::new(BufReader::new(file))
    };
    let lines = Lines::new(input, arguments.format, arguments.text_field.clone());
    let threads = arguments.threads.map_or_else(parallel::cores, NonZeroUsize::get);
    if arguments.out == Path::new("-") {
        return judge(lines, &labeller, threads, out);
    }
    let path = &arguments.out;
    let file = File::create(path).with_context(|| format!("cannot create `{}`", path.display()))?;
    judge(lines, &labeller, threads, &mut BufWriter::new(file))
}

/// Reads a model file.
///
/// # Errors
/// It cannot be read, or is no model of this program.
pub fn model(path: &Path) -> Result<Model, Failure> {
    let name = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{name}`"))?;
    Model::read(&bytes).map_err(|error| Failure::Configuration(format!("`{name}`: {error}")))
}

fn judge<R: BufRead>(
    mut lines: Lines<R>,
    labeller: &Labeller,
    threads: usize,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (begun, mut count) = (Instant::now(), 0);
    loop {
        let items: Vec<Item> = lines.read(AT_ONCE).context("cannot read the input")?;
        if items.is_empty() {
            break;
        }
        count += items.len();
        for object in parallel::on_threads(threads, &items, |item| labeller.label(item).to_string()) {
            writeln!(out, "{object}")?;
        }
    }
    out.flush()?;
    let rate = count as f64 / begun.elapsed().as_secs_f64().max(1e-9);
    // A reader of standard error that went away does not make the judgements wrong.
    drop(writeln!(io::stderr(), "label: {count} lines, {rate:.0} a second on {threads} threads"));
    Ok(())
}
