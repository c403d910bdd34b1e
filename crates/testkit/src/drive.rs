//! Driving members and workers in a test until nothing more happens.

use std::sync::Arc;

use events::Partition;
use stream::{Exit, Log, Observer, Polled, Position, Prepared, Raw, Silent, Stage, Tick, Worker, WorkerSettings};

use crate::build;
use crate::contract::Harness;

/// A worker with a stage over `log` that tells nobody.
pub fn worker<H: Harness, S: Stage>(harness: &H, log: H::Log, stage: S) -> Worker<H::Log, S> {
    observed(harness, log, stage, Arc::new(Silent))
}

/// A worker with a stage over `log` that tells `observer`.
pub fn observed<H: Harness, S: Stage>(
    harness: &H,
    log: H::Log,
    stage: S,
    observer: Arc<dyn Observer>,
) -> Worker<H::Log, S> {
    let mut settings = WorkerSettings::new(harness.partitions(), build::book_version());
    settings.dead_letter_limit = None;
    Worker::new(log, Arc::new(stage), settings, observer)
}

/// Steps until `patience` passes in a row did nothing, and ten times as many while the group has given nothing yet. A pass that
/// was aborted or fenced counts as one that did nothing.
///
/// # Errors
/// What ends a worker: [`Exit::Replaced`], [`Exit::Refused`], [`Exit::Fatal`].
pub fn drain<L: Log, S: Stage>(worker: &mut Worker<L, S>, tick: Option<Tick>, patience: usize) -> Result<(), Exit> {
    let (mut idle, mut waiting) = (0, 0);
    while idle < patience && waiting < 10 * patience {
        match worker.step(tick) {
            Ok(turns) if turns > 0 => idle = 0,
            Ok(_) | Err(Exit::Retry(_) | Exit::Fenced(_)) if owns_nothing(worker) => waiting += 1,
            Ok(_) | Err(Exit::Retry(_) | Exit::Fenced(_)) => idle += 1,
            Err(exit) => return Err(exit),
        }
    }
    Ok(())
}

fn owns_nothing<L: Log, S: Stage>(worker: &Worker<L, S>) -> bool {
    worker.restored() && worker.partitions().next().is_none()
}

/// Passes until one has decided a turn, and returns that without a commit.
pub fn prepare<L: Log, S: Stage>(worker: &mut Worker<L, S>, tick: Option<Tick>, patience: usize) -> Vec<Prepared> {
    for _ in 0..patience {
        let prepared = worker.prepare(tick).unwrap();
        if !prepared.is_empty() {
            return prepared;
        }
    }
    panic!("no turn after {patience} passes");
}

/// Polls until the member has its assignment, and seeks to what is committed.
pub fn own<L: Log>(log: &mut L, patience: usize) -> Vec<Partition> {
    for _ in 0..10 * patience {
        if let Polled::Assigned(partitions) = log.poll().unwrap() {
            for partition in &partitions {
                let committed = log.committed(*partition).unwrap();
                log.seek(*partition, &committed).unwrap();
            }
            return partitions;
        }
    }
    panic!("no assignment after {} polls", 10 * patience);
}

/// Polls until nothing came `patience` times in a row, and returns all records.
pub fn read_all<L: Log>(log: &mut L, patience: usize) -> Vec<Raw> {
    let (mut records, mut idle) = (Vec::new(), 0);
    while idle < patience {
        match log.poll().unwrap() {
            Polled::Records(more) => {
                records.extend(more);
                idle = 0;
            }
            _ => idle += 1,
        }
    }
    records
}

/// The committed position of a partition with the turn counted up, and the next offset of the first input moved by `read`.
pub fn next_turn<L: Log>(log: &mut L, partition: Partition, read: &[Raw]) -> (Partition, Position) {
    let mut position = log.committed(partition).unwrap();
    position.turn += 1;
    for raw in read.iter().filter(|raw| raw.partition == partition) {
        for (_, next) in position.next.iter_mut().filter(|(topic, _)| *topic == raw.topic) {
            next.0 = raw.offset.0 + 1;
        }
    }
    (partition, position)
}
