//! Does what the plan says, and mends it: one thread that owns the fleet.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;
use firebreak::demo::scrape::Scraper;
use rustix::process::Signal;
use stream::service::Stop;
use testkit::kafka::{Broker, Deed};
use testkit::postgres::Postgres;

use crate::feed::Told;
use crate::fleet::{Ended, STAGES, Setting, Slot};
use crate::plan::{Fault, HOLD, plan};
use crate::proxy::{Befalls, Proxies};
use crate::recovery::Recoveries;

/// Between two looks at the fleet.
const LOOK: Duration = Duration::from_millis(20);
/// Processes of a stage at rest.
const AT_REST: usize = 2;
/// How long all may take to end at the end.
const END: Duration = Duration::from_secs(25);

/// What a fault needs to be over.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mend {
    Continue(String),
    Release(&'static str),
    Broker(usize, bool),
    Network(Befalls),
}

/// What may be hurt.
pub(crate) struct World<'a> {
    /// Three.
    pub(crate) brokers: &'a Broker,
    /// One.
    pub(crate) postgres: &'a Postgres,
    /// Between stages and brokers.
    pub(crate) proxies: &'a Proxies,
    /// How stages are started.
    pub(crate) setting: &'a Setting,
    /// Where mentions are taken: an address for each process of ingest at rest.
    pub(crate) webhooks: &'a [String; AT_REST],
    /// Who judges what a process says when it ends.
    pub(crate) told: Sender<Told>,
    /// Who measures how long recovery takes.
    pub(crate) recoveries: Arc<Recoveries>,
}

/// The fleet and what is done to it.
pub(crate) struct Nemesis<'a> {
    world: World<'a>,
    slots: Vec<Slot>,
    /// Faults by kind.
    pub(crate) done: BTreeMap<&'static str, usize>,
    /// Processes that ended without being asked to, and how.
    pub(crate) fallen: Vec<Ended>,
    /// Instances that were started under a new name.
    renamed: usize,
    to_mend: BinaryHeap<Reverse<(Instant, Mend)>>,
    /// What is not over yet, and when it is.
    under_way: Vec<(Instant, Fault)>,
    begun: Instant,
}

impl<'a> Nemesis<'a> {
    /// Starts the fleet at rest.
    pub(crate) fn new(world: World<'a>) -> anyhow::Result<Self> {
        let mut slots = Vec::new();
        for stage in STAGES {
            for (which, webhook) in world.webhooks.iter().enumerate() {
                let webhook = (stage == "ingest").then(|| webhook.clone());
                slots.push(Slot::start(world.setting, stage, &format!("at{which}"), webhook)?);
            }
        }
        Ok(Self {
            world,
            slots,
            done: BTreeMap::new(),
            fallen: Vec::new(),
            renamed: 0,
            to_mend: BinaryHeap::new(),
            under_way: Vec::new(),
            begun: Instant::now(),
        })
    }

    /// Waits until all are ready.
    pub(crate) fn wait_until_ready(&mut self, patience: Duration, stop: &Stop) -> anyhow::Result<()> {
        let (scraper, deadline) = (Scraper::default(), Instant::now() + patience);
        for slot in &mut self.slots {
            while !scraper.is_ready(&slot.admin) {
                if let Some(ended) = slot.ended(&self.world.setting.logs) {
                    bail!("{} does not start: {} {}", ended.name, ended.status, ended.words);
                }
                if stop.pause(LOOK * 10) || Instant::now() > deadline {
                    bail!("{} is not ready", slot.name());
                }
            }
        }
        Ok(())
    }

