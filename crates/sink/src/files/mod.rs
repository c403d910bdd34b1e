//! Role `sink.files`: data products as files, each record in exactly one of them, once.
//!
//! A file spans many transactions. So the group's offsets run ahead of what is published, and are for lag tools only: at
//! assign the runtime goes on at [`FileStore::next_offsets`]. Records below a file's next offset are skipped, so a turn
//! that is repeated, or a position that is too early, doubles nothing.

mod error;
mod folder;
mod line;
mod part;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use events::{Offset, Partition, Role, Span, Topic};
use stream::{Batch, Context, Decided, DropReason, Fault, NoState, Record, Stage, Verdict};

pub use error::FileError;
pub use line::StoredValue;

use folder::Folder;
use line::{Place, record_line};
use part::{Create, Part, Published, create_new};

/// When a file is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roll {
    /// At this many bytes.
    pub bytes: u64,
    /// Or when its first record is this much older than the record that comes.
    pub after: Span,
}

impl Default for Roll {
    fn default() -> Self {
        Self { bytes: 16 << 20, after: Span::hours(1) }
    }
}

/// The file store.
pub struct FileStore {
    root: PathBuf,
    roll: Roll,
    /// Tells this writer's parts from those of every other one on this disk.
    instance: String,
    created: AtomicU64,
    create: Create,
    open: Mutex<BTreeMap<(Topic, Partition), Part>>,
}

impl FileStore {
    /// A store for a log that begins at offset 0, such as that of `firebreak run`: the folder must be empty or not exist.
    ///
    /// # Errors
    /// The folder is not empty, or cannot be used.
    pub fn create(root: &Path, instance: &str, roll: Roll) -> Result<Self, FileError> {
        let store = Self::resume(root, instance, roll)?;
        let mut entries = fs::read_dir(root).map_err(FileError::io(root, "listed"))?;
        if entries.next().is_some() {
            return Err(FileError::NotEmpty { path: root.to_owned() });
        }
        Ok(store)
    }

    /// A store that goes on where the files in the folder end. `instance` tells this process from every other writer.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn resume(root: &Path, instance: &str, roll: Roll) -> Result<Self, FileError> {
        fs::create_dir_all(root).map_err(FileError::io(root, "created"))?;
        Ok(Self {
            root: root.to_owned(),
            roll,
            instance: format!("{instance}-{}", std::process::id()),
            created: AtomicU64::new(0),
            create: create_new,
            open: Mutex::default(),
        })
    }

    /// Where to go on with a partition, per topic: what the newest files say. Forgets open files of an earlier assignment.
    ///
    /// # Errors
    /// The folder cannot be read, or a file in it is damaged.
    pub fn next_offsets(&self, partition: Partition) -> Result<Vec<(Topic, Offset)>, FileError> {
        let mut next = Vec::with_capacity(Self::INPUTS.len());
        for topic in Self::INPUTS {
            if let Some(part) = self.take(*topic, partition) {
                part.discard();
            }
            let folder = Folder::open(&self.root, Place { topic: *topic, partition })?;
            next.push((*topic, folder.next_offset()?));
        }
        Ok(next)
    }

    /// Publishes every open file: at the end of the input, or before the process ends.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(&self) -> Result<(), FileError> {
        loop {
            let last = self.lock().pop_last();
            let Some(((topic, partition), part)) = last else {
                return Ok(());
            };
            let mut open = Some(part);
            while let Some(part) = open {
                open = self.publish(Place { topic, partition }, part)?;
            }
        }
    }

    fn store(&self, partition: Partition, record: &Record<StoredValue>) -> Result<(), FileError> {
        let place = Place { topic: record.topic, partition };
        let mut part = match self.take(record.topic, partition) {
            Some(part) => part,
            None => self.begin(place)?,
        };
        if self.is_due(&part, record) {
            part = match self.publish(place, part)? {
                Some(rest) => rest,
                None => self.begin(place)?,
            };
        }
        if record.offset >= part.next() {
            let line = record_line(place, record.offset, record.timestamp, &record.key, &record.value);
            if let Err(error) = part.append(record.offset, Some(record.timestamp), &line) {
                part.discard();
                return Err(error);
            }
        }
        self.lock().insert((record.topic, partition), part);
        Ok(())
    }

    fn is_due(&self, part: &Part, record: &Record<StoredValue>) -> bool {
        let old = part.since().is_some_and(|since| record.timestamp.since(since) >= self.roll.after);
        part.bytes() > 0 && (old || part.bytes() >= self.roll.bytes)
    }

    fn begin(&self, place: Place) -> Result<Part, FileError> {
        let folder = Folder::open(&self.root, place)?;
        let next = folder.next_offset()?;
        folder.sweep(next)?;
        self.begin_at(folder, next)
    }

    fn begin_at(&self, folder: Folder, first: Offset) -> Result<Part, FileError> {
        loop {
            let unique = format!("{}-{}", self.instance, self.created.fetch_add(1, Ordering::Relaxed));
            // In a container every process has the same number: a crash may have left this very name behind.
            if let Some(part) = Part::create(folder.clone(), first, &unique, self.create)? {
                return Ok(part);
            }
        }
    }

    /// Publishes a file; returns a new one when another writer was first and has not all that this one had.
    fn publish(&self, place: Place, part: Part) -> Result<Option<Part>, FileError> {
        let (next, rest) = match part.publish()? {
            Published::Done => return Ok(None),
            Published::Overtaken(next, rest) => (next, rest),
        };
        if rest.is_empty() {
            return Ok(None);
        }
        let mut part = self.begin_at(Folder::open(&self.root, place)?, next)?;
        for (offset, line) in rest {
            part.append(offset, None, &line)?;
        }
        Ok(Some(part))
    }

    fn flush(&self, partition: Partition) -> Result<(), FileError> {
        for topic in Self::INPUTS {
            let Some(mut part) = self.take(*topic, partition) else {
                continue;
            };
            if let Err(error) = part.flush() {
                part.discard();
                return Err(error);
            }
            self.lock().insert((*topic, partition), part);
        }
        Ok(())
    }

    fn take(&self, topic: Topic, partition: Partition) -> Option<Part> {
        self.lock().remove(&(topic, partition))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(Topic, Partition), Part>> {
        // Parts are taken out while they are worked on: a panic loses one, which is read again, and leaves the map whole.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage for FileStore {
    type In = StoredValue;
    type State = NoState;
    const ROLE: Role = Role::SinkFiles;
    const INPUTS: &'static [Topic] = &[
        Topic::MentionsClassifiedExpress,
        Topic::MentionsClassified,
        Topic::Incidents,
        Topic::Cases,
        Topic::Notifications,
        Topic::DeadLetters,
    ];
    const DROPS: &'static [DropReason] = &[];

    fn process(&self, batch: Batch<Self::In>, _: &mut NoState, _: &Context) -> Result<Decided, Fault> {
        let partition = batch.partition();
        let stop = |error: FileError| Fault::Broken(error.to_string());
        let stored =
            batch.each(|record| self.store(partition, &record).map(|()| Verdict::Forward(Vec::new())).map_err(stop))?;
        self.flush(partition).map_err(stop)?;
        Ok(stored)
    }
}
