//! `firebreak demo`: the whole product on this machine, from a signed webhook to the rows of a database.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;
use events::PartitionCount;
use scenario::{Options, SCENARIOS};
use stream::service::Stop;

use crate::demo::{Plan, demo as show};
use crate::failure::Failure;
use crate::service::arguments::Mistakes;
use crate::signals;

/// Flags of `firebreak demo`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak demo
  firebreak demo bomb-threat --hours 6 --rate 200

While it runs, kill a stage by the process id that is shown: it is there again within a second, and nothing is lost or doubled.")]
pub struct DemoArguments {
    /// Which crisis.
    #[arg(value_name = "SCENARIO", default_value = "missing-plane", value_parser = PossibleValuesParser::new(SCENARIOS.iter().map(|info| info.name)))]
    pub scenario: String,
    /// Hours of event time; the crisis begins at two thirds.
    #[arg(long, value_name = "H", default_value_t = 24.0, env = "FIREBREAK_DEMO_HOURS")]
    pub hours: f64,
    /// Factor on all rates of the scenario.
    #[arg(long, value_name = "X", default_value_t = 1.0, env = "FIREBREAK_DEMO_SCALE")]
    pub scale: f64,
    /// The same seed gives the same lines.
    #[arg(long, value_name = "N", default_value_t = 1, env = "FIREBREAK_DEMO_SEED")]
    pub seed: u64,
    /// Lines a second that are posted.
    #[arg(long, value_name = "N", default_value_t = 1_000.0, env = "FIREBREAK_DEMO_RATE")]
    pub rate: f64,
    /// Partitions of every topic.
    #[arg(long, value_name = "N", default_value_t = 12, env = "FIREBREAK_DEMO_PARTITIONS")]
    pub partitions: i32,
    /// Folder of the lines that are posted and of all logs.
    #[arg(long, value_name = "DIR", default_value = "out/demo-kafka", env = "FIREBREAK_DEMO_OUT")]
    pub out: PathBuf,
    /// Folder of the scripts that start Kafka and PostgreSQL.
    #[arg(long, value_name = "DIR", default_value = "scripts/services", env = "FIREBREAK_DEMO_SCRIPTS")]
    pub scripts: PathBuf,
    /// The file that starts them in containers, where an engine is present.
    #[arg(long, value_name = "FILE", default_value = "deploy/compose/compose.yaml", env = "FIREBREAK_DEMO_COMPOSE")]
    pub compose: PathBuf,
}

/// Shows the whole product.
///
/// # Errors
/// A setting is wrong, something does not start, or something was lost or doubled.
pub fn demo(arguments: &DemoArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let plan = arguments.plan()?;
    let stop = Arc::new(Stop::default());
    let asked = Arc::clone(&stop);
    signals::hear(move || asked.want())?;
    show(&plan, &stop, out)
}

impl DemoArguments {
    fn plan(&self) -> Result<Plan, Failure> {
        let mut mistakes = Mistakes::default();
        if !self.rate.is_finite() || self.rate <= 0.0 {
            mistakes.note(format!("`--rate {}` must be above 0", self.rate));
        }
        let partitions = PartitionCount::new(self.partitions).unwrap_or_else(|| {
            mistakes.note(format!("`--partitions {}` must be at least 1", self.partitions));
            PartitionCount::DEFAULT
        });
        for (flag, path) in [("--scripts", &self.scripts), ("--compose", &self.compose)] {
            if !path.exists() {
                let path = path.display();
                mistakes.note(format!("`{flag} {path}` is not there: begin in the folder of the project, or set it"));
            }
        }
        mistakes.none()?;
        let mut scenario = Options::of(&self.scenario).map_err(|error| Failure::Usage(error.to_string()))?;
        (scenario.hours, scenario.scale, scenario.seed) = (self.hours, self.scale, self.seed);
        // What a sender and a network do.
        (scenario.duplicates, scenario.edits, scenario.deletes, scenario.poison) = (0.02, 0.02, 0.01, 0.002);
        Ok(Plan {
            scenario,
            rate: self.rate,
            partitions,
            out: self.out.clone(),
            scripts: self.scripts.clone(),
            compose: self.compose.clone(),
        })
    }
}
