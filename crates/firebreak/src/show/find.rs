//! The last state under a key of a compact topic.

use anyhow::{Context, bail};
use events::Topic;
use stream::{Exit, Raw};

use crate::run::render;
use crate::service::{Reading, told};

/// The record of `topic` that stands under `id`, as a line of JSON. Its partition comes from its brand or person, which is not known
/// here, so all are read.
///
/// # Errors
/// There is none, or the topic cannot be read.
pub fn find(cluster: &Reading, topic: Topic, id: &str) -> anyhow::Result<String> {
    let mut last: Option<Raw> = None;
    let read = cluster.reader().read_all(topic, &mut |raw| {
        if raw.key.as_deref() == Some(id.as_bytes()) {
            last = Some(raw);
        }
        Ok::<(), Exit>(())
    });
    read.map_err(told)?;
    let Some(raw) = last.filter(|raw| raw.value.is_some()) else {
        bail!("topic `{topic}` has no record under `{id}`: ids are whole, as `subject_id` of a notification has them");
    };
    cluster.codec.look_up(raw.value.as_deref().unwrap_or_default())?;
    let mut line = Vec::new();
    render(&raw, &cluster.codec, &mut line)?;
    String::from_utf8(line).context("the record is no UTF-8")
}
