//! Taking partitions over and giving them up: reuse, restore, and the check that state equals what was committed.

use std::time::Instant;

use events::{Codec, NextOffset, Offset, Partition, TableCheck, Topic};

use super::{StateOrigin, Task, Worker};
use crate::dead_letter::look_up;
use crate::{Defect, Exit, Log, Position, Raw, Stage, State};

/// Key of the position record in `state.<role>`.
pub(super) const POSITION_KEY: &str = "position";

impl<L: Log, S: Stage> Worker<L, S> {
    /// Notes partitions that are ours now; they are restored before anything is read of them.
    pub(super) fn assigned(&mut self, partitions: &[Partition]) {
        self.is_assigned = true;
        self.unrestored.extend(partitions);
    }

    /// Gives partitions up. Their state is kept: it may still be right when they come back.
    pub(super) fn revoked(&mut self, partitions: &[Partition]) {
        // Only those that it was told of: after a fence the group takes once more what was given up already.
        let mut known = Vec::with_capacity(partitions.len());
        for partition in partitions {
            self.unrestored.remove(partition);
            self.full.remove(partition);
            if let Some(mut task) = self.tasks.remove(partition) {
                task.state.tables_mut().into_iter().for_each(crate::StoredTable::discard);
                self.retained.insert(*partition, task);
                known.push(*partition);
            }
        }
        if !known.is_empty() {
            self.observer.revoked(S::ROLE, &known);
        }
    }

    /// Restores what was assigned. A partition whose table has an open transaction below its end waits for the next pass, and
    /// with it those behind it: to ask for each in turn while nobody answers could take longer than a member may be silent.
    pub(super) fn restore_assigned(&mut self) -> Result<(), Exit> {
        for partition in self.unrestored.clone() {
            match self.take_over(partition) {
                Ok(()) => self.unrestored.remove(&partition),
                Err(Exit::Retry(_)) => return Ok(()),
                Err(exit) => return Err(self.give_up(exit)),
            };
        }
        Ok(())
    }

    fn take_over(&mut self, partition: Partition) -> Result<(), Exit> {
        // The committed offsets come first: whatever the table holds up to its high watermark then is at least as new.
        let committed = self.log.committed(partition)?;
        let kept = self.retained.remove(&partition).filter(|task| task.position == committed);
        let (task, origin) = match kept {
            Some(task) => (task, StateOrigin::Reused),
            None => {
                let started = Instant::now();
                let task = self.restore(partition, &committed)?;
                self.observer.restored(S::ROLE, started.elapsed());
                (task, StateOrigin::Restored)
            }
        };
        self.log.seek(partition, &committed)?;
        let keys = task.state.tables().iter().map(|table| table.check().0).sum();
        self.tasks.insert(partition, task);
        self.observer.ready(S::ROLE, partition, origin, keys);
        Ok(())
    }

    fn restore(&mut self, partition: Partition, committed: &Position) -> Result<Task<S::State>, Exit> {
        let (codec, mut state, mut found) = (&self.settings.codec, S::State::default(), None);
        state.tables_mut().into_iter().for_each(|table| table.use_codec(codec));
        let topics = table_topics(S::ROLE, &state);
        let forgets = self.settings.planted.is(Defect::HorizonLost) && topics.contains(&Topic::Seen);
        for topic in topics.into_iter().filter(|topic| !forgets || *topic != Topic::Seen) {
            self.log.read_table(topic, partition, &mut |raw| restore_record(&mut state, codec, &raw, &mut found))?;
        }
        let found = match found {
            Some(bytes) => {
                let decoded = codec.decode::<events::Position>(&bytes);
                Some(decoded.map_err(|error| refuse(S::ROLE, partition, &format!("its position record: {error}")))?)
            }
            None => None,
        };
        let accepts = self.settings.accept_state || forgets;
        if let Err(what) = check(&state, found.as_ref(), committed)
            && !accepts
        {
            // One who stood still since he asked where the partition stands may read what its next owner wrote.
            if self.log.committed(partition)? != *committed {
                return Err(Exit::Retry(format!("partition {} went on while it was restored", partition.0)));
            }
            return Err(refuse(S::ROLE, partition, &what));
        }
        let stream_time = found.and_then(|position| position.stream_time).unwrap_or_default();
        Ok(Task { state, position: committed.clone(), stream_time })
    }
}

