//! Two small stages with state, so that the loop can be tested without the real ones.
//!
//! [`Count`] numbers the notes of each key and sets a timer per key; [`Total`] reads what it writes. A note is a `Link`:
//! its author is the key, its customer the text.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use events::{Codec, DecodeError, EventTime, Link, Partition, PartitionCount, Role, Span, Topic};
use stream::{
    Batch, Context, Decided, DropReason, DueTimer, Fault, Input, Outgoing, Output, Raw, RejectReason, Route, Stage,
    State, StoredTable, Table, Timers, Verdict,
};

/// How long after a key's first note its timer is due.
pub const TIMER: Span = Span::seconds(60);

/// A text under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What was said.
    pub text: String,
    /// When.
    pub at: EventTime,
}

impl Input for Note {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        let link: Link = codec.decode(raw.value.as_deref().unwrap_or_default())?;
        Ok(Self { text: link.customer.unwrap_or_default(), at: link.at })
    }
}

fn link(key: &str, text: String, at: EventTime) -> Link {
    Link { author: key.into(), customer: Some(text), confidence: 1.0, source: "desk".into(), at }
}

/// A note to append to `topic`, in the partition of its key.
pub fn note(partitions: PartitionCount, topic: Topic, key: &str, text: &str, at: EventTime) -> Outgoing {
    let value = Codec::default().encode(&link(key, text.into(), at)).expect("a link fits its schema");
    bytes(topic, partitions.partition(key.as_bytes()), key, &value, at)
}

/// A record of any bytes.
pub fn bytes(topic: Topic, partition: Partition, key: &str, value: &[u8], at: EventTime) -> Outgoing {
    let key = Some(Bytes::copy_from_slice(key.as_bytes()));
    Outgoing { topic, partition, timestamp: at, key, value: Some(Bytes::copy_from_slice(value)), headers: Vec::new() }
}

/// The text of a note as it lies in a log; a tombstone has none.
pub fn text(raw: &Raw) -> String {
    let Some(value) = &raw.value else {
        return "tombstone".into();
    };
    let link = Codec::default().decode::<Link>(value).expect("a note");
    link.customer.unwrap_or_default()
}

/// The key of a record.
pub fn key(raw: &Raw) -> String {
    String::from_utf8_lossy(raw.key.as_deref().unwrap_or_default()).into_owned()
}

/// A number per key, and a timer per key.
#[derive(Debug)]
pub struct Counts {
    /// Notes of each key so far.
    pub counts: Table<String>,
    timers: Timers,
}

impl Default for Counts {
    fn default() -> Self {
        Self { counts: Table::new("counts", Topic::State(Role::Enrich)), timers: Timers::new(Role::Enrich) }
    }
}

impl State for Counts {
    const FORMAT: i64 = 1;
    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.counts, &self.timers]
    }
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.counts, &mut self.timers]
    }
    fn timers(&mut self) -> Option<&mut Timers> {
        Some(&mut self.timers)
    }
}

fn add_one(table: &mut Table<String>, key: &str) -> u64 {
    let before: u64 = table.get(key).map_or(0, |count| count.parse().expect("a number"));
    table.put(key, (before + 1).to_string());
    before + 1
}

/// Numbers the notes of each key: `text` becomes `text#n` in `mentions.enriched`. A key's first note sets a timer that
/// writes `due#n` to `calls`. The text `drop` is dropped, `refuse` rejected, `panic` panics.
#[derive(Debug, Default)]
pub struct Count {
    faults: Arc<AtomicU32>,
}

impl Count {
    /// One whose next `faults` batches fail for a moment; the number counts down to 0.
    pub fn failing(faults: &Arc<AtomicU32>) -> Self {
        Self { faults: Arc::clone(faults) }
    }
}

/// The one reason why [`Count`] drops.
pub const UNWANTED: DropReason = DropReason("unwanted");

impl Stage for Count {
    type In = Note;
    type State = Counts;
    const ROLE: Role = Role::Enrich;
    const INPUTS: &'static [Topic] = &[Topic::MentionsRawExpress, Topic::MentionsRaw];
    const DROPS: &'static [DropReason] = &[UNWANTED];

    fn process(&self, batch: Batch<Note>, state: &mut Counts, _: &Context) -> Result<Decided, Fault> {
        let decided = batch.each(|record| {
            match record.value.text.as_str() {
                "drop" => return Ok(Verdict::Drop(UNWANTED)),
                "refuse" => {
                    return Ok(Verdict::Reject { reason: RejectReason::Invalid, detail: "refused".into() });
                }
                "panic" => panic!("a note asked for it"),
                _ => {}
            }
            let number = add_one(&mut state.counts, &record.key);
            if number == 1 {
                state.timers.set(record.value.at.plus(TIMER), &record.key);
            }
            let text = format!("{}#{number}", record.value.text);
            Ok(Verdict::Forward(vec![output(Topic::MentionsEnriched, &record.key, text, record.value.at)]))
        })?;
        // After the state has changed, so that a batch that fails shows whether its changes are thrown away.
        let fails = |left: u32| left.checked_sub(1);
        if self.faults.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fails).is_ok() {
            return Err(Fault::Transient("told to fail".into()));
        }
        Ok(decided)
    }

    fn fire(&self, timer: &DueTimer, state: &mut Counts, _: &Context) -> Result<Vec<Output>, Fault> {
        let count = state.counts.get(&timer.key).cloned().unwrap_or_default();
        Ok(vec![output(Topic::Calls, &timer.key, format!("due#{count}"), timer.deadline)])
    }
}

/// A number per key of what came in; it lies in a product alone, as the state of some stages does.
#[derive(Debug)]
pub struct Totals(Table<String>);

impl Default for Totals {
    fn default() -> Self {
        Self(Table::new("totals", Topic::Cases))
    }
}

impl State for Totals {
    const FORMAT: i64 = 1;
    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.0]
    }
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.0]
    }
}

/// Reads what [`Count`] writes and numbers it again: `text#n` becomes `text#n/n` in `mentions.classified`.
#[derive(Debug, Default)]
pub struct Total;

impl Stage for Total {
    type In = Note;
    type State = Totals;
    const ROLE: Role = Role::Classify;
    const INPUTS: &'static [Topic] = &[Topic::MentionsEnrichedExpress, Topic::MentionsEnriched];
    const DROPS: &'static [DropReason] = &[];

    fn process(&self, batch: Batch<Note>, state: &mut Totals, _: &Context) -> Result<Decided, Fault> {
        batch.each(|record| {
            let number = add_one(&mut state.0, &record.key);
            let text = format!("{}/{number}", record.value.text);
            Ok(Verdict::Forward(vec![output(Topic::MentionsClassified, &record.key, text, record.value.at)]))
        })
    }
}

/// A note as an output.
pub(crate) fn output(topic: Topic, key: &str, text: String, at: EventTime) -> Output {
    let payload = link(key, text, at).into();
    Output { topic, key: key.into(), route: Route::Key, timestamp: at, payload }
}
