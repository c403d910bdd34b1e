//! The rejected records of a `firebreak run`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use anyhow::Context;
use events::{DeadLetter, Offset, Partition};
use serde::Deserialize;

use super::{Choice, Letter, LetterId, Letters};

/// The folder that `firebreak run` wrote.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

#[derive(Deserialize)]
struct Line {
    partition: Partition,
    offset: Offset,
    value: DeadLetter,
}

impl Letters for Folder {
    fn read(&mut self, _: &Choice, each: &mut dyn FnMut(Letter) -> anyhow::Result<()>) -> anyhow::Result<u64> {
        let path = self.0.join("dead-letters.ndjson");
        let cannot = || format!("cannot read `{}`: name the folder given to `firebreak run --out`", path.display());
        let file = File::open(&path).with_context(cannot)?;
        for (index, line) in BufReader::new(file).lines().enumerate() {
            let line = line.with_context(cannot)?;
            let Line { partition, offset, value } = serde_json::from_str(&line)
                .with_context(|| format!("`{}` line {} is no rejected record", path.display(), index + 1))?;
            each(Letter { id: LetterId { partition, offset }, value })?;
        }
        Ok(0)
    }
}
