//! Whatever two workers of a group go through, in whatever order: no note is lost, none counts twice, each timer fires once.

// A step that cannot be taken ends the test where it failed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use events::{Role, Span, Topic};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use stream::Defect;
use stream::memory::ClusterConfig;
use stream::{Exit, Silent, Stage, Tick, Worker, WorkerSettings};
use testkit::contract::Harness;
use testkit::crash::{CrashPlan, CrashingLog};
use testkit::embedded::Embedded;
use testkit::toy::{self, Count};
use testkit::{build, drive};

/// Something that happens to the log or to one of two workers.
#[derive(Debug, Clone)]
enum Event {
    /// A note is appended under one of six keys, on either lane.
    Say { key: u8, express: bool },
    /// A worker makes a pass; with a tick so many seconds on, if any.
    Step { worker: usize, seconds: Option<u8> },
    /// A worker's next batches fail for a moment.
    Fail { batches: u32 },
    /// A worker decides, and its session runs out before it commits.
    Stop { worker: usize },
    /// A session runs out between two passes.
    Expel { worker: usize },
    /// A worker crashes within the next steps, and starts again when its session is over.
    Crash { worker: usize, steps: usize },
    /// A worker shuts down and starts again.
    Restart { worker: usize },
    /// A second process takes the worker's transactional id while the first still runs.
    Replace { worker: usize },
    /// Committed transactions stay unseen, or all become visible.
    Hold(bool),
    /// The transaction timeout passes.
    TimeOut,
}

fn event() -> impl Strategy<Value = Event> {
    let worker = || 0..2_usize;
    prop_oneof![
        6 => (0..6_u8, any::<bool>()).prop_map(|(key, express)| Event::Say { key, express }),
        10 => (worker(), proptest::option::of(0..120_u8)).prop_map(|(worker, seconds)| Event::Step { worker, seconds }),
        1 => (1..3_u32).prop_map(|batches| Event::Fail { batches }),
        2 => worker().prop_map(|worker| Event::Stop { worker }),
        1 => worker().prop_map(|worker| Event::Expel { worker }),
        2 => (worker(), 0..40_usize).prop_map(|(worker, steps)| Event::Crash { worker, steps }),
        1 => worker().prop_map(|worker| Event::Restart { worker }),
        1 => worker().prop_map(|worker| Event::Replace { worker }),
        1 => any::<bool>().prop_map(Event::Hold),
        1 => Just(Event::TimeOut),
    ]
}

type Counting = Worker<CrashingLog, Count>;

/// Two workers, and what was said.
struct World {
    embedded: Embedded,
    faults: Arc<AtomicU32>,
    plans: [CrashPlan; 2],
    workers: [Option<Counting>; 2],
    said: BTreeMap<String, Vec<String>>,
}

fn id(worker: usize) -> &'static str {
    ["w0", "w1"][worker]
}

fn tick(seconds: u8) -> Option<Tick> {
    Some(Tick::confirmed(build::AT.plus(Span::seconds(seconds.into()))))
}

impl World {
    fn new(config: ClusterConfig) -> Self {
        let (embedded, faults) = (Embedded::with(config), Arc::default());
        let (plans, said) = (Default::default(), BTreeMap::new());
        let mut world = Self { embedded, faults, plans, workers: [None, None], said };
        (0..2).for_each(|worker| world.start(worker));
        world
    }

    fn start(&mut self, worker: usize) {
        let mut settings = WorkerSettings::new(self.embedded.partitions(), build::book_version());
        settings.dead_letter_limit = None;
        let member = self.embedded.join(Role::Enrich.name(), id(worker), Count::INPUTS);
        self.plans[worker] = CrashPlan::default();
        let log = CrashingLog::new(member, &self.plans[worker]);
        let stage = Arc::new(Count::failing(&self.faults));
        self.workers[worker] = Some(Worker::new(log, stage, settings, Arc::new(Silent)));
    }

    /// What the worker's pass ended with: a crash starts it again once its session is over.
    fn ended(&mut self, worker: usize, exit: Exit) {
        match exit {
            Exit::Retry(_) | Exit::Fenced(_) => {}
            Exit::Fatal(why) if why == "crashed as planned" => {
                self.workers[worker] = None;
                self.embedded.cluster.expel(id(worker));
                self.start(worker);
            }
            Exit::Replaced(_) | Exit::Refused(_) | Exit::Fatal(_) => panic!("worker {worker}: {exit}"),
        }
    }

