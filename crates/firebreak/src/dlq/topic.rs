//! The rejected records of a cluster.

use events::{Codec, DeadLetter, Topic};
use stream::kafka::TopicReader;
use stream::{Exit, Raw};

use super::{Choice, Letter, LetterId, Letters};
use crate::service::{Reading, told};

/// Topic `dead-letters` of a cluster.
pub struct LetterTopic {
    reader: TopicReader,
    codec: Codec,
}

impl LetterTopic {
    /// The topic of this cluster.
    pub fn new(cluster: &Reading) -> Self {
        Self { reader: cluster.reader(), codec: cluster.codec.clone() }
    }
}

impl Letters for LetterTopic {
    /// Reads to the high watermark of now.
    fn read(&mut self, choice: &Choice, each: &mut dyn FnMut(Letter) -> anyhow::Result<()>) -> anyhow::Result<u64> {
        let (mut unread, codec) = (0, &self.codec);
        for partition in self.reader.partitions(Topic::DeadLetters).map_err(told)? {
            if !choice.concerns(partition) {
                continue;
            }
            let mut failure = None;
            let read = self.reader.read(Topic::DeadLetters, partition, &mut |raw| {
                let Some(letter) = letter(raw, codec)? else {
                    unread += 1;
                    return Ok(());
                };
                each(letter).map_err(|error| {
                    failure = Some(error);
                    Exit::Fatal("whoever asked for it failed".to_owned())
                })
            });
            read.map_err(|exit| failure.take().unwrap_or_else(|| told(exit)))?;
        }
        Ok(unread)
    }
}

/// A record as a letter; `None` when it cannot be read.
fn letter(raw: Raw, codec: &Codec) -> Result<Option<Letter>, Exit> {
    let id = LetterId { partition: raw.partition, offset: raw.offset };
    let value = raw.value.unwrap_or_default();
    codec.look_up(&value).map_err(|error| Exit::Retry(error.to_string()))?;
    Ok(codec.decode::<DeadLetter>(&value).ok().map(|value| Letter { id, value }))
}
