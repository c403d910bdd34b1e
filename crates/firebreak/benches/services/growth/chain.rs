//! Ingest, enrich and classify on the embedded log, one after the other in this thread.

use std::sync::Arc;

use ::book::Book;
use anyhow::ensure;
use bytes::Bytes;
use classify::Classify;
use enrich::Enrich;
use events::{EventTime, Partition, PartitionCount, Topic};
use ingest::Ingest;
use stream::memory::{Cluster, ClusterConfig, Member};
use stream::{Outgoing, Silent, Stage, Tick, Worker, WorkerSettings};

use crate::{input, process};

/// Lines that all stages go through before the next ones.
const BATCH: usize = 1_000;

/// Microseconds of processor time that a line takes in each stage; the first batch pays for what is built once and is left out.
///
/// # Errors
/// A stage refuses what it gets.
pub(super) fn run(book: &Arc<Book>, partitions: PartitionCount, lines: &[Vec<u8>]) -> anyhow::Result<[f64; 3]> {
    let cluster = Cluster::new(ClusterConfig { partitions, ..ClusterConfig::default() });
    let settings = WorkerSettings { dead_letter_limit: None, ..WorkerSettings::new(partitions, book.version.clone()) };
    let mut ingest = worker(&cluster, &settings, Ingest::new(Arc::clone(book)))?;
    let mut enrich = worker(&cluster, &settings, Enrich::new(Arc::clone(book))?)?;
    let mut classify = worker(&cluster, &settings, Classify::new(Arc::clone(book))?)?;
    let (mut took, now) = ([0.0; 3], input::now());
    for (number, batch) in lines.chunks(BATCH).enumerate() {
        for (place, line) in batch.iter().enumerate() {
            cluster.append(Outgoing {
                topic: Topic::Input,
                partition: Partition(0),
                timestamp: now,
                key: Some(Bytes::from(format!("crisis:{number}-{place}"))),
                value: Some(Bytes::copy_from_slice(line)),
                headers: Vec::new(),
            })?;
        }
        let each = [drain(&mut ingest, now)?, drain(&mut enrich, now)?, drain(&mut classify, now)?];
        if number > 0 {
            took.iter_mut().zip(each).for_each(|(sum, each)| *sum += each);
        }
    }
    let lines = lines.len().saturating_sub(BATCH).max(1) as f64;
    Ok(took.map(|seconds| seconds * 1e6 / lines))
}

/// The only worker of a stage, with all partitions.
fn worker<S: Stage>(cluster: &Cluster, settings: &WorkerSettings, stage: S) -> anyhow::Result<Worker<Member, S>> {
    let member = cluster.join(S::ROLE.name(), S::ROLE.name(), S::INPUTS);
    let mut worker = Worker::new(member, Arc::new(stage), settings.clone(), Arc::new(Silent));
    for _ in 0..3 {
        worker.step(None)?;
    }
    ensure!(worker.is_assigned() && worker.restored(), "`{}` holds no partitions", S::ROLE);
    Ok(worker)
}

/// Until nothing is left; seconds of processor time.
fn drain<S: Stage>(worker: &mut Worker<Member, S>, now: EventTime) -> anyhow::Result<f64> {
    let own = std::process::id();
    let before = process::processor_time(own)?;
    while worker.step(Some(Tick::confirmed(now)))? > 0 {}
    Ok((process::processor_time(own)?.saturating_sub(before)).as_secs_f64())
}
