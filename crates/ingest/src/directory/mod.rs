//! A watched folder: files of input lines, each read from its place in the committed state.
//!
//! Reading happens on the worker's thread, between two transactions. The place behind a line travels with it and is committed
//! with it, so a crash costs nothing and doubles nothing. A file may grow: its lines are read as they are complete. A file
//! belongs to the partition of its name, so the processes of a group share the files of one folder that they all see.

mod file;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use events::{EventTime, Partition, PartitionCount};

use crate::input::FileCursor;
use crate::intake::Pushed;

use file::{Found, Open};

/// Endings of the names of files that are read; others, such as `.part`, and hidden ones are left alone.
const ENDINGS: [&str; 6] = [".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz", ".ndjson.zst", ".jsonl.zst"];
/// How often the folder is listed.
const LIST: Duration = Duration::from_millis(200);
/// Most lines and bytes that are read at once.
const MOST_LINES: usize = 5_000;
const MOST_BYTES: usize = 2 << 20;
/// Files that are kept open in the hope that they grow.
const KEPT_OPEN: usize = 64;

/// A folder whose files are read.
#[derive(Debug)]
pub struct Directory {
    folder: PathBuf,
    listed: Option<Instant>,
    /// Files by name, as they were when the folder was listed.
    files: BTreeMap<String, Found>,
    open: BTreeMap<String, Open>,
    /// Files that had no more when they were as found.
    read: BTreeMap<String, Found>,
    /// The file that was read last: the next one is read first.
    last: String,
}

/// Lines that were read of one file.
#[derive(Debug)]
pub(crate) struct ReadOn {
    pub(crate) partition: Partition,
    pub(crate) lines: Vec<Pushed>,
}

impl Directory {
    /// Watches `folder`.
    ///
    /// # Errors
    /// It is no folder, or may not be listed.
    pub fn watch(folder: &Path) -> io::Result<Self> {
        fs::read_dir(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            listed: None,
            files: BTreeMap::new(),
            open: BTreeMap::new(),
            read: BTreeMap::new(),
            last: String::new(),
        })
    }

    /// Reads what there is more, up to a transaction's worth. `stands` tells how far a file is read, and `None` of one that is
    /// not ours.
    pub(crate) fn read_on(
        &mut self,
        partitions: PartitionCount,
        now: EventTime,
        stands: impl Fn(Partition, &str) -> Option<Option<FileCursor>>,
    ) -> Vec<ReadOn> {
        self.list();
        let mut read = Vec::new();
        let (mut lines, mut bytes) = (MOST_LINES, MOST_BYTES);
        for name in self.in_turn() {
            if lines == 0 || bytes == 0 {
                break;
            }
            let partition = partitions.partition(name.as_bytes());
            let Some(cursor) = stands(partition, &name) else { continue };
            let Some(mut open) = self.open_at(&name, cursor) else { continue };
            let mut pushed = Vec::new();
            while lines > 0
                && bytes > 0
                && let Some(line) = open.next_line(now)
            {
                lines -= 1;
                bytes = bytes.saturating_sub(line.value.len());
                pushed.push(line);
            }
            if lines > 0 && bytes > 0 {
                self.exhausted(&name, open);
            } else {
                self.open.insert(name.clone(), open);
            }
            if !pushed.is_empty() {
                self.last = name;
                read.push(ReadOn { partition, lines: pushed });
            }
        }
        read
    }

    /// Whether a file is in the folder.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// What was read is not committed: it is read again from where the state stands.
    pub(crate) fn rewind(&mut self) {
        self.open.clear();
        self.read.clear();
    }

    fn list(&mut self) {
        if self.listed.is_some_and(|listed| listed.elapsed() < LIST) {
            return;
        }
        self.listed = Some(Instant::now());
        match file::list(&self.folder, &ENDINGS) {
            Ok(files) => {
                self.open.retain(|name, _| files.contains_key(name));
                self.read.retain(|name, _| files.contains_key(name));
                self.files = files;
            }
            Err(error) => {
                tracing::warn!(folder = %self.folder.display(), %error, "the watched folder cannot be listed")
            }
        }
    }

    /// Names of files that may have more, those behind the last one first.
    fn in_turn(&self) -> Vec<String> {
        let more = self.files.iter().filter(|(name, found)| self.read.get(*name) != Some(found)).map(|(name, _)| name);
        let (mut before, mut behind): (Vec<_>, Vec<_>) = more.cloned().partition(|name| *name <= self.last);
        behind.append(&mut before);
        behind
    }

    /// The file, ready to go on at `cursor`.
    fn open_at(&mut self, name: &str, cursor: Option<FileCursor>) -> Option<Open> {
        let found = self.files.get(name)?;
        if let Some(open) = self.open.remove(name).filter(|open| open.is_still(found) && open.stands_at(cursor)) {
            return Some(open);
        }
        match Open::at(&self.folder.join(name), name, *found, cursor) {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!(file = name, %error, "a watched file cannot be opened; it is tried again when it changes");
                self.read.insert(name.to_owned(), *found);
                None
            }
        }
    }

    /// There is no more for now.
    fn exhausted(&mut self, name: &str, open: Open) {
        if let Some(found) = self.files.get(name) {
            self.read.insert(name.to_owned(), *found);
        }
        if open.notices_growth() && self.open.len() < KEPT_OPEN {
            self.open.insert(name.to_owned(), open);
        }
    }
}
