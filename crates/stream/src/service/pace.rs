//! The pace of one worker's time: how far it may pass, and how far the role is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use events::{EventTime, Offset, Partition, PartitionCount, Role, Topic};

use crate::behind::{ASK, Behind, reach};
use crate::progress::{Board, HoldBack, Lane, SOURCE_DELAY, SOURCES, Upstream, Wait, waits};
use crate::{Defect, Exit, Log, Observer, Planted, Position, Stage, State, Tick, Ticks, Worker};

/// How often the board is listened to, ends are asked for and progress is written.
const LISTEN: Duration = ASK;
/// The same where the input drives time: what is a second on the wall's clock may be half an hour of it.
const LISTEN_TO_INPUT: Duration = Duration::from_millis(100);
/// How often it is looked whether an end is reached.
const LOOK: Duration = Duration::from_millis(25);

/// What drives time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The wall's clock, bounded by what upstream has handled.
    Wall,
    /// The times of the input, as ingest tells them: for demos, comparisons and backtests.
    Input,
}

/// The pace of one worker's time.
pub struct Pace {
    clock: Clock,
    partitions: PartitionCount,
    board: Arc<Board>,
    waits: &'static [Wait],
    observer: Arc<dyn Observer>,
    /// For each partition of ours what holds each of the role's waits back, in their order.
    held: BTreeMap<Partition, Vec<HoldBack>>,
    written: BTreeMap<(Lane, Partition), EventTime>,
    listened: Option<Instant>,
    looked: Instant,
    behind: Behind,
    wall: fn() -> EventTime,
    planted: Planted,
}

impl Pace {
    /// The pace of a worker of `role`. What is `planted` is wrong on purpose.
    pub fn new(
        role: Role,
        clock: Clock,
        partitions: PartitionCount,
        board: Arc<Board>,
        observer: Arc<dyn Observer>,
        planted: Planted,
    ) -> Self {
        Self {
            clock,
            partitions,
            board,
            waits: waits(role),
            observer,
            held: BTreeMap::new(),
            written: BTreeMap::new(),
            listened: None,
            looked: Instant::now(),
            behind: Behind::default(),
            wall: wall_clock,
            planted,
        }
    }

    /// How far each partition's time may pass now; time stands still for a role without timers.
    pub fn ticks(&self) -> Ticks {
        let Some((index, wait)) = self.waits.iter().enumerate().find(|(_, wait)| wait.timers) else {
            return Ticks::None;
        };
        let wall = (self.wall)();
        let alone = self.planted.is(Defect::TickAlone);
        let tick = |held: &HoldBack| match self.clock {
            Clock::Wall if alone => Tick::confirmed(wall),
            Clock::Input if alone => Tick::confirmed(self.board.of(SOURCES)),
            Clock::Input if !wait.is_for_nobody() => Tick::confirmed(held.handled_to()),
            Clock::Input | Clock::Wall => held.tick(wall),
        };
        let ticks = self.held.iter().filter_map(|(partition, held)| Some((*partition, tick(held.get(index)?))));
        Ticks::Each(ticks.collect())
    }

    /// Keeps up after a pass, when nothing is in flight: looks what was reached, and now and then listens to the others, asks
    /// where the input ends now, and writes how far this worker is.
    ///
    /// # Errors
    /// As [`Worker::step`].
    pub fn keep<L: Log, S: Stage>(&mut self, worker: &mut Worker<L, S>) -> Result<(), Exit> {
        if self.waits.is_empty() {
            return Ok(());
        }
        self.follow(worker);
        if self.looked.elapsed() >= LOOK {
            self.looked = Instant::now();
            self.look(worker)?;
            self.behind.look(S::ROLE, worker.log_mut(), self.observer.as_ref())?;
        }
        let often = match self.clock {
            Clock::Wall => LISTEN,
            Clock::Input => LISTEN_TO_INPUT,
        };
        if self.listened.is_none_or(|listened| listened.elapsed() >= often) {
            self.listened = Some(Instant::now());
            self.write(worker)?;
            self.listen(worker)?;
            self.tell(S::ROLE);
            let horizon = worker.partitions().filter_map(|ours| worker.state(ours)?.horizon()).min();
            horizon.into_iter().for_each(|horizon| self.observer.remembers(S::ROLE, horizon));
        }
        Ok(())
    }

