//! A member whose every call is a place where something else may happen first: its process dies there, or others act.
//!
//! One place before each call is enough. Between two calls a worker touches nothing but itself, so what happens after a call
//! happens before the next one; and what it holds when it dies is gone.

use std::sync::Arc;

use events::{Offset, Partition, Topic};
use stream::memory::{Member, MemberTxn};
use stream::{Exit, Log, Outgoing, Polled, Position, Raw, Txn};

pub(crate) const PLANNED: &str = "dies as planned";

/// A call to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Poll,
    Committed,
    Seek,
    ReadTable,
    Begin,
    Send,
    SendOffsets,
    Commit,
}

/// What happens before a call; whether the process dies there.
pub(crate) type Before = Arc<dyn Fn(Call) -> bool + Send + Sync>;

/// A member of the model.
pub(crate) struct SteeredLog {
    member: Option<Member>,
    before: Before,
    dead: bool,
    /// Calls so far that may have changed something: all but a poll that brought nothing.
    pub(crate) effects: u64,
}

impl SteeredLog {
    pub(crate) fn new(member: Member, before: Before) -> Self {
        Self { member: Some(member), before, dead: false, effects: 0 }
    }

    /// The process is killed between two calls.
    pub(crate) fn die(&mut self) {
        self.dead = true;
    }

    fn call<T>(&mut self, call: Call, act: impl FnOnce(&mut Member) -> Result<T, Exit>) -> Result<T, Exit> {
        reach(&self.before, &mut self.dead, call)?;
        self.effects += 1;
        act(self.member.as_mut().ok_or_else(gone)?)
    }

    /// A question on which nothing but figures depends: no place.
    fn ask<T>(&mut self, act: impl FnOnce(&mut Member) -> Result<T, Exit>) -> Result<T, Exit> {
        if self.dead { Err(gone()) } else { act(self.member.as_mut().ok_or_else(gone)?) }
    }
}

fn gone() -> Exit {
    Exit::Fatal(PLANNED.into())
}

fn reach(before: &Before, dead: &mut bool, call: Call) -> Result<(), Exit> {
    *dead = *dead || before(call);
    if *dead { Err(gone()) } else { Ok(()) }
}

impl Drop for SteeredLog {
    fn drop(&mut self) {
        if let (true, Some(member)) = (self.dead, self.member.take()) {
            member.kill();
        }
    }
}

impl Log for SteeredLog {
    type Txn<'a> = SteeredTxn<'a>;

    fn poll(&mut self) -> Result<Polled, Exit> {
        let polled = self.call(Call::Poll, Member::poll);
        if matches!(polled, Ok(Polled::Idle)) {
            self.effects -= 1;
        }
        polled
    }

    fn begin(&mut self) -> Result<SteeredTxn<'_>, Exit> {
        reach(&self.before, &mut self.dead, Call::Begin)?;
        self.effects += 1;
        let txn = self.member.as_mut().ok_or_else(gone)?.begin()?;
        Ok(SteeredTxn { inner: Some(txn), before: &self.before, dead: &mut self.dead })
    }

    fn committed(&mut self, partition: Partition) -> Result<Position, Exit> {
        self.call(Call::Committed, |member| member.committed(partition))
    }

    fn seek(&mut self, partition: Partition, position: &Position) -> Result<(), Exit> {
        self.call(Call::Seek, |member| member.seek(partition, position))
    }

    fn hold(&mut self, partition: Partition) -> Result<(), Exit> {
        self.call(Call::Seek, |member| member.hold(partition))
    }

    fn read_table(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        self.call(Call::ReadTable, |member| member.read_table(topic, partition, each))
    }

    fn high_watermarks(&mut self, places: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit> {
        self.ask(|member| member.high_watermarks(places))
    }

    fn reached(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit> {
        self.ask(|member| member.reached(topic, partition))
    }
}

/// A transaction of a [`SteeredLog`].
pub(crate) struct SteeredTxn<'a> {
    inner: Option<MemberTxn<'a>>,
    before: &'a Before,
    dead: &'a mut bool,
}

impl<'a> SteeredTxn<'a> {
    /// The open transaction, unless its process dies here: then it stays open.
    fn open(&mut self, call: Call) -> Result<MemberTxn<'a>, Exit> {
        let txn = self.inner.take().ok_or_else(gone)?;
        match reach(self.before, self.dead, call) {
            Ok(()) => Ok(txn),
            Err(exit) => {
                txn.abandon();
                Err(exit)
            }
        }
    }
}

impl Txn for SteeredTxn<'_> {
    fn send(&mut self, record: Outgoing) -> Result<(), Exit> {
        self.send_all(vec![record])
    }

    /// One place for all: that of a crash between two records of a transaction is visited elsewhere.
    fn send_all(&mut self, records: Vec<Outgoing>) -> Result<(), Exit> {
        let mut txn = self.open(Call::Send)?;
        let sent = txn.send_all(records);
        self.inner = Some(txn);
        sent
    }

    fn commit(mut self, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        let mut txn = self.open(Call::SendOffsets)?;
        let sent = txn.send_offsets(positions);
        self.inner = Some(txn);
        sent?;
        self.open(Call::Commit)?.end()
    }
}
