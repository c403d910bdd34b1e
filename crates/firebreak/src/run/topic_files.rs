//! `OUT/<topic>.ndjson`: what was committed, one record a line. A file is `.part` until the run is done.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use events::{Codec, Topic};
use rayon::prelude::*;
use stream::Raw;

/// Records rendered by one thread at a time.
const CHUNK: usize = 512;

/// Renders one record as JSON, without a newline.
pub(crate) fn render(raw: &Raw, codec: &Codec, into: &mut Vec<u8>) -> anyhow::Result<()> {
    into.extend_from_slice(b"{\"key\":");
    serde_json::to_writer(&mut *into, &raw.key.as_deref().map(String::from_utf8_lossy))?;
    write!(into, ",\"partition\":{},\"offset\":{},\"timestamp\":\"", raw.partition.0, raw.offset.0)?;
    raw.timestamp.write_rfc3339(into);
    into.extend_from_slice(b"\",\"value\":");
    match &raw.value {
        None => into.extend_from_slice(b"null"),
        Some(value) => codec.write_json(value, into).with_context(|| {
            format!("topic `{}`, partition {}, offset {}", raw.topic, raw.partition.0, raw.offset.0)
        })?,
    }
    into.push(b'}');
    Ok(())
}

/// The topic files of a run.
pub(super) struct TopicFiles {
    out: PathBuf,
    files: BTreeMap<Topic, BufWriter<File>>,
    codec: Codec,
}

impl TopicFiles {
    /// Opens a `.part` file for each topic in a new or empty folder; with `force` what lies there is replaced.
    pub(super) fn create(out: &Path, topics: &[Topic], force: bool) -> anyhow::Result<Self> {
        fs::create_dir_all(out).with_context(|| format!("cannot make the folder `{}`", out.display()))?;
        let taken =
            fs::read_dir(out).with_context(|| format!("cannot read the folder `{}`", out.display()))?.next().is_some();
        if taken && !force {
            bail!(
                "`{}` is not empty: name another folder, or add --force to replace the topic files in it",
                out.display()
            );
        }
        if taken {
            remove_earlier(out)?;
        }
        let mut files = BTreeMap::new();
        for topic in topics {
            let path = part(out, *topic);
            let file = File::create(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
            files.insert(*topic, BufWriter::with_capacity(1 << 18, file));
        }
        Ok(Self { out: out.to_owned(), files, codec: Codec::default() })
    }

    /// Appends committed records.
    pub(super) fn append(&mut self, records: &[Raw]) -> anyhow::Result<()> {
        for same in records.chunk_by(|left, right| left.topic == right.topic) {
            let Some(topic) = same.first().map(|raw| raw.topic) else {
                continue;
            };
            let Some(file) = self.files.get_mut(&topic) else {
                continue;
            };
            let codec = &self.codec;
            let render = |chunk: &[Raw]| -> anyhow::Result<Vec<u8>> {
                let mut lines = Vec::with_capacity(chunk.len() * 1_024);
                for raw in chunk {
                    render(raw, codec, &mut lines)?;
                    lines.push(b'\n');
                }
                Ok(lines)
            };
            let rendered: Vec<anyhow::Result<Vec<u8>>> = match same.len() > CHUNK {
                true => same.par_chunks(CHUNK).map(render).collect(),
                false => vec![render(same)],
            };
            for lines in rendered {
                file.write_all(&lines?).with_context(|| full(&part(&self.out, topic)))?;
            }
        }
        Ok(())
    }

    /// Makes the files final: written out, then renamed.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        for (topic, mut file) in self.files {
            let path = part(&self.out, topic);
            file.flush().with_context(|| full(&path))?;
            file.get_ref().sync_all().with_context(|| full(&path))?;
            drop(file);
            fs::rename(&path, done(&self.out, topic)).with_context(|| full(&path))?;
        }
        Ok(())
    }
}

fn part(out: &Path, topic: Topic) -> PathBuf {
    out.join(format!("{topic}.ndjson.part"))
}

fn done(out: &Path, topic: Topic) -> PathBuf {
    out.join(format!("{topic}.ndjson"))
}

fn full(path: &Path) -> String {
    format!("cannot write `{}`: make room there or name another --out, then run again with --force", path.display())
}

/// Removes what an earlier run left in OUT, and nothing else.
fn remove_earlier(out: &Path) -> anyhow::Result<()> {
    let own = Topic::PUBLIC.into_iter().flat_map(|topic| [part(out, topic), done(out, topic)]);
    for path in own.chain([out.join("summary.json"), out.join("summary.json.part"), out.join("metrics.prom")]) {
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot remove `{}`", path.display())),
        }
    }
    Ok(())
}