    /// Begins with partitions that came, forgets those that went.
    fn follow<L: Log, S: Stage>(&mut self, worker: &Worker<L, S>) {
        let ours: Vec<Partition> = worker.partitions().collect();
        if ours.iter().eq(self.held.keys()) {
            return;
        }
        self.held.retain(|partition, _| ours.contains(partition));
        self.written.retain(|(_, partition), _| ours.contains(partition));
        let now = (self.wall)();
        for partition in ours {
            let begin = || self.waits.iter().map(|wait| HoldBack::new(upstreams(wait, self.partitions), now)).collect();
            self.held.entry(partition).or_insert_with(begin);
        }
        // What came is listened to at once.
        self.listened = None;
    }

    /// Takes over what waited for ends that are reached now.
    fn look<L: Log, S: Stage>(&mut self, worker: &mut Worker<L, S>) -> Result<(), Exit> {
        for (partition, held) in &mut self.held {
            let mut reached = Position::default();
            for (wait, held) in self.waits.iter().zip(held) {
                if !held.is_waiting() {
                    continue;
                }
                for topic in wait.inputs {
                    if !reached.next.iter().any(|(known, _)| known == topic) {
                        reached
                            .next
                            .extend(reach(worker.log_mut(), *topic, *partition)?.map(|offset| (*topic, offset)));
                    }
                }
                held.handled(&reached);
            }
        }
        Ok(())
    }

    fn listen<L: Log, S: Stage>(&mut self, worker: &mut Worker<L, S>) -> Result<(), Exit> {
        if self.clock == Clock::Wall {
            self.board.heard(SOURCES, (self.wall)().minus(SOURCE_DELAY));
        }
        for (wait, upstream) in
            self.waits.iter().enumerate().map(|(index, wait)| (index, upstreams(wait, self.partitions)))
        {
            let heard: Vec<(Upstream, EventTime)> =
                upstream.map(|upstream| (upstream, self.board.of(upstream))).collect();
            for held in self.held.values_mut().filter_map(|held| held.get_mut(wait)) {
                heard.iter().for_each(|(upstream, to)| held.heard(*upstream, *to));
            }
        }
        let places: Vec<(Topic, Partition)> =
            self.held.keys().flat_map(|partition| S::INPUTS.iter().map(|topic| (*topic, *partition))).collect();
        let asked = Instant::now();
        let ends = worker.log_mut().high_watermarks(&places)?;
        let ends: BTreeMap<(Topic, Partition), Offset> = places.into_iter().zip(ends).collect();
        for (partition, held) in &mut self.held {
            for (wait, held) in self.waits.iter().zip(held).filter(|(_, held)| held.wants_marks()) {
                let end = |topic: &Topic| Some((*topic, *ends.get(&(*topic, *partition))?));
                held.marks(wait.inputs.iter().filter_map(end).collect());
            }
        }
        self.behind.note(S::ROLE, ends, asked, worker.log_mut(), self.observer.as_ref())
    }

    fn write<L: Log, S: Stage>(&mut self, worker: &mut Worker<L, S>) -> Result<(), Exit> {
        let mut news = BTreeMap::new();
        for (partition, held) in &self.held {
            for (lane, held) in self.waits.iter().zip(held).filter_map(|(wait, held)| Some((wait.lane?, held))) {
                let known = self.written.get(&(lane, *partition)).copied().unwrap_or_default();
                if held.handled_to() > known {
                    news.insert((lane, *partition), held.handled_to());
                }
            }
        }
        worker.write_progress(&news)?;
        self.written.extend(news);
        Ok(())
    }

    fn tell(&self, role: Role) {
        let wall = (self.wall)();
        if let Some(index) = self.waits.iter().position(|wait| wait.timers)
            && self.clock == Clock::Wall
        {
            let held = self.held.values().filter_map(|held| held.get(index));
            self.observer.held_back(role, held.map(|held| held.held_back(wall)).max().unwrap_or_default());
        }
        if let Some(least) = self.written.values().min() {
            self.observer.progressed(role, *least);
        }
    }
}

/// Every partition of what a wait waits for.
fn upstreams(wait: &Wait, partitions: PartitionCount) -> impl Iterator<Item = Upstream> {
    let lanes = wait.upstreams.iter();
    let all = lanes.flat_map(move |(role, lane)| partitions.all().map(move |partition| (*role, *lane, partition)));
    all.chain(wait.sources.then_some(SOURCES))
}

/// The wall's clock.
pub(crate) fn wall_clock() -> EventTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    EventTime::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
