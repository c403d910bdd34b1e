//! Finds the texts of a few mentions among millions: one pass over the classified topics, looking for ids only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use aho_corasick::AhoCorasick;
use anyhow::Context;
use events::{EventTime, MentionId};
use serde::Deserialize;

const TOPICS: [&str; 2] = ["mentions.classified.express", "mentions.classified"];

/// A mention as the report shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    pub(super) text: String,
    pub(super) by: String,
    pub(super) at: EventTime,
}

#[derive(Deserialize)]
struct Line {
    value: Classified,
}

#[derive(Deserialize)]
struct Classified {
    mention: Mention,
}

#[derive(Deserialize)]
struct Mention {
    id: MentionId,
    source: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    author: Option<Author>,
    event_time: EventTime,
}

#[derive(Deserialize)]
struct Author {
    id: String,
    #[serde(default)]
    handle: Option<String>,
}

/// The mentions called `ids`, as far as they were written.
pub(super) fn find<'a>(
    out: &Path,
    ids: impl Iterator<Item = &'a MentionId>,
) -> anyhow::Result<BTreeMap<MentionId, Sample>> {
    let mut missing: BTreeSet<&MentionId> = ids.collect();
    let mut found = BTreeMap::new();
    let search = AhoCorasick::new(missing.iter().map(|id| id.as_str())).context("too many samples")?;
    for topic in TOPICS {
        let path = out.join(format!("{topic}.ndjson"));
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            other => other.with_context(|| format!("cannot read `{}`", path.display()))?,
        };
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut line = Vec::new();
        while !missing.is_empty() {
            line.clear();
            if reader.read_until(b'\n', &mut line).with_context(|| format!("cannot read `{}`", path.display()))? == 0 {
                break;
            }
            if !search.is_match(&line) {
                continue;
            }
            // The id also occurs as the parent of an answer, so what was found is looked at before it is believed.
            let Ok(Line { value: Classified { mention } }) = serde_json::from_slice::<Line>(&line) else {
                continue;
            };
            if missing.remove(&mention.id) {
                found.insert(mention.id.clone(), sample(mention));
            }
        }
    }
    Ok(found)
}

fn sample(mention: Mention) -> Sample {
    let author = mention.author.map(|author| author.handle.map_or(author.id, |handle| format!("@{handle}")));
    let by = author.map_or_else(|| mention.source.clone(), |author| format!("{author} on {}", mention.source));
    Sample { text: mention.text, by, at: mention.event_time }
}
