//! Role `sink.files`: data products as files, each record in exactly one of them, once.
//!
//! A file spans many writes. So the group's offsets run ahead of what is published, and are for lag tools only: the newest
//! file of a partition says where to go on. Records below a file's next offset are skipped, so a batch that is read twice,
//! or from too early, doubles nothing.

mod error;
mod folder;
mod line;
mod part;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use events::{Codec, Offset, Partition, Role, Span, Topic};
use stream::Raw;
use stream::store::{Move, Store, StoreError, Unstorable, Written};

pub use error::FileError;
pub use line::FileLine;

use folder::Folder;
use line::Place;
use part::{Create, Part, Published, create_new};

/// When a file is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roll {
    /// At this many bytes.
    pub bytes: u64,
    /// Or when its first record is this much older than the record that comes, or is here for this long.
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
    created: u64,
    create: Create,
    open: BTreeMap<Place, Part>,
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
            created: 0,
            create: create_new,
            open: BTreeMap::new(),
        })
    }

    fn store(&mut self, line: &FileLine) -> Result<(), FileError> {
        let mut part = match self.open.remove(&line.place) {
            Some(part) => part,
            None => self.begin(line.place)?,
        };
        if self.is_due(&part, line) {
            part = match self.publish(line.place, part)? {
                Some(rest) => rest,
                None => self.begin(line.place)?,
            };
        }
        if line.offset >= part.next()
            && let Err(error) = part.append(line.offset, Some(line.timestamp), &line.text)
        {
            part.discard();
            return Err(error);
        }
        self.open.insert(line.place, part);
        Ok(())
    }

    fn is_due(&self, part: &Part, line: &FileLine) -> bool {
        let old = part.since().is_some_and(|since| line.timestamp.since(since) >= self.roll.after);
        part.bytes() > 0 && (old || part.bytes() >= self.roll.bytes)
    }

    fn begin(&mut self, place: Place) -> Result<Part, FileError> {
        let folder = Folder::open(&self.root, place)?;
        let next = folder.next_offset()?;
        folder.sweep(next)?;
        self.begin_at(folder, next)
    }

    fn begin_at(&mut self, folder: Folder, first: Offset) -> Result<Part, FileError> {
        loop {
            let unique = format!("{}-{}", self.instance, self.created);
            self.created += 1;
            // In a container every process has the same number: a crash may have left this very name behind.
            if let Some(part) = Part::create(folder.clone(), first, &unique, self.create)? {
                return Ok(part);
            }
        }
    }

    /// Publishes a file; returns a new one when another writer was first and has not all that this one had.
    fn publish(&mut self, place: Place, part: Part) -> Result<Option<Part>, FileError> {
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

    /// Publishes a file and what another writer left over of it, to the end.
    fn finish(&mut self, place: Place) -> Result<(), FileError> {
        let mut open = self.open.remove(&place);
        while let Some(part) = open {
            open = self.publish(place, part)?;
        }
        Ok(())
    }

    /// Hands what is buffered to the system, so that a full disk shows now.
    fn flush(&mut self, moves: &[Move]) -> Result<(), FileError> {
        for Move { topic, partition, .. } in moves {
            let place = Place { topic: *topic, partition: *partition };
            let Some(part) = self.open.get_mut(&place) else { continue };
            if let Err(error) = part.flush() {
                self.open.remove(&place).into_iter().for_each(Part::discard);
                return Err(error);
            }
        }
        Ok(())
    }
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl Store for FileStore {
    type Row = FileLine;
    const ROLE: Role = Role::SinkFiles;
    const INPUTS: &'static [Topic] = &[
        Topic::MentionsClassifiedExpress,
        Topic::MentionsClassified,
        Topic::Incidents,
        Topic::Cases,
        Topic::Notifications,
        Topic::DeadLetters,
    ];
    const DEPENDENCY: &'static str = "files";

    fn row(raw: &Raw, codec: &Codec) -> Result<FileLine, Unstorable> {
        Ok(FileLine::of(raw, codec)?)
    }

    /// What the newest files say. Forgets open files of an earlier assignment.
    fn next_offsets(&mut self, partition: Partition) -> Result<Vec<(Topic, Offset)>, StoreError> {
        let mut next = Vec::with_capacity(Self::INPUTS.len());
        for topic in Self::INPUTS {
            let place = Place { topic: *topic, partition };
            self.open.remove(&place).into_iter().for_each(Part::discard);
            next.push((*topic, Folder::open(&self.root, place)?.next_offset()?));
        }
        Ok(next)
    }

    fn write(&mut self, lines: &[&FileLine], moves: &[Move]) -> Result<Written, StoreError> {
        for line in lines {
            self.store(line)?;
        }
        self.flush(moves)?;
        Ok(Written { inserted: lines.len() as u64, ..Written::default() })
    }

    /// Publishes files that are open for long: nothing comes that would make them due.
    fn idle(&mut self) -> Result<(), StoreError> {
        let after = Duration::from_millis(self.roll.after.as_millis().unsigned_abs());
        let old = |(place, part): (&Place, &Part)| (part.opened().elapsed() >= after).then_some(*place);
        let old: Vec<Place> = self.open.iter().filter_map(old).collect();
        Ok(old.into_iter().try_for_each(|place| self.finish(place))?)
    }

    /// Publishes the partition's open files, so that the next owner goes on behind them.
    fn release(&mut self, partition: Partition) -> Result<(), StoreError> {
        let places = Self::INPUTS.iter().map(|topic| Place { topic: *topic, partition });
        Ok(places.into_iter().try_for_each(|place| self.finish(place))?)
    }
}
