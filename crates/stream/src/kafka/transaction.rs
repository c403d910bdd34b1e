//! An open transaction, and what becomes of one that fails.
//!
//! A clean abort leaves the worker where it was: [`Exit::Retry`], or [`Exit::Fenced`] when the group gave the partition to
//! another. Whenever the producer is of no more use, the partitions are given out again: the outcome may be unknown, and
//! only the committed offsets tell it.

use std::time::Instant;

use events::Partition;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{CommitMode, Consumer, ConsumerGroupMetadata};

use super::log::KafkaLog;
use super::producer::{Failure, Left, Useless};
use super::{native, offsets};
use crate::{Defect, Exit, Outgoing, Position, Txn};

/// An open transaction of a [`KafkaLog`]. Dropped without commit it is aborted.
pub struct KafkaTxn<'a> {
    log: &'a mut KafkaLog,
    begun: Instant,
    /// Neither committed nor aborted yet.
    open: bool,
}

impl<'a> KafkaTxn<'a> {
    pub(super) fn begin(log: &'a mut KafkaLog) -> Result<Self, Exit> {
        if let Some(replaced) = &log.replaced {
            return Err(replaced.clone());
        }
        let begun = Instant::now();
        match log.producer()?.begin() {
            Ok(()) => Ok(Self { log, begun, open: true }),
            Err(failure) => Err(log.failed(failure, begun)),
        }
    }

    fn give_up(&mut self, failure: Failure) -> Exit {
        self.open = false;
        self.log.failed(failure, self.begun)
    }
}

impl Txn for KafkaTxn<'_> {
    fn send(&mut self, record: Outgoing) -> Result<(), Exit> {
        if !self.open {
            return Err(failed_before());
        }
        let name = self.log.name(record.topic).to_owned();
        let begun = self.begun;
        match self.log.producer()?.send(&name, &record, begun) {
            Ok(()) => Ok(()),
            Err(failure) => Err(self.give_up(failure)),
        }
    }

    fn commit(mut self, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        if !self.open {
            return Err(failed_before());
        }
        // On an error `self` is dropped after this, which aborts.
        let offsets = self.log.offsets(positions)?;
        let begun = self.begun;
        match self.log.producer()?.commit(offsets, begun) {
            Ok(()) => {
                self.open = false;
                Ok(())
            }
            Err(failure) => Err(self.give_up(failure)),
        }
    }
}

fn failed_before() -> Exit {
    Exit::Retry("the transaction has failed before".to_owned())
}

impl Drop for KafkaTxn<'_> {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let Some(producer) = &self.log.producer else { return };
        if let Err(useless) = producer.abort() {
            // The next call of the worker meets what this leaves behind.
            let exit = self.log.useless(useless, self.begun);
            tracing::warn!(%exit, "a transaction could not be aborted");
        }
    }
}

impl KafkaLog {
    /// Ends a transaction that failed; what the worker must do.
    fn failed(&mut self, failure: Failure, begun: Instant) -> Exit {
        let cause = match failure {
            Failure::Abort(cause) => cause,
            Failure::Useless(useless) => return self.useless(useless, begun),
        };
        let Some(producer) = &self.producer else {
            return Exit::Retry("the producer is gone".to_owned());
        };
        let aborted = producer.abort();
        let exit = producer.exit(cause);
        match aborted {
            // A broker refuses to end a transaction to which it has let nothing be added: what it refused before is what counts.
            Err(_) if matches!(exit, Exit::Fatal(_)) => return exit,
            Err(useless) if useless.left != Left::Open => return self.useless(useless, begun),
            // Nothing is committed, so the worker goes on from what it remembers, by another producer.
            Err(_) => self.producer = None,
            Ok(()) => {}
        }
        if matches!(exit, Exit::Fenced(_)) {
            self.suspend();
        }
        exit
    }

    /// Throws the producer away, and gives out again what may be committed.
    fn useless(&mut self, useless: Useless, begun: Instant) -> Exit {
        self.producer = None;
        let left = useless.left;
        let exit = useless.exit(self.transactional_id(), begun.elapsed(), &self.settings);
        match &exit {
            Exit::Replaced(_) => self.replaced = Some(exit.clone()),
            _ if left == Left::Open => {}
            _ => self.give_out_again(),
        }
        exit
    }

    /// The group no longer counts this member in: nothing more is handed out until it says what is ours.
    fn suspend(&mut self) {
        self.owned.clear();
        self.announced.clear();
    }

    /// The offsets of a commit with the group's metadata of this moment; `None` when there are none to commit.
    fn offsets(
        &mut self,
        positions: &[(Partition, Position)],
    ) -> Result<Option<(TopicPartitionList, ConsumerGroupMetadata)>, Exit> {
        if positions.is_empty() {
            return Ok(None);
        }
        let unfit = |error: rdkafka::error::KafkaError| Exit::Fatal(format!("an offset cannot be committed: {error}"));
        let offsets = offsets::to_commit(&self.settings, positions).map_err(unfit)?;
        let planted = self.settings.planted;
        if planted.is(Defect::OffsetsApart) {
            let failed = |error: rdkafka::error::KafkaError| Exit::Fenced(error.to_string());
            self.consumer.commit(&offsets, CommitMode::Sync).map_err(failed)?;
            return Ok(None);
        }
        if planted.is(Defect::ForgetFencing) || planted.is(Defect::ReadUncommitted) {
            // The metadata of a consumer that has not joined: the group checks nothing.
            return Ok(self.tables.metadata()?.map(|metadata| (offsets, metadata)));
        }
        Ok(Some((offsets, self.check_member(positions)?)))
    }

    fn check_member(&mut self, positions: &[(Partition, Position)]) -> Result<ConsumerGroupMetadata, Exit> {
        let metadata = self.consumer.group_metadata();
        // Asked after it was fetched: a member that is gone does not come back without a poll.
        let lost = positions.iter().find(|(partition, _)| !self.owned.contains_key(partition));
        match metadata.filter(|_| lost.is_none() && native::is_member(&self.consumer)) {
            Some(metadata) => Ok(metadata),
            None => {
                self.suspend();
                let group = &self.group;
                Err(Exit::Fenced(format!("`{}` is no member of group `{group}` any more", self.transactional_id())))
            }
        }
    }
}
