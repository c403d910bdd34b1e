//! One watched file: which one it is, and its lines from a place on.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bytes::Bytes;
use events::EventTime;
use stream::{OVERSIZE_LENGTH, OVERSIZE_SHA256};
use xxhash_rust::xxh3::xxh3_64;

use crate::input::{FILE_CURSOR, FileCursor};
use crate::intake::Pushed;
use crate::source::{Line, LineReader};

/// Shorter files are not looked into: how a file is packed shows in its first four bytes.
const SHORTEST: u64 = 4;

/// A file as the folder shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    device: u64,
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

impl Found {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            changed: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

/// The files of a folder whose names end so.
pub(super) fn list(folder: &Path, endings: &[&str]) -> io::Result<BTreeMap<String, Found>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || !endings.iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        // A file that went between the listing and this look is not there.
        let Ok(metadata) = fs::metadata(entry.path()) else { continue };
        if metadata.is_file() && metadata.len() >= SHORTEST {
            files.insert(name, Found::of(&metadata));
        }
    }
    Ok(files)
}

/// A file that is read.
#[derive(Debug)]
pub(super) struct Open {
    reader: LineReader,
    found: Found,
    /// Behind the last line that was read.
    cursor: Option<FileCursor>,
}

impl Open {
    /// Opens the file behind `cursor`. When the cursor is that of another file, which stood under this name before, it is read
    /// from its beginning. `None` when it is not there.
    pub(super) fn at(path: &Path, name: &str, found: Found, cursor: Option<FileCursor>) -> io::Result<Option<Self>> {
        let open = || -> io::Result<Option<LineReader>> {
            let file = match File::open(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                file => file?,
            };
            LineReader::open(name, Box::new(file)).map(Some).map_err(|error| error.cause)
        };
        let Some(mut reader) = open()? else { return Ok(None) };
        if let Some(cursor) = cursor {
            // It cannot be read as far as it once was read: it was cut or replaced.
            let same = goes_on(&mut reader, cursor).unwrap_or(false);
            if same {
                return Ok(Some(Self { reader, found, cursor: Some(cursor) }));
            }
            tracing::warn!(
                file = name,
                "another file stands under the name of one that was read: it is read from its beginning"
            );
        }
        let reader = if cursor.is_some() { open()? } else { Some(reader) };
        Ok(reader.map(|reader| Self { reader, found, cursor: None }))
    }

    /// Whether the file that is open is the one that was found, as it was or longer.
    pub(super) const fn is_still(&self, found: &Found) -> bool {
        let same = found.device == self.found.device && found.inode == self.found.inode;
        same && found.length >= self.found.length
    }

    /// Whether the next line is the one behind `cursor`.
    pub(super) fn stands_at(&self, cursor: Option<FileCursor>) -> bool {
        self.cursor == cursor
    }

    /// Whether lines that are added to the file come up in this one.
    pub(super) const fn notices_growth(&self) -> bool {
        !self.reader.packed()
    }

    /// The next line, ready to be pushed; `None` when there is no more for now.
    pub(super) fn next_line(&mut self, now: EventTime) -> Option<Pushed> {
        let line = match self.reader.next_whole_line() {
            Ok(line) => line?,
            Err(error) => {
                // A packed file that is still being written looks like one that is broken.
                let (file, line, cause) = (&error.file, error.line, &error.cause);
                tracing::warn!(%file, line, %cause, "a watched file cannot be read on; it is tried again when it changes");
                return None;
            }
        };
        let head = self.cursor.map_or_else(|| xxh3_64(&line.bytes), |cursor| cursor.head);
        let cursor = FileCursor { head, line: line.number, position: self.reader.position() };
        self.cursor = Some(cursor);
        Some(pushed(self.reader.file(), line, cursor, now))
    }
}

/// Moves a reader that has read nothing behind `cursor`; `false` when this is not the file that the cursor is of.
fn goes_on(reader: &mut LineReader, cursor: FileCursor) -> io::Result<bool> {
    let first = reader.next_whole_line().map_err(|error| error.cause)?;
    let same = first.is_some_and(|first| xxh3_64(&first.bytes) == cursor.head);
    Ok(same && reader.skip_to(cursor.line, cursor.position)?)
}

fn pushed(file: &str, line: Line, cursor: FileCursor, now: EventTime) -> Pushed {
    let mut headers = vec![(FILE_CURSOR.into(), Bytes::from(cursor.text()))];
    if let Some(oversize) = line.oversize {
        headers.push((OVERSIZE_LENGTH.into(), Bytes::from(oversize.length.to_string())));
        headers.push((OVERSIZE_SHA256.into(), Bytes::from(oversize.sha256)));
    }
    Pushed { key: format!("{file}:{}", line.number).into(), value: line.bytes, headers, received_at: now }
}