    fn step(&mut self, worker: usize, tick: Option<Tick>) -> usize {
        let stepped = self.workers[worker].as_mut().unwrap().step(tick);
        stepped.unwrap_or_else(|exit| {
            self.ended(worker, exit);
            0
        })
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Say { key, express } => {
                let said = self.said.entry(format!("key {key}")).or_default();
                said.push(format!("note {}", said.len()));
                let topic = if express { Topic::MentionsRawExpress } else { Topic::MentionsRaw };
                self.embedded.say(topic, &format!("key {key}"), said.last().unwrap());
            }
            Event::Step { worker, seconds } => {
                self.step(worker, seconds.and_then(tick));
            }
            Event::Fail { batches } => self.faults.store(batches, Ordering::SeqCst),
            Event::Stop { worker } => {
                let prepared = match self.workers[worker].as_mut().unwrap().prepare(tick(90)) {
                    Ok(prepared) => prepared,
                    Err(exit) => return self.ended(worker, exit),
                };
                let (turns, expelled) = (prepared.len(), self.embedded.cluster.expel(id(worker)));
                match self.workers[worker].as_mut().unwrap().commit(prepared) {
                    Ok(()) => assert!(turns == 0 || !expelled, "a zombie committed {turns} turns"),
                    Err(exit) => self.ended(worker, exit),
                }
            }
            Event::Expel { worker } => {
                self.embedded.cluster.expel(id(worker));
            }
            Event::Crash { worker, steps } => self.plans[worker].crash_after(steps),
            Event::Restart { worker } => {
                self.workers[worker] = None;
                self.start(worker);
            }
            Event::Replace { worker } => {
                let mut older = self.workers[worker].take().unwrap();
                self.start(worker);
                self.step(worker, None);
                let stepped = older.step(tick(90));
                assert!(!matches!(stepped, Ok(turns) if turns > 0), "the older of two committed");
                if matches!(stepped, Err(Exit::Fatal(_))) {
                    // It crashed as planned before, so it did not leave the group.
                    drop(older);
                    self.embedded.cluster.expel(id(worker));
                }
            }
            Event::Hold(hold) => {
                self.embedded.cluster.hold_markers(hold);
                if !hold {
                    self.release_all();
                }
            }
            Event::TimeOut => self.embedded.time_out_transactions(),
        }
    }

    fn release_all(&self) {
        let own = [Topic::State(Role::Enrich), Topic::Turns(Role::Enrich)];
        for topic in Topic::PUBLIC.into_iter().chain(own) {
            for partition in self.embedded.partitions().all() {
                self.embedded.release_markers(topic, partition);
            }
        }
    }

    /// All faults are over: both workers go on until nothing is left to do.
    fn come_to_rest(&mut self) {
        self.embedded.cluster.hold_markers(false);
        self.release_all();
        self.faults.store(0, Ordering::SeqCst);
        for worker in 0..2 {
            self.workers[worker] = None;
            self.start(worker);
        }
        self.embedded.time_out_transactions();
        let mut idle = 0;
        while idle < 6 {
            let turns: usize = (0..2).map(|worker| self.step(worker, tick(250))).sum();
            idle = if turns > 0 { 0 } else { idle + 1 };
        }
    }

    fn check(&self) {
        for (key, said) in &self.said {
            let written = self.embedded.texts_of(Topic::MentionsEnriched, key);
            let mut notes = Vec::new();
            for (i, text) in written.iter().enumerate() {
                let (note, number) = text.split_once('#').unwrap();
                assert_eq!(number, (i + 1).to_string(), "the numbers of `{key}`: {written:?}");
                notes.push(note.to_owned());
            }
            let mut expected = said.clone();
            notes.sort();
            expected.sort();
            assert_eq!(notes, expected, "the notes of `{key}`");
            assert_eq!(self.embedded.texts_of(Topic::Calls, key).len(), 1, "the timer of `{key}`");
        }
        let all: usize = self.said.values().map(Vec::len).sum();
        assert_eq!(self.embedded.read(Topic::MentionsEnriched).len(), all);
    }
}

/// Lets a schedule happen and checks what became of it.
fn live_through(events: Vec<Event>, config: ClusterConfig) {
    let mut world = World::new(config);
    events.into_iter().for_each(|event| world.happen(event));
    world.come_to_rest();
    world.check();
}

fn schedules() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(event(), 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_schedule_of_faults_loses_or_doubles_a_note(events in schedules()) {
        live_through(events, ClusterConfig::default());
    }
}

/// The control: on a log that breaks a rule some schedule loses or doubles something.
#[test]
fn schedules_on_a_log_that_breaks_its_rules_are_noticed() {
    for defect in [Defect::ShowAborted, Defect::ForgetFencing] {
        let config = ClusterConfig { planted: defect.into(), ..ClusterConfig::default() };
        let quick =
            ProptestConfig { cases: 200, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() };
        let outcome = TestRunner::new(quick).run(&schedules(), |events| {
            live_through(events, config);
            Ok(())
        });
        assert!(outcome.is_err(), "{defect:?}");
    }
}

/// The schedules above do reach what they are about: with the calm ones only, notes pass and timers fire.
#[test]
fn a_calm_schedule_passes_every_note() {
    let mut world = World::new(ClusterConfig::default());
    for key in 0..6 {
        world.happen(Event::Say { key, express: key == 5 });
        world.happen(Event::Step { worker: usize::from(key % 2), seconds: Some(key) });
    }
    world.come_to_rest();
    world.check();
    assert_eq!(world.embedded.read(Topic::MentionsEnriched).len(), 6);
    let first = world.embedded.read(Topic::Calls);
    assert_eq!(first.iter().map(toy::text).collect::<Vec<_>>(), vec!["due#1"; 6]);
    drive::drain(world.workers[0].as_mut().unwrap(), None, 3).unwrap();
}
