//! The proof: what Kafka and PostgreSQL hold, asked of them when all is done, and counted id by id.
//!
//! A mention that was accepted lies in `mentions.raw`. From there each revision goes on to `mentions.classified` exactly once,
//! unless enrich says in `seen` that it is not about the brand; and each mention becomes one row.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::Context;
use events::{Codec, MentionId, MentionKind, Payload, Person, Seen, Topic};
use serde::Deserialize;
use stream::Raw;
use stream::kafka::{KafkaSettings, TopicReader};
use tokio::runtime::Builder;
use tokio_postgres::NoTls;

/// A revision of a mention.
pub type Revision = (MentionId, i64);

/// What lies in the topics of mentions.
#[derive(Debug, Default)]
pub struct Topics {
    /// What was taken in.
    pub accepted: BTreeSet<Revision>,
    /// What enrich dropped because it is not about the brand.
    pub not_the_brand: BTreeSet<Revision>,
    /// How many dead letters there are.
    pub rejected: usize,
    /// How often each was classified.
    pub classified: BTreeMap<Revision, usize>,
    deleted: BTreeSet<MentionId>,
    /// What was refused at the entrance, as its line calls itself.
    refused: BTreeSet<Revision>,
}

/// How a store compares with what must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Records or rows.
    pub count: usize,
    /// How many of them are of different revisions, or mentions.
    pub distinct: usize,
    /// What must be there and is not.
    pub lost: usize,
    /// What is there and must not be.
    pub doubled: usize,
}

impl Kept {
    /// Whether everything is there exactly once.
    pub const fn is_exact(&self) -> bool {
        self.lost == 0 && self.doubled == 0
    }
}

/// What follows the count and its unit.
impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} distinct, {} lost, {} doubled", self.distinct, self.lost, self.doubled)
    }
}

impl Topics {
    /// Reads all that is committed.
    ///
    /// # Errors
    /// A topic cannot be read.
    pub fn read(settings: &KafkaSettings) -> anyhow::Result<Self> {
        let (codec, mut reader) = (Codec::default(), TopicReader::new(settings, "proof"));
        let mut held = Self::default();
        for topic in [
            Topic::MentionsRaw,
            Topic::MentionsRawExpress,
            Topic::Seen,
            Topic::MentionsClassified,
            Topic::MentionsClassifiedExpress,
            Topic::DeadLetters,
        ] {
            let mut broken = None;
            reader.read_all(topic, &mut |raw| {
                broken = broken.take().or_else(|| held.add(&raw, &codec).err());
                Ok(())
            })?;
            broken.map_or(Ok(()), Err).with_context(|| format!("topic `{topic}` holds what cannot be read"))?;
        }
        Ok(held)
    }

    fn add(&mut self, raw: &Raw, codec: &Codec) -> anyhow::Result<()> {
        let value = raw.value.as_deref().context("a record without a value")?;
        if raw.topic == Topic::Seen {
            let seen: Seen = codec.decode(value)?;
            // Who was dropped has no person to leave with.
            let dropped = seen.entries.into_iter().filter(|entry| entry.person == Person::default());
            self.not_the_brand.extend(dropped.map(|entry| (entry.id, entry.revision)));
            return Ok(());
        }
        match Payload::decode(raw.topic, value, codec)? {
            Some(Payload::Mention(mention)) => {
                self.accepted.insert((mention.id, mention.revision));
            }
            Some(Payload::Classified(classified)) => {
                let mention = classified.mention;
                if mention.kind == MentionKind::Delete {
                    self.deleted.insert(mention.id.clone());
                }
                *self.classified.entry((mention.id, mention.revision)).or_default() += 1;
            }
            Some(Payload::DeadLetter(letter)) => {
                self.rejected += 1;
                self.refused.extend(letter.value.as_deref().and_then(revision_of));
            }
            _ => {}
        }
        Ok(())
    }

    /// How many of `posted`, which the webhook took, were neither accepted nor refused with a dead letter.
    pub fn not_accepted(&self, posted: &BTreeSet<Revision>) -> usize {
        posted.iter().filter(|revision| !self.accepted.contains(*revision) && !self.refused.contains(*revision)).count()
    }

    /// How `mentions.classified`, both lanes, compares with what was accepted.
    pub fn classified(&self) -> Kept {
        let (count, distinct) = (self.classified.values().sum(), self.classified.len());
        let expected = self.accepted.difference(&self.not_the_brand);
        let lost = expected.filter(|revision| !self.classified.contains_key(revision)).count();
        let strange = self.classified.keys().filter(|revision| !self.accepted.contains(revision)).count();
        Kept { count, distinct, lost, doubled: count - distinct + strange }
    }

