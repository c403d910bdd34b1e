//! Files as a source of a service: merged by time, each resumed at a line.

use std::fs::File;
use std::path::PathBuf;

use events::{EventTime, Offset, Partition, Topic};
use stream::source::{Source, SourceRead};
use stream::{Exit, Raw};

use super::{LineReader, Merge, SourceError, SourceLine};

/// Files of lines, plain, gzip or zstd. A part is a file, its offsets are the numbers of its lines, from 1.
pub struct Files {
    /// Each with its name in keys and messages.
    paths: Vec<(PathBuf, String)>,
    /// The line at which each file is begun.
    from: Vec<u64>,
    /// `None` before the first read.
    lines: Option<Merge>,
    /// The highest believable time so far.
    stream_time: EventTime,
}

impl Files {
    /// The lines of these files, of which none is opened yet.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        let from = vec![0; paths.len()];
        let named = |path: PathBuf| (path.clone(), path.display().to_string());
        let paths = paths.into_iter().map(named).collect();
        Self { paths, from, lines: None, stream_time: EventTime::FIRST }
    }

    fn open(&self) -> Result<Merge, Exit> {
        let open = |((path, name), from): (&(PathBuf, String), &u64)| {
            let file = File::open(path).map_err(|error| {
                Exit::Fatal(format!("cannot read `{name}`: {error}; name a file that is there after --input"))
            })?;
            let mut lines = LineReader::open(name.as_str(), Box::new(file)).map_err(|error| broken(&error))?;
            // The line before was read, so it is not blank.
            let mut read = 1;
            while read < *from {
                read = lines.next_line().map_err(|error| broken(&error))?.map_or(*from, |line| line.number + 1);
            }
            Ok(lines)
        };
        self.paths.iter().zip(&self.from).map(open).collect::<Result<_, Exit>>().map(Merge::new)
    }

    fn line(&mut self) -> Result<Option<SourceLine>, Exit> {
        let lines = match self.lines.take() {
            Some(lines) => lines,
            None => self.open()?,
        };
        let Some(line) = self.lines.insert(lines).next_line().map_err(|error| broken(&error))? else { return Ok(None) };
        self.stream_time = line.time.map_or(self.stream_time, |time| time.max(self.stream_time));
        let (file, line, bytes, oversize) = (line.file, line.line, line.bytes, line.oversize);
        Ok(Some(SourceLine { file, line, bytes, oversize, stream_time: self.stream_time }))
    }
}

impl Source for Files {
    fn parts(&self) -> Vec<String> {
        self.paths.iter().map(|(_, name)| name.clone()).collect()
    }

    fn resume(&mut self, part: usize, next: Offset) -> Result<(), Exit> {
        if let Some(from) = self.from.get_mut(part) {
            *from = u64::try_from(next.0).unwrap_or_default();
        }
        Ok(())
    }

    fn read(&mut self, most: usize, bytes: usize) -> Result<SourceRead, Exit> {
        let (mut records, mut size) = (Vec::new(), 0);
        while records.len() < most && size < bytes {
            let Some(line) = self.line()? else { break };
            size += line.bytes.len();
            let part = self.paths.iter().position(|(_, name)| **name == *line.file);
            records.push(Raw {
                topic: Topic::Input,
                partition: Partition(part.and_then(|part| i32::try_from(part).ok()).unwrap_or_default()),
                offset: Offset(i64::try_from(line.line).unwrap_or(i64::MAX)),
                timestamp: line.stream_time,
                key: Some(line.key()),
                headers: line.headers(),
                value: Some(line.bytes),
            });
        }
        Ok(if records.is_empty() { SourceRead::Ended } else { SourceRead::Records(records) })
    }
}

fn broken(error: &SourceError) -> Exit {
    let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    Exit::Fatal(format!("{error}{cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: &mut Files) -> Vec<String> {
        let mut texts = Vec::new();
        while let SourceRead::Records(records) = files.read(2, usize::MAX).unwrap() {
            texts.extend(records.iter().map(|raw| {
                format!("{}/{}@{}", raw.partition.0, raw.offset.0, raw.timestamp.since(EventTime::FIRST).as_millis())
            }));
        }
        texts
    }

    fn files(folder: &tempfile::TempDir) -> Files {
        let line = |millis: i64| {
            format!("{{\"published_at\":\"{}\"}}\n", EventTime::from_millis(EventTime::FIRST.millis() + millis))
        };
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        std::fs::write(&first, line(1) + "\n" + &line(4) + "no time\n").unwrap();
        std::fs::write(&second, line(2) + &line(3)).unwrap();
        Files::new(vec![first, second])
    }

    #[test]
    fn files_are_merged_by_time_and_numbered_by_line() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(texts(&mut files(&folder)), ["0/1@1", "1/1@2", "1/2@3", "0/3@4", "0/4@4"]);
    }

    #[test]
    fn each_file_goes_on_at_its_own_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(&folder);
        files.resume(0, Offset(2)).unwrap();
        files.resume(1, Offset(3)).unwrap();
        assert_eq!(texts(&mut files), ["0/3@4", "0/4@4"]);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let mut files = Files::new(vec!["/nowhere/at/all".into()]);
        let refused = files.read(1, 1).unwrap_err();
        assert!(matches!(&refused, Exit::Fatal(why) if why.contains("/nowhere/at/all")), "{refused:?}");
    }
}
