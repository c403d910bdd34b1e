//! `firebreak dlq`: what was rejected, and why; and send it again.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::dlq::{Choice, Folder, LetterId, Letters, list, show};
use crate::failure::Failure;
#[cfg(feature = "kafka")]
use crate::service::ReadArguments;

/// The group in whose name commands read: it is not joined.
#[cfg(feature = "kafka")]
const GROUP: &str = "firebreak.dlq";

/// Flags of `firebreak dlq`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak dlq list out/first
  firebreak dlq list --brokers kafka-1:9092 --stage classify
  firebreak dlq show out/first 3:17")]
pub struct DlqArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: DlqCommand,
}

/// What can be done with rejected records.
#[derive(Debug, Clone, Subcommand)]
pub enum DlqCommand {
    /// One line for each rejected record.
    #[command(after_help = "Examples:
  firebreak dlq list out/first --reason oversize
  firebreak dlq list --brokers kafka-1:9092")]
    List(ListOptions),
    /// All that is known of rejected records, with their original bytes.
    #[command(after_help = "Examples:
  firebreak dlq show out/first 3:17
  firebreak dlq show --brokers kafka-1:9092 --reason decode")]
    Show(ShowOptions),
    /// Send rejected records to the topics that they were read from, each once however often this is done.
    #[cfg(feature = "kafka")]
    #[command(
        after_help = "What is sent again is read by every stage and store of its topic, which know it by its id and revision.

Examples:
  firebreak dlq retry 3:17 --brokers kafka-1:9092
  firebreak dlq retry --stage sink.postgres --reason refused
  firebreak dlq retry --all"
    )]
    Retry(RetryOptions),
}

/// Which to list, and where.
#[derive(Debug, Clone, Args)]
pub struct ListOptions {
    /// Folder that `firebreak run` wrote; without it Kafka is asked.
    #[arg(value_name = "OUT")]
    pub out: Option<PathBuf>,
    /// Only those.
    #[command(flatten)]
    pub filter: Filter,
    /// Where Kafka is.
    #[command(flatten)]
    pub place: Place,
}

/// Which to show, and where.
#[derive(Debug, Clone, Args)]
pub struct ShowOptions {
    /// Folder that `firebreak run` wrote, without it Kafka is asked; then ids from the list, partition:offset, all without one.
    #[arg(value_name = "OUT|ID")]
    pub places: Vec<String>,
    /// Only those.
    #[command(flatten)]
    pub filter: Filter,
    /// Where Kafka is.
    #[command(flatten)]
    pub place: Place,
}

/// Which to send again.
#[cfg(feature = "kafka")]
#[derive(Debug, Clone, Args)]
pub struct RetryOptions {
    /// Ids from the list, partition:offset.
    #[arg(value_name = "ID")]
    pub ids: Vec<LetterId>,
    /// Every rejected record.
    #[arg(long, conflicts_with_all = ["ids", "stage", "reason"], env = "FIREBREAK_DLQ_ALL")]
    pub all: bool,
    /// Only those.
    #[command(flatten)]
    pub filter: Filter,
    /// Where Kafka is.
    #[command(flatten)]
    pub cluster: ReadArguments,
}

/// Where rejected records are when no folder is named.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// In Kafka.
    #[cfg(feature = "kafka")]
    #[command(flatten)]
    pub cluster: ReadArguments,
}

/// Which rejected records.
#[derive(Debug, Clone, Default, Args)]
pub struct Filter {
    /// Only those of this stage, such as `ingest` or `escalate.care`.
    #[arg(long, value_name = "STAGE", env = "FIREBREAK_DLQ_STAGE")]
    pub stage: Option<String>,
    /// Only those of this reason, such as `decode`.
    #[arg(long, value_name = "REASON", env = "FIREBREAK_DLQ_REASON")]
    pub reason: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N", env = "FIREBREAK_DLQ_LIMIT")]
    pub limit: Option<usize>,
}

impl Filter {
    fn choice(&self, ids: Vec<LetterId>) -> Choice {
        Choice { ids, stage: self.stage.clone(), reason: self.reason.clone(), limit: self.limit }
    }
}

/// Lists, shows or retries rejected records.
///
/// # Errors
/// The topic cannot be read, or not all could be sent again.
pub fn dlq(arguments: &DlqArguments, out: &mut dyn Write) -> Result<(), Failure> {
    match &arguments.command {
        DlqCommand::List(options) => {
            let mut letters = options.place.letters(options.out.clone())?;
            list(letters.as_mut(), &options.filter.choice(Vec::new()), out)?;
        }
        DlqCommand::Show(options) => {
            let (folder, ids) = split(&options.places)?;
            let mut letters = options.place.letters(folder)?;
            show(letters.as_mut(), &options.filter.choice(ids), out)?;
        }
        #[cfg(feature = "kafka")]
        DlqCommand::Retry(options) => retry(options, out)?,
    }
    Ok(())
}

/// The folder, when the first word is no id, and the ids.
fn split(places: &[String]) -> Result<(Option<PathBuf>, Vec<LetterId>), Failure> {
    let (folder, ids) = match places.split_first() {
        Some((first, rest)) if first.parse::<LetterId>().is_err() => (Some(PathBuf::from(first)), rest),
        _ => (None, places),
    };
    let read = |id: &String| id.parse().map_err(|why| Failure::Usage(format!("`{id}`: {why}")));
    Ok((folder, ids.iter().map(read).collect::<Result<_, _>>()?))
}

impl Place {
    fn letters(&self, folder: Option<PathBuf>) -> Result<Box<dyn Letters>, Failure> {
        match folder {
            Some(folder) => Ok(Box::new(Folder(folder))),
            #[cfg(feature = "kafka")]
            None => Ok(Box::new(crate::dlq::LetterTopic::new(&self.cluster.open(GROUP)?))),
            #[cfg(not(feature = "kafka"))]
            None => {
                Err(Failure::Usage("name the folder given to `firebreak run --out`: this build reads no Kafka".into()))
            }
        }
    }
}

#[cfg(feature = "kafka")]
fn retry(options: &RetryOptions, out: &mut dyn Write) -> Result<(), Failure> {
    let choice = options.filter.choice(options.ids.clone());
    if !options.all && choice.ids.is_empty() && choice.stage.is_none() && choice.reason.is_none() {
        return Err(Failure::Usage("say which: ids from `firebreak dlq list`, --stage, --reason, or --all".to_owned()));
    }
    let cluster = options.cluster.open(GROUP)?;
    cluster.prepare(&[events::Topic::DeadLetters])?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now = events::EventTime::from_millis(i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
    let tally = crate::dlq::retry(&cluster, &choice, now, out)?;
    writeln!(out, "{} sent again, {} had been before", tally.sent, tally.before)?;
    if tally.not_possible > 0 {
        out.flush()?;
        return Err(Failure::Failed(anyhow::anyhow!("{} cannot be sent again: see above", tally.not_possible)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_is_a_folder_unless_it_is_an_id() {
        let split = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            split(&words).map(|(folder, ids)| (folder, ids.iter().map(LetterId::to_string).collect::<Vec<_>>()))
        };
        assert_eq!(split(&[]).unwrap(), (None, vec![]));
        assert_eq!(split(&["3:17"]).unwrap(), (None, vec!["3:17".to_owned()]));
        assert_eq!(split(&["out/first"]).unwrap(), (Some("out/first".into()), vec![]));
        assert_eq!(split(&["./3:17", "3:17"]).unwrap(), (Some("./3:17".into()), vec!["3:17".to_owned()]));
        assert!(matches!(split(&["out", "first"]), Err(Failure::Usage(_))));
    }
}
