//! Two processes of one role over an embedded log, and all that may happen to them. What a process does is a [`Member`].
//!
//! A schedule is what [`Chooser`] answers: which process goes on by one protocol step (deciding and committing are two), or
//! what else happens. Before each call to the log it may also be that the process dies there, or that it stands still while
//! others act: that is a zombie, when its session is ended meanwhile. What a step within a step does is done before the
//! outer one goes on; apart from that every order comes about.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use events::{Partition, PartitionCount, Role, Span, Topic};
use stream::memory::{Cluster, ClusterConfig};
use stream::{Exit, Log, Planted, Txn, WorkerSettings};
use testkit::{build, toy};

use crate::chooser::Chooser;
use crate::member::Member;
use crate::oracle::Said;
use crate::scene::{Action, Limits, PLACES, Place, Scene};
use crate::steered::{Before, Call, PLANNED, SteeredLog};

/// What both roles read.
pub(crate) const INPUTS: &[Topic] = &[Topic::MentionsRawExpress, Topic::MentionsRaw];

const IDS: [&str; 2] = ["w0", "w1"];
/// Where single markers may be held back: each topic with two partitions.
const WRITTEN: [Topic; PLACES / 2] =
    [Topic::MentionsEnriched, Topic::State(Role::Enrich), Topic::Seen, Topic::Turns(Role::Enrich)];

/// A process with one member.
struct Process<M> {
    id: usize,
    member: M,
}

type Slot<M> = Mutex<Option<Process<M>>>;

/// Two processes, and a third place for one that was replaced and does not know it.
struct World<M: Member> {
    me: Weak<Self>,
    cluster: Cluster,
    keys: [&'static str; 2],
    outside: Arc<M::Outside>,
    settings: WorkerSettings,
    slots: [Slot<M>; 3],
    scene: Mutex<Scene>,
}

/// How a schedule ended.
pub(crate) struct Ending {
    pub(crate) chooser: Chooser,
    /// What went wrong.
    pub(crate) broken: Option<String>,
    /// An action changed nothing: nothing was checked.
    pub(crate) pruned: bool,
    /// What happened, when it was asked for.
    pub(crate) story: Vec<String>,
}

/// Lets one schedule happen and holds what became of it against the oracle.
pub(crate) fn live<M: Member>(planted: Planted, limits: Limits, chooser: Chooser, tell: bool) -> Ending {
    let world = World::<M>::new(planted, limits, chooser, tell);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        world.begin();
        world.act(false);
        if !world.ended() {
            world.come_to_rest();
        }
        if !world.ended() {
            let checked = M::check(&world.outside, &world.cluster, &world.scene().said);
            world.scene().broken = checked.err();
        }
    }));
    let mut scene = world.scene();
    if panicked.is_err() {
        scene.broken.get_or_insert("a process panics".to_owned());
    }
    let chooser = std::mem::replace(&mut scene.chooser, Chooser::told(Vec::new()));
    let (broken, story) = (scene.broken.take(), scene.story.take().unwrap_or_default());
    Ending { chooser, broken, pruned: scene.pruned, story }
}

impl<M: Member> World<M> {
    fn new(planted: Planted, limits: Limits, chooser: Chooser, tell: bool) -> Arc<Self> {
        let partitions = PartitionCount::new(2).expect("two is positive");
        let cluster = Cluster::new(ClusterConfig { partitions, planted, ..ClusterConfig::default() });
        let keys = [0, 1].map(|number| {
            let mut names = ["a", "b", "c", "d", "e", "f"].into_iter();
            let lies_there = |name: &&str| partitions.partition(name.as_bytes()) == Partition(number);
            names.find(lies_there).expect("one of them lies there")
        });
        let settings = WorkerSettings {
            dead_letter_limit: None,
            planted,
            ..WorkerSettings::new(partitions, build::book_version())
        };
        let scene = Scene::new(chooser, limits, tell);
        Arc::new_cyclic(|me| Self {
            me: me.clone(),
            cluster,
            keys,
            outside: Arc::default(),
            settings,
            slots: [const { Mutex::new(None) }; 3],
            scene: Mutex::new(scene),
        })
    }

    fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().expect("nobody panicked over it")
    }

    /// Nothing more is to be found out.
    fn ended(&self) -> bool {
        let scene = self.scene();
        scene.broken.is_some() || scene.pruned
    }

    /// Two notes lie there. The two processes have just started; or they have worked, and two more notes lie there; or they
    /// have decided about these too.
    fn begin(&self) {
        (0..2).for_each(|process| self.start(process));
        let age = self.scene().chooser.choose(&[3, 3, 1]);
        (0..2).for_each(|key| self.say(key, false));
        // Assigned by the first step; what the second one decides is committed by the third.
        let rounds = [3, 4, 0][age];
        for round in 0..rounds {
            if round == 3 {
                (0..2).for_each(|key| self.say(key, false));
            }
            for process in 0..2 {
                self.advance(process);
            }
        }
        if age == 0 {
            (0..2).for_each(|key| self.say(key, false));
        }
        self.scene().open = true;
    }

    /// Lets things happen until it is enough: in all, or within the step of a process that stands still.
    fn act(&self, within: bool) {
        loop {
            let action = self.choose(within);
            if action == Action::Enough {
                return;
            }
            self.tell(|| format!("{}{action:?}", if within { "  meanwhile " } else { "" }));
            if !self.happen(action) && self.scene().left.prune {
                self.scene().pruned = true;
            }
            if self.ended() {
                self.scene().open = false;
                return;
            }
        }
    }

    /// A process is about to call its log; whether it dies here.
    fn reached(&self, call: Call) -> bool {
        let happens = {
            let mut scene = self.scene();
            if !scene.open {
                return false;
            }
            let left = scene.left;
            let may_pause = left.pauses > 0 && left.actions > 0;
            let happens = scene.chooser.choose(&[60, u32::from(left.faults > 0), 2 * u32::from(may_pause)]);
            match happens {
                1 => scene.left.faults -= 1,
                2 => scene.left.pauses -= 1,
                _ => {}
            }
            happens
        };
        match happens {
            1 => self.tell(|| format!("  dies before {call:?}")),
            2 => {
                self.tell(|| format!("  stands still before {call:?}"));
                self.act(true);
                self.tell(|| "  goes on".to_owned());
            }
            _ => {}
        }
        happens == 1
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        if let Some(story) = &mut self.scene().story {
            story.push(what());
        }
    }

    fn choose(&self, within: bool) -> Action {
        let places = self.slots.each_ref().map(|slot| match slot.try_lock().as_deref() {
            Ok(Some(process)) => Place::Runs { decided: process.member.has_decided() },
            Ok(None) => Place::Empty,
            Err(_) => Place::StandsStill,
        });
        self.scene().choose(places, within)
    }

    /// Whether it changed anything.
    fn happen(&self, action: Action) -> bool {
        match action {
            Action::Enough => return false,
            Action::Advance(slot) => return self.advance(slot),
            Action::Tell(slot) => self.write_progress(slot),
            Action::Say { key, express } => {
                self.scene().left.notes -= 1;
                self.say(key, express);
            }
            Action::Repeat { first } => {
                self.scene().left.repeats -= 1;
                let said = self.scene().said.clone();
                if let Some(said) = if first { said.first() } else { said.last() } {
                    self.append(said, false);
                }
            }
            Action::SayOpen { key } => self.say_open(key),
            Action::Wait => {
                let mut scene = self.scene();
                scene.left.waits -= 1;
                scene.now = scene.now.plus(Span::seconds(45));
            }
            Action::Start(slot) => self.start(slot),
            Action::Expel(id) => {
                let mut scene = self.scene();
                scene.dead[id] = scene.dead[id].saturating_sub(1);
                return self.cluster.expel(IDS[id]);
            }
            Action::Kill(slot) => {
                let killed = self.slot(slot).take();
                if let Some(mut process) = killed {
                    process.member.log_mut().die();
                    self.scene().dead[process.id] += 1;
                }
            }
            Action::Leave(slot) => *self.slot(slot) = None,
            Action::Replace(slot) => {
                *self.slot(2) = self.slot(slot).take();
                self.start(slot);
            }
            Action::Hold => self.hold(true),
            Action::Release(place) => return self.release(WRITTEN[place / 2], Partition((place % 2) as i32)) > 0,
            Action::ReleaseAll => self.hold(false),
            Action::TimeOut => return self.cluster.time_out_transactions() > 0,
            Action::Fail => M::fail_once(&self.outside),
        }
        true
    }

    fn slot(&self, slot: usize) -> MutexGuard<'_, Option<Process<M>>> {
        self.slots[slot].lock().expect("nobody panicked over it")
    }

    fn start(&self, id: usize) {
        let member = self.cluster.join(M::ROLE.name(), IDS[id], INPUTS);
        let world = self.me.clone();
        let before: Before = Arc::new(move |call| world.upgrade().is_some_and(|world| world.reached(call)));
        let log = SteeredLog::new(member, Arc::clone(&before));
        let member = M::new(log, before, &self.outside, self.settings.clone());
        *self.slot(id) = Some(Process { id, member });
    }

    fn say(&self, key: usize, express: bool) {
        let said = {
            let mut scene = self.scene();
            let count = scene.said.len();
            let at = build::AT.plus(Span::seconds(count as i64));
            scene.said.push(Said { key: self.keys[key], text: format!("n{count}"), at });
            scene.said[count].clone()
        };
        self.append(&said, express);
    }

    fn say_open(&self, key: usize) {
        self.scene().left.aborted -= 1;
        let note = toy::note(self.settings.partitions, Topic::MentionsRaw, self.keys[key], "unsaid", build::AT);
        let mut upstream = self.cluster.join("upstream", "upstream", &[]);
        let mut txn = upstream.begin().expect("nobody else has this id");
        txn.send(note).expect("a partition of the log");
        txn.abandon();
        upstream.kill();
    }

    fn append(&self, Said { key, text, at }: &Said, express: bool) {
        let topic = if express { Topic::MentionsRawExpress } else { Topic::MentionsRaw };
        let note = toy::note(self.settings.partitions, topic, key, text, *at);
        self.cluster.append(note).expect("a partition of the log");
    }

    /// A process goes on by a step. Whether that may have changed anything.
    fn advance(&self, slot: usize) -> bool {
        let now = self.scene().now;
        let mut place = self.slot(slot);
        let Some(process) = place.as_mut() else { return false };
        let before = process.member.log_mut().effects;
        let outcome = process.member.advance(now);
        let changed = process.member.log_mut().effects > before || process.member.has_decided();
        let id = process.id;
        if outcome.is_err_and(|exit| self.ends(slot, id, &exit)) {
            *place = None;
            return true;
        }
        changed
    }

    fn write_progress(&self, slot: usize) {
        let now = self.scene().now;
        let mut place = self.slot(slot);
        let Some(process) = place.as_mut() else { return };
        let (id, outcome) = (process.id, process.member.tell(now));
        if outcome.is_err_and(|exit| self.ends(slot, id, &exit)) {
            *place = None;
        }
    }

    /// Whether this ends the process; what should not have come about is noted.
    fn ends(&self, slot: usize, id: usize, exit: &Exit) -> bool {
        self.tell(|| format!("  {exit}"));
        match exit {
            Exit::Retry(_) | Exit::Fenced(_) => return false,
            Exit::Fatal(why) if why == PLANNED => self.scene().dead[id] += 1,
            // The older of two with one id.
            Exit::Replaced(_) if slot == 2 => {}
            Exit::Replaced(_) | Exit::Refused(_) | Exit::Fatal(_) => {
                self.scene().broken.get_or_insert(format!("{} ends: {exit}", IDS[id]));
            }
        }
        true
    }

    fn hold(&self, hold: bool) {
        self.scene().holding = hold;
        self.cluster.hold_markers(hold);
        if !hold {
            for topic in WRITTEN.into_iter().chain([Topic::Calls, Topic::Progress]) {
                for partition in self.settings.partitions.all() {
                    self.release(topic, partition);
                }
            }
        }
    }

    fn release(&self, topic: Topic, partition: Partition) -> usize {
        self.cluster.release_markers(topic, partition).expect("a partition of the log")
    }

    /// All faults are over. Whoever lives goes on from what he remembers, as a member that was away for a moment, until nothing
    /// is left to do; then both start anew, and find nothing left to do.
    fn come_to_rest(&self) {
        self.scene().open = false;
        self.tell(|| "comes to rest".to_owned());
        self.hold(false);
        M::recover(&self.outside);
        *self.slot(2) = None;
        IDS.iter().for_each(|id| while self.cluster.expel(id) {});
        self.cluster.time_out_transactions();
        for id in 0..2 {
            if self.slot(id).is_none() {
                self.start(id);
            }
        }
        {
            let mut scene = self.scene();
            scene.now = scene.now.plus(Span::minutes(5));
        }
        self.drain();
        if self.ended() {
            return;
        }
        self.tell(|| "starts anew".to_owned());
        for id in 0..2 {
            *self.slot(id) = None;
            self.start(id);
        }
        self.drain();
    }

    fn drain(&self) {
        let mut quiet = 0;
        for _ in 0..200 {
            let changed = [0, 1].map(|process| self.advance(process)).contains(&true);
            quiet = if changed { 0 } else { quiet + 1 };
            if quiet == 2 || self.ended() {
                return;
            }
        }
        self.scene().broken = Some("it never comes to rest".to_owned());
    }
}
