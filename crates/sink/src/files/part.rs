//! A file that is being written: `.part` until it is whole, on the disk, and linked to its name.
//!
//! Two writers that go on at the same offset want the same name, and a hard link to a name that exists fails: so one of them
//! publishes and the other one sees it. Nothing is ever written to a published file.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use events::{EventTime, Offset};

use super::error::FileError;
use super::folder::{Folder, remove_if_there};
use super::line::{line_offset, trailer_line};

/// How a part is created: a seam for the test of a full disk.
pub(crate) type Create = fn(&std::path::Path) -> io::Result<File>;

/// An open file of one topic's partition.
#[derive(Debug)]
pub(crate) struct Part {
    folder: Folder,
    path: PathBuf,
    first: Offset,
    next: Offset,
    since: Option<EventTime>,
    opened: Instant,
    bytes: u64,
    out: BufWriter<File>,
}

/// What came of publishing.
#[derive(Debug)]
pub(crate) enum Published {
    /// The file has its name.
    Done,
    /// Another writer was first: go on at its end, with these lines of ours that it does not have.
    Overtaken(Offset, Vec<(Offset, String)>),
}

impl Part {
    /// A new part; `None` when its name is taken.
    pub(crate) fn create(
        folder: Folder,
        first: Offset,
        unique: &str,
        create: Create,
    ) -> Result<Option<Self>, FileError> {
        let path = folder.part(first, unique);
        let file = match create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            other => other.map_err(FileError::io(&path, "created"))?,
        };
        let (since, opened, out) = (None, Instant::now(), BufWriter::new(file));
        Ok(Some(Self { folder, path, first, next: first, since, opened, bytes: 0, out }))
    }

    /// The offset of the next record that is not in it.
    pub(crate) fn next(&self) -> Offset {
        self.next
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Timestamp of its first record.
    pub(crate) fn since(&self) -> Option<EventTime> {
        self.since
    }

    /// When it was opened, by the clock of this machine.
    pub(crate) fn opened(&self) -> Instant {
        self.opened
    }

    pub(crate) fn append(&mut self, offset: Offset, timestamp: Option<EventTime>, line: &str) -> Result<(), FileError> {
        self.out.write_all(line.as_bytes()).map_err(FileError::io(&self.path, "written"))?;
        self.next = Offset(offset.0 + 1);
        self.since = self.since.or(timestamp);
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Hands what is buffered to the system, so that a full disk shows now.
    pub(crate) fn flush(&mut self) -> Result<(), FileError> {
        self.out.flush().map_err(FileError::io(&self.path, "written"))
    }

    /// Ends the file with the next offset, brings it to the disk, and gives it its name. An empty one would take the name
    /// from the writer that has the records, so it is thrown away.
    pub(crate) fn publish(mut self) -> Result<Published, FileError> {
        if self.next == self.first {
            remove_if_there(&self.path)?;
            return Ok(Published::Done);
        }
        let trailer = trailer_line(self.next);
        self.out.write_all(trailer.as_bytes()).map_err(FileError::io(&self.path, "written"))?;
        self.flush()?;
        self.out.get_ref().sync_all().map_err(FileError::io(&self.path, "written"))?;
        let name = self.folder.published(self.first);
        match fs::hard_link(&self.path, &name) {
            Ok(()) => {
                remove_if_there(&self.path)?;
                self.sync_folder()?;
                Ok(Published::Done)
            }
            // `NotFound`: the other writer has swept our part away, which it does only once its own file has the name.
            Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {
                self.overtaken()
            }
            Err(error) => Err(FileError::io(&name, "published")(error)),
        }
    }

    fn overtaken(self) -> Result<Published, FileError> {
        let next = self.folder.next_offset()?;
        if next <= self.first {
            let path = self.folder.path().to_owned();
            return Err(FileError::Removed { path, expected: self.first, found: next });
        }
        // Our file is whole, so it has every record from `first` on: what lies behind the other writer's end is kept. The
        // path may be swept already, the open file is not.
        let mut file = self.out.get_ref().try_clone().map_err(FileError::io(&self.path, "read"))?;
        io::Seek::rewind(&mut file).map_err(FileError::io(&self.path, "read"))?;
        let mut rest = Vec::new();
        for line in BufReader::new(file).lines() {
            let line = line.map_err(FileError::io(&self.path, "read"))?;
            if let Some(offset) = line_offset(&line).filter(|offset| *offset >= next) {
                rest.push((offset, line + "\n"));
            }
        }
        remove_if_there(&self.path)?;
        Ok(Published::Overtaken(next, rest))
    }

    /// Throws the file away.
    pub(crate) fn discard(self) {
        // The store stops after this; a part left behind is swept by the next start.
        drop(fs::remove_file(&self.path));
    }

    fn sync_folder(&self) -> Result<(), FileError> {
        let folder = self.folder.path();
        File::open(folder).and_then(|handle| handle.sync_all()).map_err(FileError::io(folder, "written"))
    }
}

/// Creates a part: readable too, for what is kept when another writer was first.
pub(crate) fn create_new(path: &std::path::Path) -> io::Result<File> {
    File::options().read(true).write(true).create_new(true).open(path)
}
