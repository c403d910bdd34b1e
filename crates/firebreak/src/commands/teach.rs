//! `firebreak teach`: what a teacher says of the texts that a recipe names, as numbers beside the recipe.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::Args;

use crate::failure::Failure;
use crate::logging::{LogFormat, LoggingArguments};
use crate::training::taught::Taught;
use crate::training::{self, Labelled, Recipe, TaughtRecipe, labelled, teacher};

/// Answers between two lines of progress.
const AT_ONCE: usize = 20_000;

/// Flags of `firebreak teach`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:
  firebreak teach --recipe crates/classify/recipes/shipped.yaml --head offensive --data ../shared/data \\
    --teacher 'venv/bin/python crates/classify/teachers/profanity.py' --out crates/classify/recipes/shipped-offensive.taught

The teacher gets a JSON object {\"text\": …} a line and writes a number from 0 to 1 for each, in the same order. The recipe says
under `taught` whose texts it is asked about; it is needed for this alone, not for training.")]
pub struct TeachArguments {
    /// The name of a recipe that comes with the program, or a file.
    #[arg(long, value_name = "NAME|FILE", env = "FIREBREAK_RECIPE")]
    pub recipe: String,
    /// The head to be taught.
    #[arg(long, value_name = "NAME", env = "FIREBREAK_TEACH_HEAD")]
    pub head: String,
    /// Folder of the data sets that the recipe names.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_DATA")]
    pub data: PathBuf,
    /// The teacher, as a command of the shell.
    #[arg(long, value_name = "COMMAND", env = "FIREBREAK_TEACHER")]
    pub teacher: String,
    /// Where the answers go.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_TEACH_OUT")]
    pub out: PathBuf,
}

/// Asks the teacher once about each distinct text and writes what it says.
///
/// # Errors
/// The recipe has mistakes or no teacher for the head, its data are not there, or the teacher fails.
pub fn teach(arguments: &TeachArguments, logging: &LoggingArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let begun = Instant::now();
    let recipe = training::find(&arguments.recipe)?;
    let taught = recipe.taught.get(&arguments.head).ok_or_else(|| {
        let (name, head) = (&recipe.name, &arguments.head);
        Failure::Usage(format!("the recipe `{name}` has no teacher for a head `{head}`: name it under `taught`"))
    })?;
    let sets = read(&recipe, taught, &arguments.data)?;
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut texts: Vec<&str> = Vec::new();
    for row in sets.iter().flat_map(|(_, rows)| rows) {
        places.entry(row.text.as_str()).or_insert_with(|| {
            texts.push(&row.text);
            texts.len() - 1
        });
    }
    let shows = logging.log_format == LogFormat::Human;
    let answers = teacher::ask(&arguments.teacher, &texts, &mut |count| {
        if shows && (count % AT_ONCE == 0 || count == texts.len()) {
            let seconds = begun.elapsed().as_secs_f64();
            // A reader of standard error that went away does not end the work.
            drop(writeln!(std::io::stderr(), "[{seconds:6.1} s] {count} of {} texts answered", texts.len()));
        }
    })?;
    let mut said = Taught::new(arguments.head.clone(), taught.teacher.clone());
    for (name, rows) in &sets {
        let answer = |row: &Labelled| places.get(row.text.as_str()).and_then(|at| answers.get(*at)).copied();
        said.note(name, rows, rows.iter().filter_map(answer));
    }
    let (file, path) = (said.file(), &arguments.out);
    std::fs::write(path, &file).with_context(|| format!("cannot write `{}`", path.display()))?;
    writeln!(out, "`{}`: {} texts, {} bytes", path.display(), texts.len(), file.len())?;
    Ok(())
}

/// The sets that the teacher is asked about, in the order of the recipe.
fn read(
    recipe: &Recipe,
    taught: &TaughtRecipe,
    data: &std::path::Path,
) -> anyhow::Result<Vec<(String, Vec<Labelled>)>> {
    let mut sets = Vec::new();
    for name in &taught.sets {
        let set = recipe.sets.get(name).with_context(|| format!("there is no set `{name}`"))?;
        sets.push((name.clone(), labelled(data, set).with_context(|| format!("set `{name}`"))?.0));
    }
    Ok(sets)
}