    /// Hurts as the seed says from a moment on for so long, then mends everything; `stop` ends it early.
    pub(crate) fn hurt(
        &mut self,
        (seed, focus): (u64, Option<&'static str>),
        (begun, lasts): (Instant, Duration),
        stop: &Stop,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let mut plan = plan(seed, lasts, focus);
        self.begun = begun;
        while self.begun.elapsed() < lasts && !stop.pause(LOOK) {
            while plan.front().is_some_and(|(at, _)| *at <= self.begun.elapsed()) {
                if let Some((_, fault)) = plan.pop_front() {
                    self.inflict(fault, out)?;
                }
            }
            self.mend(Instant::now(), out)?;
            self.tend(out)?;
        }
        // Everything is mended at once, whenever it was to be.
        self.mend(Instant::now() + Duration::from_secs(3_600), out)?;
        self.come_to_rest(out)
    }

    /// Keeps the fleet running until `done`.
    pub(crate) fn watch(&mut self, out: &mut dyn Write, mut done: impl FnMut() -> bool) -> anyhow::Result<()> {
        while !done() {
            thread::sleep(LOOK);
            self.tend(out)?;
        }
        Ok(())
    }

    /// Asks all processes of these stages to end, and waits.
    pub(crate) fn end(&mut self, stages: &[&str]) -> Vec<Ended> {
        let deadline = Instant::now() + END;
        let (mut ending, staying): (Vec<Slot>, Vec<Slot>) =
            std::mem::take(&mut self.slots).into_iter().partition(|slot| stages.contains(&slot.stage));
        self.slots = staying;
        ending.iter_mut().for_each(|slot| slot.signal(Signal::TERM));
        let logs = &self.world.setting.logs;
        ending.iter_mut().filter_map(|slot| slot.end_by(deadline, logs)).collect()
    }

    fn tell(&self, what: &str, out: &mut dyn Write) -> anyhow::Result<()> {
        writeln!(out, "  {:8.3} s  {what}", self.begun.elapsed().as_secs_f64())?;
        Ok(())
    }

    fn inflict(&mut self, fault: Fault, out: &mut dyn Write) -> anyhow::Result<()> {
        if let Some(kind) = fault.kind() {
            *self.done.entry(kind).or_default() += 1;
        }
        self.tell(&format!("{fault:?}"), out)?;
        let now = Instant::now();
        self.world.recoveries.befalls(&fault);
        self.under_way.retain(|(over, _)| *over > now);
        match fault {
            Fault::KillStage { stage, which, in_place } => {
                if let Some(at) = self.of(stage, which) {
                    self.replace(at, Signal::KILL, in_place)?;
                }
            }
            Fault::TermStage { stage, which } => {
                if let Some(at) = self.of(stage, which) {
                    // One that stands still hears nothing.
                    self.slots[at].signal(Signal::CONT);
                    self.slots[at].signal(Signal::TERM);
                }
            }
            Fault::PauseStage { stage, which, lasts } => {
                if let Some(at) = self.of(stage, which) {
                    self.slots[at].signal(Signal::STOP);
                    self.to_mend.push(Reverse((now + lasts, Mend::Continue(self.slots[at].name()))));
                }
            }
            Fault::ScaleStage { stage } => self.scale(stage)?,
            Fault::KillBroker { node, lasts } => {
                self.world.brokers.node_suffers(node + 1, Deed::Kill);
                self.world.recoveries.broker_fell();
                self.to_mend.push(Reverse((now + lasts, Mend::Broker(node, true))));
            }
            Fault::PauseBroker { node, lasts } => {
                self.world.brokers.node_suffers(node + 1, Deed::Pause);
                self.to_mend.push(Reverse((now + lasts, Mend::Broker(node, false))));
            }
            Fault::Network { stage, node, trouble, lasts } => {
                self.world.proxies.trouble((stage, node, trouble));
                self.to_mend.push(Reverse((now + lasts, Mend::Network((stage, node, trouble)))));
            }
            Fault::RestartPostgres => {
                self.world.postgres.crash();
                self.world.postgres.start_again();
            }
            Fault::Hold { stage } => {
                self.slots.iter_mut().filter(|slot| slot.stage == stage).for_each(|slot| slot.signal(Signal::STOP));
                self.to_mend.push(Reverse((now + HOLD, Mend::Release(stage))));
            }
        }
        self.under_way.push((now + fault.lasts(), fault));
        Ok(())
    }

    fn mend(&mut self, now: Instant, out: &mut dyn Write) -> anyhow::Result<()> {
        while self.to_mend.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((_, mend))) = self.to_mend.pop() else { break };
            self.tell(&format!("{mend:?}"), out)?;
            match mend {
                Mend::Continue(name) => {
                    self.slots.iter_mut().filter(|slot| slot.name() == name).for_each(|slot| slot.signal(Signal::CONT));
                }
                Mend::Release(stage) => {
                    self.slots.iter_mut().filter(|slot| slot.stage == stage).for_each(|slot| slot.signal(Signal::CONT));
                }
                Mend::Broker(node, killed) => {
                    let deed = if killed { Deed::Launch } else { Deed::Continue };
                    self.world.brokers.node_suffers(node + 1, deed);
                }
                Mend::Network(befell) => self.world.proxies.over(befell),
            }
        }
        Ok(())
    }

    /// Starts again what ended, whoever ended it.
    fn tend(&mut self, out: &mut dyn Write) -> anyhow::Result<()> {
        for at in 0..self.slots.len() {
            let Some(ended) = self.slots[at].ended(&self.world.setting.logs) else { continue };
            if !ended.asked || !ended.status.success() {
                self.tell(&format!("{} ended: {} {}", ended.name, ended.status, ended.words), out)?;
                if ended.words.contains("refused:") {
                    // Nobody listens any more once the soak is over.
                    drop(self.world.told.send(Told::Refused(format!("{}: {}", ended.name, ended.words))));
                }
                self.fallen.push(ended);
            }
            self.start_at(at, None)?;
        }
        Ok(())
    }

    /// As many processes of each stage as at rest.
    fn come_to_rest(&mut self, out: &mut dyn Write) -> anyhow::Result<()> {
        for stage in STAGES {
            while self.slots.iter().filter(|slot| slot.stage == stage).count() != AT_REST {
                self.scale(stage)?;
            }
        }
        self.tell("everything is mended", out)
    }

    /// One process more where there are as many as at rest, else one less.
    fn scale(&mut self, stage: &'static str) -> anyhow::Result<()> {
        let more = self.slots.iter().filter(|slot| slot.stage == stage).count() <= AT_REST;
        if more {
            self.renamed += 1;
            let webhook = if stage == "ingest" { Some(crate::fleet::free_address()?) } else { None };
            self.slots.push(Slot::start(self.world.setting, stage, &format!("more{}", self.renamed), webhook)?);
            return Ok(());
        }
        let Some(at) = self.slots.iter().rposition(|slot| slot.stage == stage) else { return Ok(()) };
        let mut slot = self.slots.remove(at);
        slot.signal(Signal::CONT);
        slot.signal(Signal::TERM);
        let ended = slot.end_by(Instant::now() + END, &self.world.setting.logs);
        self.fallen.extend(ended.filter(|ended| !ended.status.success()));
        Ok(())
    }

    fn replace(&mut self, at: usize, signal: Signal, in_place: bool) -> anyhow::Result<()> {
        self.slots[at].signal(signal);
        let killed = Instant::now();
        let _ended = self.slots[at].end_by(killed + END, &self.world.setting.logs);
        self.renamed += usize::from(!in_place);
        let name = (!in_place).then(|| format!("host{}", self.renamed));
        self.start_at(at, name)?;
        let Slot { stage, admin, .. } = &self.slots[at];
        let disturbed = self.under_way.iter().any(|(_, fault)| fault.reaches(stage));
        self.world.recoveries.stage_fell(killed, (stage, disturbed), admin.clone(), in_place);
        Ok(())
    }

    fn start_at(&mut self, at: usize, name: Option<String>) -> anyhow::Result<()> {
        let Slot { stage, instance, webhook, .. } = &self.slots[at];
        let instance = name.unwrap_or_else(|| instance.clone());
        self.slots[at] = Slot::start(self.world.setting, stage, &instance, webhook.clone())?;
        Ok(())
    }

    /// The place of the nth process of a stage.
    fn of(&self, stage: &str, which: usize) -> Option<usize> {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.stage == stage).map(|(at, _)| at).nth(which)
    }
}