    /// How rows of mentions, each with its revision if it has one, compare with what was classified: one for each mention,
    /// of its newest revision unless it was deleted.
    pub fn stored(&self, rows: &[(MentionId, Option<i64>)]) -> Kept {
        let mut newest: BTreeMap<&MentionId, i64> = BTreeMap::new();
        for (id, revision) in self.classified.keys() {
            let known = newest.entry(id).or_insert(*revision);
            *known = (*known).max(*revision);
        }
        let stored: BTreeMap<&MentionId, Option<i64>> = rows.iter().map(|(id, revision)| (id, *revision)).collect();
        let is_stored = |(id, revision): (&&MentionId, &i64)| match stored.get(id) {
            None => false,
            Some(found) => self.deleted.contains(*id) || *found == Some(*revision),
        };
        let lost = newest.iter().filter(|mention| !is_stored(*mention)).count();
        let strange = stored.keys().filter(|id| !newest.contains_key(*id)).count();
        Kept { count: rows.len(), distinct: stored.len(), lost, doubled: rows.len() - stored.len() + strange }
    }
}

/// The revision that a line is of, as it says itself; `None` of one that does not.
pub fn revision_of(line: &[u8]) -> Option<Revision> {
    #[derive(Deserialize)]
    struct Named {
        source: String,
        native_id: String,
        #[serde(default)]
        revision: i64,
    }
    let named: Named = serde_json::from_slice(line).ok()?;
    Some((MentionId::of(&named.source, &named.native_id), named.revision))
}

/// The rows of mentions in a PostgreSQL: id and revision of each.
///
/// # Errors
/// It cannot be asked.
pub fn rows(url: &str, schema: &str) -> anyhow::Result<Vec<(MentionId, Option<i64>)>> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        // It ends with the client.
        drop(tokio::spawn(connection));
        let found = client.query(&format!("SELECT id, revision FROM {schema}.mentions"), &[]).await?;
        Ok(found.iter().map(|row| (MentionId::from(row.get::<_, &str>(0)), row.get(1))).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(id: &str, revision: i64) -> Revision {
        (MentionId::from(id), revision)
    }

    fn topics() -> Topics {
        Topics {
            accepted: [revision("a", 0), revision("a", 1), revision("b", 0), revision("c", 0)].into(),
            not_the_brand: [revision("c", 0)].into(),
            classified: [(revision("a", 0), 1), (revision("a", 1), 1), (revision("b", 0), 1)].into(),
            deleted: [MentionId::from("b")].into(),
            ..Topics::default()
        }
    }

    #[test]
    fn what_is_there_once_is_exact_and_what_is_not_the_brand_is_not_missed() {
        let kept = topics().classified();
        assert_eq!(kept, Kept { count: 3, distinct: 3, lost: 0, doubled: 0 });
        assert_eq!(format!("{} records, {kept}", kept.count), "3 records, 3 distinct, 0 lost, 0 doubled");
    }

    #[test]
    fn a_revision_that_is_missing_twice_there_or_from_nowhere_is_counted() {
        let mut topics = topics();
        topics.classified.remove(&revision("b", 0));
        topics.classified.insert(revision("a", 1), 3);
        topics.classified.insert(revision("z", 0), 1);
        assert_eq!(topics.classified(), Kept { count: 5, distinct: 3, lost: 1, doubled: 3 });
    }

    #[test]
    fn what_was_taken_is_accepted_or_refused_or_lost() {
        let line = |id: &str| format!(r#"{{"source":"x","native_id":"{id}","text":"hello"}}"#).into_bytes();
        let named = |id: &str| revision_of(&line(id)).unwrap();
        let topics = Topics { accepted: [named("1")].into(), refused: [named("2")].into(), ..Topics::default() };
        assert_eq!(topics.not_accepted(&[named("1"), named("2"), named("3")].into()), 1);
        assert_eq!(revision_of(b"{\"source\":\"x\"}"), None);
    }

    #[test]
    fn a_row_must_be_of_the_newest_revision_unless_its_mention_was_deleted() {
        let row = |id: &str, revision| (MentionId::from(id), revision);
        let topics = topics();
        assert!(topics.stored(&[row("a", Some(1)), row("b", None)]).is_exact());
        assert_eq!(topics.stored(&[row("a", Some(0)), row("b", None)]).lost, 1);
        assert_eq!(topics.stored(&[row("a", Some(1))]).lost, 1);
        assert_eq!(topics.stored(&[row("a", Some(1)), row("b", None), row("c", Some(0))]).doubled, 1);
    }
}
