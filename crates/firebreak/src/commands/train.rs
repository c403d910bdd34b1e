//! `firebreak train`: weights from a recipe.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use classify::model::Model;
use classify::train::{Progress, TRAINER_VERSION, train as fit};

use crate::failure::Failure;
use crate::logging::{LogFormat, LoggingArguments};
use crate::{parallel, training};

/// Flags of `firebreak train`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak train --recipe shipped --data ../shared/data --out shipped.model
  firebreak train --recipe our-shop.yaml --data labels --out our-shop.model

Recipes that come with the program: airline-reason, airline-sentiment, banking77, complaints, emotion, irony, offensive,
sentiment-by-language, shipped. The same recipe, data and program give the same bytes.")]
pub struct TrainArguments {
    /// The name of a recipe that comes with the program, or a file.
    #[arg(long, value_name = "NAME|FILE", env = "FIREBREAK_RECIPE")]
    pub recipe: String,
    /// Folder of the data sets that the recipe names.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_DATA")]
    pub data: PathBuf,
    /// Where the model goes.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_TRAIN_OUT")]
    pub out: PathBuf,
    /// Threads; by default one for each core. Changes no byte.
    #[arg(long, value_name = "N", env = "FIREBREAK_THREADS")]
    pub threads: Option<std::num::NonZeroUsize>,
}

/// Trains a model and says how it measured.
///
/// # Errors
/// The recipe has mistakes, its data are not there, or the model cannot be written.
pub fn train(arguments: &TrainArguments, logging: &LoggingArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let begun = Instant::now();
    let recipe = training::find(&arguments.recipe)?;
    let task = training::task(&recipe, &arguments.data)?;
    let threads = arguments.threads.map_or_else(parallel::cores, std::num::NonZeroUsize::get);
    let shows = logging.log_format == LogFormat::Human;
    let bytes = fit(&task, threads, &mut |progress| {
        if shows {
            show(&progress, begun);
        }
    })?;
    let model = Model::read(&bytes).context("the trained model does not pass its own check")?;
    let path = &arguments.out;
    std::fs::write(path, &bytes).with_context(|| format!("cannot write `{}`", path.display()))?;
    let id = model.id();
    writeln!(out, "`{}`: {id}, {} bytes, {TRAINER_VERSION}", path.display(), bytes.len())?;
    for head in &model.card().heads {
        let figures: Vec<String> = head.measured.iter().map(|(name, value)| format!("{name} {value}")).collect();
        writeln!(out, "  {}: {}", head.name, figures.join(", "))?;
    }
    Ok(())
}

/// Progress goes to standard error; a reader that went away does not end the work.
fn show(progress: &Progress<'_>, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    let line = match progress {
        Progress::Read { head, train, dev, repeated } => {
            format!(
                "{head}: {train} rows to learn from, {dev} to measure on, {repeated} repeated or empty ones left out"
            )
        }
        Progress::Tried { head, setting, figure } => format!(
            "{head}: cost {}, ratio {}, balanced {}, base {}: {:.1} %",
            setting.cost,
            setting.ratio,
            setting.balanced,
            setting.base,
            figure * 100.0
        ),
        Progress::Done { head, setting, figure, calibration_error } => format!(
            "{head}: chosen cost {}, ratio {}, balanced {}, base {}: {:.1} %, calibration error {:.1} %",
            setting.cost,
            setting.ratio,
            setting.balanced,
            setting.base,
            figure * 100.0,
            calibration_error * 100.0
        ),
    };
    drop(writeln!(std::io::stderr(), "[{seconds:6.1} s] {line}"));
}