/// The topics that a state lies in, each once: those of its tables, and the role's own, where its position is.
fn table_topics<T: State>(role: events::Role, state: &T) -> Vec<Topic> {
    let mut topics: Vec<Topic> = state.tables().iter().map(|table| table.topic()).collect();
    if !topics.is_empty() {
        topics.push(Topic::State(role));
    }
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// Hands one record to its table: by the topic, or in `state.<role>` by the prefix of its key.
fn restore_record<T: State>(
    state: &mut T,
    codec: &Codec,
    raw: &Raw,
    found: &mut Option<bytes::Bytes>,
) -> Result<(), Exit> {
    let (topic, key) = (raw.topic, raw.key.as_deref().unwrap_or_default());
    let own = matches!(topic, Topic::State(_));
    let is_position = own && key == POSITION_KEY.as_bytes();
    if !own || is_position {
        look_up(codec, raw)?;
    }
    if is_position {
        found.clone_from(&raw.value);
        return Ok(());
    }
    for table in state.tables_mut() {
        if table.topic() != topic {
            continue;
        }
        let key = match (own, key.strip_prefix(table.name().as_bytes()).and_then(|rest| rest.strip_prefix(b"/"))) {
            (false, _) => key,
            (true, Some(rest)) => rest,
            (true, None) => continue,
        };
        return table.restore(key, raw.value.as_deref()).map_err(|error| {
            Exit::Refused(format!("topic `{topic}`, partition {}, offset {}: {error}", raw.partition.0, raw.offset.0))
        });
    }
    // A table that this version no longer has: its records are left alone.
    Ok(())
}

/// Compares what was restored with what was committed; says what differs.
fn check<T: State>(state: &T, found: Option<&events::Position>, committed: &Position) -> Result<(), String> {
    if state.tables().is_empty() {
        return Ok(());
    }
    let Some(found) = found else {
        if committed.turn == 0 {
            return Ok(());
        }
        return Err(format!("turn {} is committed, but the state has no position record", committed.turn));
    };
    if found.format != T::FORMAT {
        return Err(format!("its state has format {}, this version writes format {}", found.format, T::FORMAT));
    }
    if found.turn != committed.turn {
        return Err(format!(
            "its state stands at turn {}, the committed offsets at turn {}",
            found.turn, committed.turn
        ));
    }
    if found.next != next_offsets(committed) {
        return Err(format!("its state stands at {:?}, the committed offsets at {:?}", found.next, committed.next));
    }
    for check in table_checks(state) {
        match found.tables.iter().find(|table| table.table == check.table) {
            Some(expected) if *expected == check => {}
            Some(expected) => {
                return Err(format!(
                    "table `{}` holds {} keys with checksum {}, its position record says {} with {}: a record is lost or changed",
                    check.table, check.keys, check.checksum, expected.keys, expected.checksum
                ));
            }
            None if check.keys == 0 => {}
            None => return Err(format!("table `{}` is not in its position record", check.table)),
        }
    }
    Ok(())
}

fn refuse(role: events::Role, partition: Partition, what: &str) -> Exit {
    Exit::Refused(format!(
        "role `{role}` does not take over partition {}: {what}. Nothing was changed. Restore the topic `state.{role}` from a \
         backup, or rebuild the role under another generation; to go on with the state as it is, knowing that decisions may \
         be lost or repeated, start once with `--accept-state`",
        partition.0
    ))
}

/// The committed position as its record carries it.
pub(super) fn next_offsets(position: &Position) -> Vec<NextOffset> {
    let next = |(topic, next): &(Topic, Offset)| NextOffset { topic: topic.name(), next: *next };
    let mut offsets: Vec<NextOffset> = position.next.iter().map(next).collect();
    offsets.sort_by(|left, right| left.topic.cmp(&right.topic));
    offsets
}

/// Size and checksum of each table, sorted by name.
pub(super) fn table_checks<T: State>(state: &T) -> Vec<TableCheck> {
    let mut checks: Vec<TableCheck> = state
        .tables()
        .iter()
        .map(|table| {
            let (keys, checksum) = table.check();
            TableCheck { table: table.name().to_owned(), keys, checksum }
        })
        .collect();
    checks.sort_by(|left, right| left.table.cmp(&right.table));
    checks
}
