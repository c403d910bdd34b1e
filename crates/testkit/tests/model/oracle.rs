//! What must be there in the end, told from what was said alone: nothing here asks a worker.

use std::collections::{BTreeMap, BTreeSet};

use events::{Codec, EventTime, Link, Partition, Position, Role, Topic, Turn};
use stream::Raw;
use stream::memory::Cluster;
use testkit::toy::{TIMER, key};

/// A note that was said, once or more often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    pub(crate) key: &'static str,
    pub(crate) text: String,
    pub(crate) at: EventTime,
}

/// Holds what readers of the log see against what was said.
///
/// # Errors
/// The first law that is broken.
pub(crate) fn check(cluster: &Cluster, role: Role, said: &[Said]) -> Result<(), String> {
    let codec = Codec::default();
    let read = |topic: Topic| cluster.tap(&[topic]).read();
    let (enriched, calls) = (read(Topic::MentionsEnriched), read(Topic::Calls));
    numbered_once(&codec, said, &enriched)?;
    fired_once(&codec, said, &calls)?;
    turns_follow_each_other(&codec, &read(Topic::Turns(role)), &read(Topic::State(role)))
}

fn note(codec: &Codec, raw: &Raw) -> Result<String, String> {
    let link: Link = codec.decode(raw.value.as_deref().unwrap_or_default()).map_err(|error| error.to_string())?;
    Ok(link.customer.unwrap_or_default())
}

/// Each note left once, and the notes of a key are numbered without gap in the order of their partition.
fn numbered_once(codec: &Codec, said: &[Said], enriched: &[Raw]) -> Result<(), String> {
    let mut left: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for raw in enriched {
        left.entry(key(raw)).or_default().push(note(codec, raw)?);
    }
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Said { key, text, .. } in said {
        wanted.entry(key).or_default().insert(text);
    }
    for (key, wanted) in wanted {
        let left = left.remove(key).unwrap_or_default();
        let split: Option<Vec<(&str, &str)>> = left.iter().map(|text| text.split_once('#')).collect();
        let split = split.ok_or_else(|| format!("notes without a number: {left:?}"))?;
        let numbers_fit = split.iter().zip(1..).all(|((_, number), count)| *number == count.to_string());
        let texts: BTreeSet<&str> = split.iter().map(|(text, _)| *text).collect();
        if !numbers_fit || texts != wanted || split.len() != wanted.len() {
            return Err(format!("`{key}` said {wanted:?}, and these left: {left:?}"));
        }
    }
    if left.is_empty() { Ok(()) } else { Err(format!("nobody said {left:?}")) }
}

/// Each note's timer fired once, stamped with its deadline.
fn fired_once(codec: &Codec, said: &[Said], calls: &[Raw]) -> Result<(), String> {
    let mut fired = Vec::with_capacity(calls.len());
    for raw in calls {
        fired.push((note(codec, raw)?, raw.timestamp));
    }
    fired.sort_unstable();
    let wanted: BTreeMap<&String, EventTime> = said.iter().map(|said| (&said.text, said.at.plus(TIMER))).collect();
    let fits = fired.iter().map(|(text, at)| (text, *at)).eq(wanted.iter().map(|(text, at)| (*text, *at)));
    if fits { Ok(()) } else { Err(format!("timers {wanted:?} were set, and these fired: {fired:?}")) }
}

/// The turns of a partition are numbered without gap, none reads what another has read, and the last position is the last
/// turn's.
fn turns_follow_each_other(codec: &Codec, turns: &[Raw], state: &[Raw]) -> Result<(), String> {
    let mut last: BTreeMap<Partition, Turn> = BTreeMap::new();
    let mut read: BTreeMap<(Partition, String), i64> = BTreeMap::new();
    for raw in turns {
        let turn: Turn = codec.decode(raw.value.as_deref().unwrap_or_default()).map_err(|error| error.to_string())?;
        let before = last.get(&turn.partition).map_or(0, |last| last.turn);
        if turn.turn != before + 1 {
            return Err(format!("turn {} of partition {} comes after {before}", turn.turn, turn.partition.0));
        }
        for range in &turn.read {
            let to = read.entry((turn.partition, range.topic.clone())).or_default();
            if range.first.0 < *to || range.next <= range.first {
                return Err(format!("partition {} was read to {to}, and then {range:?}", turn.partition.0));
            }
            *to = range.next.0;
        }
        last.insert(turn.partition, turn);
    }
    for raw in state.iter().filter(|raw| raw.key.as_deref() == Some(b"position")) {
        let position: Position =
            codec.decode(raw.value.as_deref().unwrap_or_default()).map_err(|error| error.to_string())?;
        let known = last.get(&raw.partition).map_or(0, |last| last.turn);
        if position.turn > known {
            return Err(format!(
                "partition {} stands at turn {}, of which {known} are known",
                raw.partition.0, position.turn
            ));
        }
    }
    Ok(())
}
