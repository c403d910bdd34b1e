//! `firebreak dlq`: what was rejected, and why.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use events::DeadLetter;
use serde::Deserialize;

use crate::failure::Failure;

/// Characters of a record that a list shows.
const SHOWN: usize = 60;

/// Flags of `firebreak dlq`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak dlq list out/first
  firebreak dlq list out/first --stage ingest --reason decode
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
    #[command(after_help = "Example:
  firebreak dlq list out/first --reason oversize")]
    List {
        /// Folder that `firebreak run` wrote.
        #[arg(value_name = "OUT")]
        out: PathBuf,
        /// Only those.
        #[command(flatten)]
        filter: Filter,
    },
    /// All that is known of rejected records, with their original bytes.
    #[command(after_help = "Examples:
  firebreak dlq show out/first 3:17
  firebreak dlq show out/first --reason decode")]
    Show {
        /// Folder that `firebreak run` wrote.
        #[arg(value_name = "OUT")]
        out: PathBuf,
        /// Ids from the list, partition:offset; all without one.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Only those.
        #[command(flatten)]
        filter: Filter,
    },
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

#[derive(Deserialize)]
struct Line {
    partition: i32,
    offset: i64,
    value: DeadLetter,
}

impl Line {
    fn id(&self) -> String {
        format!("{}:{}", self.partition, self.offset)
    }
}

/// Lists or shows rejected records.
///
/// # Errors
/// The topic cannot be read.
pub fn dlq(arguments: &DlqArguments, out: &mut dyn Write) -> Result<(), Failure> {
    match &arguments.command {
        DlqCommand::List { out: folder, filter } => list(folder, filter, out)?,
        DlqCommand::Show { out: folder, ids, filter } => show(folder, ids, filter, out)?,
    }
    Ok(())
}

fn list(folder: &Path, filter: &Filter, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut count = 0_u64;
    read(folder, filter, &[], |line| {
        let letter = &line.value;
        if count == 0 {
            writeln!(
                out,
                "{:<10}  {:<24}  {:<24}  {:<36}  {:>9}  begins with",
                "id", "time", "stage and reason", "from", "bytes"
            )?;
        }
        count += 1;
        let why = format!("{} {}", letter.stage, letter.reason);
        let from = origin(letter);
        let at = letter.at.to_string();
        writeln!(
            out,
            "{:<10}  {at:<24}  {why:<24}  {from:<36}  {:>9}  {}",
            line.id(),
            letter.value_length,
            begins(letter)
        )?;
        Ok(())
    })?;
    writeln!(out, "{count} rejected {}", if count == 1 { "record" } else { "records" })?;
    Ok(())
}

fn show(folder: &Path, ids: &[String], filter: &Filter, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut shown = Vec::new();
    read(folder, filter, ids, |line| {
        shown.push(line.id());
        let letter = &line.value;
        writeln!(out, "id          {}", line.id())?;
        writeln!(out, "time        {}", letter.at)?;
        writeln!(out, "stage       {}", letter.stage)?;
        writeln!(out, "reason      {}", letter.reason)?;
        writeln!(out, "detail      {}", letter.detail.escape_debug())?;
        writeln!(out, "from        {} partition {} offset {}", letter.topic, letter.partition.0, letter.offset.0)?;
        writeln!(out, "key         {}", letter.key.as_deref().map_or_else(|| "none".into(), escaped))?;
        for header in &letter.headers {
            writeln!(out, "header      {}: {}", header.name, escaped(&header.value))?;
        }
        let kept = letter.value.as_ref().map_or(0, Vec::len);
        writeln!(out, "bytes       {}, of which {kept} are kept", letter.value_length)?;
        if let Some(sha256) = &letter.value_sha256 {
            writeln!(out, "sha-256     {sha256}")?;
        }
        writeln!(out, "build       {}", letter.build)?;
        writeln!(out, "{}\n", letter.value.as_deref().map_or_else(String::new, escaped))?;
        Ok(())
    })?;
    if let Some(missing) = ids.iter().find(|id| !shown.contains(id)) {
        bail!("there is no rejected record `{missing}` in `{}`: `firebreak dlq list` shows the ids", folder.display());
    }
    Ok(())
}

