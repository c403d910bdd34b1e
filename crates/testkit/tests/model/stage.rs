//! The stage of the model: once only, counting, and with a timer for each note, so that whatever is lost or doubled shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use events::{EventTime, Link, Role, Topic};
use stream::{
    Batch, Context, Decided, DropReason, DueTimer, Fault, Output, Route, Stage, State, StoredTable, Table, Timers,
    Verdict,
};
use testkit::toy::{Note, TIMER};

/// Which notes were seen, how many each key has, and which timers wait.
#[derive(Debug)]
pub(crate) struct Notes {
    seen: Table<()>,
    counts: Table<String>,
    timers: Timers,
}

impl Default for Notes {
    fn default() -> Self {
        let counts = Table::new("counts", Topic::State(Once::ROLE));
        Self { seen: Table::new("seen", Topic::Seen), counts, timers: Timers::new(Once::ROLE) }
    }
}

impl State for Notes {
    const FORMAT: i64 = 1;
    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.seen, &self.counts, &self.timers]
    }
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.seen, &mut self.counts, &mut self.timers]
    }
    fn timers(&mut self) -> Option<&mut Timers> {
        Some(&mut self.timers)
    }
}

/// Numbers the notes of each key, each text once: `text` becomes `text#n`. A minute later its timer says `text` in `calls`.
#[derive(Debug, Default)]
pub(crate) struct Once {
    faults: Arc<AtomicU32>,
}

impl Once {
    /// The next batch fails for a moment.
    pub(crate) fn fail_once(&self) {
        self.faults.store(1, Ordering::Relaxed);
    }

    /// No batch fails any more.
    pub(crate) fn recover(&self) {
        self.faults.store(0, Ordering::Relaxed);
    }
}

const REPEATED: DropReason = DropReason("repeated");

impl Stage for Once {
    type In = Note;
    type State = Notes;
    const ROLE: Role = Role::Enrich;
    const INPUTS: &'static [Topic] = &[Topic::MentionsRawExpress, Topic::MentionsRaw];
    const DROPS: &'static [DropReason] = &[REPEATED];

    fn process(&self, batch: Batch<Note>, state: &mut Notes, _: &Context) -> Result<Decided, Fault> {
        let decided = batch.each(|record| {
            let Note { text, at } = record.value;
            if state.seen.get(&text).is_some() {
                return Ok(Verdict::Drop(REPEATED));
            }
            let count = state.counts.get(&record.key).map_or(0, |count| count.parse().unwrap_or(0)) + 1;
            state.seen.put(text.as_str(), ());
            state.counts.put(record.key.as_str(), count.to_string());
            state.timers.set(at.plus(TIMER), &format!("{}/{text}", record.key));
            let output = output(Topic::MentionsEnriched, &record.key, format!("{text}#{count}"), at);
            Ok(Verdict::Forward(vec![output]))
        })?;
        // After the state has changed, so that a batch that fails shows whether its changes are thrown away.
        if self.faults.swap(0, Ordering::Relaxed) > 0 {
            return Err(Fault::Transient("told to fail".into()));
        }
        Ok(decided)
    }

    fn fire(&self, timer: &DueTimer, _: &mut Notes, _: &Context) -> Result<Vec<Output>, Fault> {
        let Some((key, text)) = timer.key.split_once('/') else {
            return Err(Fault::Broken(format!("timer `{}` is nobody's", timer.key)));
        };
        Ok(vec![output(Topic::Calls, key, text.to_owned(), timer.deadline)])
    }
}

fn output(topic: Topic, key: &str, text: String, at: EventTime) -> Output {
    let link = Link { author: key.into(), customer: Some(text), confidence: 1.0, source: "desk".into(), at };
    Output { topic, key: key.into(), route: Route::Key, timestamp: at, payload: link.into() }
}
