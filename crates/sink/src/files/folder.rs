//! The published files of one topic's partition: `<first offset>.ndjson`, each ending with the next offset to read.
//!
//! The newest file is the only truth about where to go on; the group's offsets are for lag tools.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use events::Offset;

use super::error::FileError;
use super::line::{Place, Trailer};

/// The longest trailer: `{"next_offset":9223372036854775807}` with its line feed, and some room.
const TRAILER_BYTES: u64 = 64;

/// Folder of one topic's partition.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder of `place` under `root`, made when it is not there.
    pub(crate) fn open(root: &Path, place: Place) -> Result<Self, FileError> {
        let path = root.join(place.topic.name()).join(place.partition.0.to_string());
        fs::create_dir_all(&path).map_err(FileError::io(&path, "created"))?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The name under which a file that begins at `first` is published. Every writer that goes on at `first` uses it.
    pub(crate) fn published(&self, first: Offset) -> PathBuf {
        self.path.join(format!("{:020}.ndjson", first.0))
    }

    /// A name that no other writer uses.
    pub(crate) fn part(&self, first: Offset, unique: &str) -> PathBuf {
        self.path.join(format!("{:020}.{unique}.part", first.0))
    }

    /// Where to go on: the next offset of the newest file, the start without one.
    pub(crate) fn next_offset(&self) -> Result<Offset, FileError> {
        let mut newest: Option<Offset> = None;
        for entry in fs::read_dir(&self.path).map_err(FileError::io(&self.path, "listed"))? {
            let entry = entry.map_err(FileError::io(&self.path, "listed"))?;
            if let Some(first) = first_offset(&entry.file_name().to_string_lossy(), ".ndjson") {
                newest = newest.max(Some(first));
            }
        }
        newest.map_or(Ok(Offset(0)), |first| read_trailer(&self.published(first)))
    }

    /// Removes parts that can never be published, because a file that covers their beginning is. They are what a crash left.
    pub(crate) fn sweep(&self, next: Offset) -> Result<(), FileError> {
        for entry in fs::read_dir(&self.path).map_err(FileError::io(&self.path, "listed"))? {
            let entry = entry.map_err(FileError::io(&self.path, "listed"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if first_offset(&name, ".part").is_some_and(|first| first < next) {
                remove_if_there(&entry.path())?;
            }
        }
        Ok(())
    }
}

/// Removes a file that another writer may have removed already.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::io(path, "removed")(error)),
        _ => Ok(()),
    }
}

fn first_offset(name: &str, ending: &str) -> Option<Offset> {
    let digits = name.strip_suffix(ending)?.split('.').next()?;
    digits.parse().ok().map(Offset)
}

fn read_trailer(path: &Path) -> Result<Offset, FileError> {
    let mut file = File::open(path).map_err(FileError::io(path, "opened"))?;
    let length = file.metadata().map_err(FileError::io(path, "read"))?.len();
    let mut tail = String::new();
    file.seek(SeekFrom::Start(length.saturating_sub(TRAILER_BYTES))).map_err(FileError::io(path, "read"))?;
    // The cut may fall into a character of the line before.
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(FileError::io(path, "read"))?;
    tail.push_str(&String::from_utf8_lossy(&bytes));
    let last = tail.strip_suffix('\n').and_then(|tail| tail.rsplit('\n').next());
    last.and_then(|line| serde_json::from_str::<Trailer>(line).ok())
        .map(|trailer| trailer.next_offset)
        .ok_or_else(|| FileError::Damaged { path: path.to_owned() })
}
