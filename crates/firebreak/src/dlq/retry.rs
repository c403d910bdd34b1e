//! Sending rejected records again: each with its mark in one transaction, so that none is sent twice and none without a trace.
//!
//! There is one transactional id for all who retry. Who takes it fences whoever had it and has its open transaction aborted;
//! after that, the marks below the high watermark are all there are. So two who retry at once, or one that is killed and comes
//! again, send nothing twice.

use std::collections::BTreeSet;
use std::io::Write;

use events::{Codec, DeadLetter, EventTime, LetterOrigin, Payload, Topic};
use stream::Outgoing;
use stream::kafka::TransactionalSender;

use super::text::{none_missing, warn_of_unread};
use super::{Choice, Letter, LetterId, LetterTopic, chosen};
use crate::service::{Reading, told};

/// The transactional id of all who retry.
const TRANSACTIONAL_ID: &str = "dlq";
/// A transaction sends at most so many records again.
const AT_ONCE: usize = 100;
/// Above so many bytes it is committed.
const AT_ONCE_BYTES: usize = 4 << 20;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Sent again now.
    pub sent: u64,
    /// Were sent again earlier.
    pub before: u64,
    /// Cannot be sent.
    pub not_possible: u64,
}

/// Sends the records that are meant again, unless they were.
///
/// # Errors
/// Kafka cannot be used, or a record that is named is not there. What was sent has its marks, so a second call goes on.
pub fn retry(cluster: &Reading, choice: &Choice, now: EventTime, out: &mut dyn Write) -> anyhow::Result<Tally> {
    // First of all: only then no mark of another can come any more.
    let sender = TransactionalSender::new(&cluster.kafka, TRANSACTIONAL_ID).map_err(told)?;
    let mut batch = Batch { sender, records: Vec::new(), bytes: 0, lines: String::new() };
    let (mut tally, mut met, mut origins) = (Tally::default(), BTreeSet::new(), BTreeSet::<LetterOrigin>::new());
    let unread = chosen(&mut LetterTopic::new(cluster), choice, &mut |letter, sent_again| {
        met.insert(letter.id);
        if sent_again.is_some() || !origins.insert(letter.value.origin()) {
            tally.before += 1;
            return Ok(());
        }
        match again(&letter.value, now) {
            Ok(record) => {
                tally.sent += 1;
                batch.add(&letter, record, mark(&letter, &cluster.codec, now)?, out)
            }
            Err(why) => {
                tally.not_possible += 1;
                batch.commit(out)?;
                Ok(writeln!(out, "{}  not sent: {why}", letter.id)?)
            }
        }
    })?;
    batch.commit(out)?;
    warn_of_unread(unread, out)?;
    none_missing(choice, &met)?;
    Ok(tally)
}

/// Records and marks of the next transaction, with the lines that tell of them once it is committed.
struct Batch {
    sender: TransactionalSender,
    records: Vec<Outgoing>,
    bytes: usize,
    lines: String,
}

impl Batch {
    fn add(&mut self, letter: &Letter, record: Outgoing, mark: Outgoing, out: &mut dyn Write) -> anyhow::Result<()> {
        self.lines += &format!("{}  sent to {} partition {}\n", letter.id, record.topic, record.partition.0);
        self.bytes += record.value.as_ref().map_or(0, bytes::Bytes::len);
        self.records.extend([record, mark]);
        if self.records.len() >= 2 * AT_ONCE || self.bytes >= AT_ONCE_BYTES { self.commit(out) } else { Ok(()) }
    }

    fn commit(&mut self, out: &mut dyn Write) -> anyhow::Result<()> {
        if !self.records.is_empty() {
            self.sender.send(std::mem::take(&mut self.records)).map_err(told)?;
            out.write_all(std::mem::take(&mut self.lines).as_bytes())?;
            out.flush()?;
            self.bytes = 0;
        }
        Ok(())
    }
}

/// The record as it was, for the partition that it was read from; or why there is none. Its timestamp is `now`: with its own, the
/// broker may delete it for its age before anybody has read it.
fn again(letter: &DeadLetter, now: EventTime) -> Result<Outgoing, String> {
    let topic = match Topic::parse(&letter.topic) {
        None => return Err(format!("its topic `{}` is none of this version's", letter.topic)),
        Some(Topic::Input) => {
            return Err("it came in from outside and lies in no topic: have its source send it again".to_owned());
        }
        Some(topic) => topic,
    };
    if letter.value_sha256.is_some() {
        let kept = letter.value.as_ref().map_or(0, Vec::len);
        return Err(format!("only {kept} of its {} bytes are kept", letter.value_length));
    }
    let header = |header: &events::RecordHeader| (header.name.clone().into(), header.value.clone().into());
    Ok(Outgoing {
        topic,
        partition: letter.partition,
        timestamp: now,
        key: letter.key.clone().map(Into::into),
        value: letter.value.clone().map(Into::into),
        headers: letter.headers.iter().map(header).collect(),
    })
}

/// The mark, behind the record that it is for.
fn mark(letter: &Letter, codec: &Codec, now: EventTime) -> anyhow::Result<Outgoing> {
    let LetterId { partition, .. } = letter.id;
    let mark = letter.value.mark(now, env!("CARGO_PKG_VERSION"));
    let key = mark.key.clone().map(Into::into);
    let value = Some(Payload::from(mark).encode(codec)?.into());
    Ok(Outgoing { topic: Topic::DeadLetters, partition, timestamp: now, key, value, headers: Vec::new() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn letter(topic: &str, sha256: Option<&str>) -> DeadLetter {
        serde_json::from_value(json!({
            "topic": topic, "partition": 5, "offset": 9, "stage": "enrich", "reason": "invalid", "at": "2026-11-02T00:00:00Z",
            "key": "m7", "value": "abc", "value_length": 3, "value_sha256": sha256,
            "headers": [{"name": "m", "value": "x"}]}))
        .unwrap()
    }

    #[test]
    fn a_record_goes_back_as_it_was_to_where_it_was() {
        let record = again(&letter("mentions.raw", None), EventTime::FIRST).unwrap();
        assert_eq!((record.topic, record.partition.0), (Topic::MentionsRaw, 5));
        assert_eq!((record.key.as_deref(), record.value.as_deref()), (Some(&b"m7"[..]), Some(&b"abc"[..])));
        assert_eq!(record.headers, [("m".into(), "x".into())]);
        assert_eq!(record.timestamp, EventTime::FIRST);
    }

    #[test]
    fn what_is_not_whole_or_has_no_topic_is_not_sent() {
        assert!(
            again(&letter("mentions.raw", Some("ab")), EventTime::FIRST).unwrap_err().contains("only 3 of its 3 bytes")
        );
        assert!(again(&letter("input", None), EventTime::FIRST).unwrap_err().contains("its source"));
        assert!(again(&letter("mentions.old", None), EventTime::FIRST).unwrap_err().contains("`mentions.old`"));
    }

    #[test]
    fn a_mark_has_the_origin_of_its_record_and_none_of_its_bytes() {
        let letter = letter("mentions.raw", None);
        let mark = letter.mark(EventTime::EPOCH, "1");
        assert!(mark.is_mark() && !letter.is_mark());
        assert_eq!(mark.origin(), letter.origin());
        assert_eq!((mark.value, mark.value_length, mark.headers.len()), (None, 0, 0));
    }
}