/// Calls `each` for the records that are meant, in the order of the topic.
fn read(
    folder: &Path,
    filter: &Filter,
    ids: &[String],
    mut each: impl FnMut(&Line) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let path = folder.join("dead-letters.ndjson");
    let file = File::open(&path)
        .with_context(|| format!("cannot read `{}`: name the folder given to `firebreak run --out`", path.display()))?;
    let mut left = filter.limit.unwrap_or(usize::MAX);
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("cannot read `{}`", path.display()))?;
        let line: Line = serde_json::from_str(&line)
            .with_context(|| format!("`{}` line {} is no rejected record", path.display(), index + 1))?;
        let meant = filter.stage.as_ref().is_none_or(|stage| *stage == line.value.stage)
            && filter.reason.as_ref().is_none_or(|reason| *reason == line.value.reason)
            && (ids.is_empty() || ids.contains(&line.id()));
        if meant && left > 0 {
            left -= 1;
            each(&line)?;
        }
    }
    Ok(())
}

fn origin(letter: &DeadLetter) -> String {
    let key = letter.key.as_deref().map(escaped).unwrap_or_default();
    // A line of a file is known by `file:line`, which is its key; any other record by where it lay.
    if letter.topic == "input" && !key.is_empty() {
        return key;
    }
    format!("{}/{}/{}", letter.topic, letter.partition.0, letter.offset.0)
}

fn begins(letter: &DeadLetter) -> String {
    let bytes = letter.value.as_deref().unwrap_or_default();
    let text = escaped(bytes.get(..SHOWN * 4).unwrap_or(bytes));
    text.chars().take(SHOWN).collect()
}

/// Text as it is but for what would move the reader's cursor; what is not UTF-8 as `\xff`.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() { text.extend(character.escape_default()) } else { text.push(character) }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let letter = |offset: i64, stage: &str, reason: &str, value: serde_json::Value| {
            json!({"key": "k", "partition": 3, "offset": offset, "timestamp": "2026-11-02T00:00:00Z", "value": {
                "topic": "input", "partition": 1, "offset": 5, "stage": stage, "reason": reason, "detail": "expected value",
                "at": "2026-11-02T00:00:00Z", "key": "a.ndjson:7", "value": value, "value_length": 9}})
            .to_string() + "\n"
        };
        let lines = letter(0, "ingest", "decode", json!("not \u{1b}json"))
            + &letter(1, "ingest", "invalid", json!({"hex": "ff41"}));
        std::fs::write(folder.path().join("dead-letters.ndjson"), lines).unwrap();
        folder
    }

    fn listed(filter: &Filter) -> String {
        let mut out = Vec::new();
        list(folder().path(), filter, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_list_says_where_each_came_from_and_how_it_begins() {
        let text = listed(&Filter::default());
        assert!(text.contains("3:0") && text.contains("a.ndjson:7") && text.contains("not \\u{1b}json"), "{text}");
        assert!(text.contains("\\xffA") && text.ends_with("2 rejected records\n"), "{text}");
    }

    #[test]
    fn filters_and_limit_leave_the_others_out() {
        let only = Filter { reason: Some("invalid".into()), ..Filter::default() };
        assert!(listed(&only).ends_with("1 rejected record\n"));
        let none = Filter { stage: Some("enrich".into()), ..Filter::default() };
        assert_eq!(listed(&none), "0 rejected records\n");
        let one = Filter { limit: Some(1), ..Filter::default() };
        assert!(listed(&one).ends_with("1 rejected record\n"));
    }

    #[test]
    fn show_prints_everything_and_an_unknown_id_is_an_error() {
        let mut out = Vec::new();
        show(folder().path(), &["3:0".into()], &Filter::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("detail      expected value") && text.contains("key         a.ndjson:7"), "{text}");
        assert!(!text.contains("3:1"), "{text}");
        let missing = show(folder().path(), &["9:9".into()], &Filter::default(), &mut Vec::new()).unwrap_err();
        assert!(missing.to_string().contains("dlq list"), "{missing}");
    }
}
