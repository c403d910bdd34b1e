//! Where mentions are read from: the folder of a run, or the topics of a cluster.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::PathBuf;

use anyhow::{Context, ensure};
use events::{EnrichedMention, Topic};
use serde::Deserialize;

/// Both lanes: which one a mention took is no matter here.
const TOPICS: [Topic; 2] = [Topic::MentionsClassifiedExpress, Topic::MentionsClassified];

/// Gives all classified mentions.
pub trait Source {
    /// Gives each to `each`. Returns how many records could not be read.
    ///
    /// # Errors
    /// There are none to be read.
    fn read(&self, each: &mut dyn FnMut(EnrichedMention)) -> anyhow::Result<u64>;
}

/// The folder that `firebreak run` wrote.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

/// A line of a topic file; what classify made of the mention is left.
#[derive(Deserialize)]
struct Line {
    value: EnrichedMention,
}

impl Source for Folder {
    fn read(&self, each: &mut dyn FnMut(EnrichedMention)) -> anyhow::Result<u64> {
        let (mut files, mut unread) = (0, 0);
        for topic in TOPICS {
            let path = self.0.join(format!("{topic}.ndjson"));
            let file = match File::open(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other.with_context(|| format!("cannot read `{}`", path.display()))?,
            };
            files += 1;
            let mut reader = BufReader::with_capacity(1 << 20, file);
            let mut line = Vec::new();
            loop {
                line.clear();
                let cannot = || format!("cannot read `{}`", path.display());
                if reader.read_until(b'\n', &mut line).with_context(cannot)? == 0 {
                    break;
                }
                match serde_json::from_slice::<Line>(&line) {
                    Ok(Line { value }) => each(value),
                    Err(_) => unread += 1,
                }
            }
        }
        ensure!(
            files > 0,
            "`{}` holds no `{}.ndjson`: name the folder given to `firebreak run --out`",
            self.0.display(),
            Topic::MentionsClassified
        );
        Ok(unread)
    }
}

/// The topics of a cluster.
#[cfg(feature = "kafka")]
pub struct Topics(pub crate::service::Reading);

#[cfg(feature = "kafka")]
impl Source for Topics {
    /// Reads to the high watermarks of now.
    fn read(&self, each: &mut dyn FnMut(EnrichedMention)) -> anyhow::Result<u64> {
        let (mut reader, codec, mut unread) = (self.0.reader(), &self.0.codec, 0);
        for topic in TOPICS {
            let read = reader.read_all(topic, &mut |raw| {
                let Some(value) = raw.value else { return Ok(()) };
                codec.look_up(&value).map_err(|error| stream::Exit::Retry(error.to_string()))?;
                match codec.decode::<events::ClassifiedMention>(&value) {
                    Ok(events::ClassifiedMention { mention, enrichment, .. }) => {
                        each(EnrichedMention { mention, enrichment });
                    }
                    Err(_) => unread += 1,
                }
                Ok(())
            });
            read.map_err(crate::service::told)?;
        }
        Ok(unread)
    }
}
