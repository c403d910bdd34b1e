//! What may happen next, and how much of it: all of a schedule but the processes themselves.

use events::EventTime;
use testkit::build;

use crate::chooser::Chooser;
use crate::oracle::Said;

/// Places at which single markers can be let through.
pub(crate) const PLACES: usize = 8;

/// How much may happen in a schedule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Steps of processes and events.
    pub(crate) actions: u32,
    /// Of these, faults; a death within a step is one too.
    pub(crate) faults: u32,
    /// How often a process stands still within a step.
    pub(crate) pauses: u32,
    /// Notes that are said, besides the two that lie there in the beginning.
    pub(crate) notes: u32,
    /// Notes that are said again.
    pub(crate) repeats: u32,
    /// How often time passes.
    pub(crate) waits: u32,
    /// How often upstream writes what it never commits.
    pub(crate) aborted: u32,
    /// Whether both lanes are written to, single partitions become visible, and progress is told: what makes a walk too wide.
    pub(crate) broad: bool,
    /// Whether processes only crash and start again: no other fault, no message.
    pub(crate) crashes_alone: bool,
    /// Whether an action that changes nothing ends the schedule unchecked: what may follow it follows without it too.
    pub(crate) prune: bool,
}

/// What happens next. The first is the calmest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// No more. Within a step: the process that stood still goes on.
    Enough,
    /// A process goes on by a step.
    Advance(usize),
    /// It writes its progress.
    Tell(usize),
    /// A note is said under one of two keys.
    Say { key: usize, express: bool },
    /// The first or the last note is said again.
    Repeat { first: bool },
    /// Upstream writes a note in a transaction that stays open, and is aborted with the next one or when its time is over.
    SayOpen { key: usize },
    /// Three quarters of a minute pass.
    Wait,
    /// A process starts in place of one that is gone.
    Start(usize),
    /// The session of the oldest member with this id runs out.
    Expel(usize),
    /// A process is killed between two steps.
    Kill(usize),
    /// A process ends in order.
    Leave(usize),
    /// Another process starts under the id of one that still runs.
    Replace(usize),
    /// From now on committed transactions stay unseen.
    Hold,
    /// One topic's partition shows what is committed.
    Release(usize),
    /// All do, also what is committed from now on.
    ReleaseAll,
    /// The transaction timeout passes.
    TimeOut,
    /// The next batch fails for a moment.
    Fail,
}

/// What a place for a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing.
    Empty,
    /// A process that stands still within a step.
    StandsStill,
    /// A process that can go on; whether it has decided what it has not committed.
    Runs { decided: bool },
}

/// What is not a process.
pub(crate) struct Scene {
    pub(crate) chooser: Chooser,
    /// What may still happen.
    pub(crate) left: Limits,
    pub(crate) said: Vec<Said>,
    pub(crate) now: EventTime,
    pub(crate) holding: bool,
    /// By id: members that died, and whose session goes on.
    pub(crate) dead: [u32; 2],
    /// Whether anything may happen: not in the beginning, and not in the end.
    pub(crate) open: bool,
    pub(crate) story: Option<Vec<String>>,
    pub(crate) broken: Option<String>,
    pub(crate) pruned: bool,
}

impl Scene {
    /// A schedule that begins; what happens is told if it is to be told.
    pub(crate) fn new(chooser: Chooser, limits: Limits, tell: bool) -> Self {
        Self {
            chooser,
            left: limits,
            said: Vec::new(),
            now: build::AT,
            holding: false,
            dead: [0, 0],
            open: false,
            story: tell.then(Vec::new),
            broken: None,
            pruned: false,
        }
    }

    /// What happens next: in all, or within the step of a process that stands still.
    pub(crate) fn choose(&mut self, places: [Place; 3], within: bool) -> Action {
        let mut menu = Menu::new(if within { 8 } else { 1 });
        if self.left.actions > 0 {
            self.offer_processes(places, &mut menu);
            self.offer_events(&mut menu);
        }
        let action = menu.actions[self.chooser.choose(&menu.weights[..menu.length])];
        self.left.actions -= u32::from(action != Action::Enough);
        self.left.faults -= u32::from(self.is_fault(action));
        action
    }

    /// The weight of a crash, and that of any other fault.
    fn faults(&self) -> (u32, u32) {
        let crash = u32::from(self.left.faults > 0);
        (crash, if self.left.crashes_alone { 0 } else { crash })
    }

    fn offer_processes(&self, places: [Place; 3], menu: &mut Menu) {
        let ((crash, fault), broad) = (self.faults(), u32::from(self.left.broad));
        for (number, place) in places.into_iter().enumerate() {
            match place {
                Place::Runs { decided } => {
                    menu.offer(Action::Advance(number), 14);
                    menu.offer(Action::Tell(number), broad * u32::from(!decided));
                    menu.offer(Action::Kill(number), crash);
                    menu.offer(Action::Leave(number), fault);
                }
                Place::Empty if number < 2 => menu.offer(Action::Start(number), 8),
                Place::Empty => {
                    let runs = |number: &usize| matches!(places[*number], Place::Runs { .. });
                    (0..2).filter(runs).for_each(|number| menu.offer(Action::Replace(number), fault));
                }
                Place::StandsStill => {}
            }
        }
        (0..2).for_each(|id| menu.offer(Action::Expel(id), if self.dead[id] > 0 { 4 } else { 2 * fault }));
    }

    fn offer_events(&self, menu: &mut Menu) {
        let (left, (_, fault), broad) = (self.left, self.faults(), u32::from(self.left.broad));
        for key in 0..2 {
            menu.offer(Action::Say { key, express: false }, 4 * u32::from(left.notes > 0));
            menu.offer(Action::Say { key, express: true }, broad * u32::from(left.notes > 0));
            menu.offer(Action::SayOpen { key }, u32::from(left.aborted > 0));
        }
        for first in [true, false] {
            menu.offer(Action::Repeat { first }, 2 * u32::from(left.repeats > 0));
        }
        menu.offer(Action::Wait, 3 * u32::from(left.waits > 0));
        // That a commit is seen late is no fault: it happens with every one.
        if self.holding {
            (0..PLACES).for_each(|place| menu.offer(Action::Release(place), broad));
            menu.offer(Action::ReleaseAll, 2);
        } else {
            menu.offer(Action::Hold, u32::from(!left.crashes_alone));
        }
        menu.offer(Action::TimeOut, u32::from(!left.crashes_alone));
        menu.offer(Action::Fail, fault);
    }

    /// Whether an action is a fault that counts. That the session of the dead runs out follows from their death.
    fn is_fault(&self, action: Action) -> bool {
        match action {
            Action::Expel(id) => self.dead[id] == 0,
            Action::Kill(_) | Action::Leave(_) | Action::Replace(_) | Action::Fail => true,
            _ => false,
        }
    }
}

/// Actions with their weights, on the stack: it is made anew for every action.
struct Menu {
    actions: [Action; 40],
    weights: [u32; 40],
    length: usize,
}

impl Menu {
    /// Enough may always be done.
    fn new(enough: u32) -> Self {
        let mut menu = Self { actions: [Action::Enough; 40], weights: [0; 40], length: 0 };
        menu.offer(Action::Enough, enough);
        menu
    }

    fn offer(&mut self, action: Action, weight: u32) {
        self.actions[self.length] = action;
        self.weights[self.length] = weight;
        self.length += 1;
    }
}
