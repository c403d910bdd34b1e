//! Watch: tallies to incidents, from the brand's own past alone.
//!
//! A batch's tallies are counted first; then each brand that was heard of is looked at once, so that a volume spike and the
//! theme that explains it are one incident. Opening never waits; closing waits for a timer, once a minute while an
//! incident is open. The arithmetic is in [`detector`], the rules in `decide`, what they do in `open` and `follow`.

pub mod detector;

mod count;
mod decide;
mod evidence;
mod follow;
mod open;
mod publish;
mod severity;
mod state;
mod subject;

pub use state::WatchState;

use std::collections::BTreeMap;
use std::sync::Arc;

use book::{Book, Theme};
use events::{BrandId, Codec, DecodeError, EventTime, Persons, Role, Span, Tally, Topic};
use stream::{Batch, Context, Decided, DropReason, DueTimer, Fault, Input, Output, Raw, Stage, Verdict};

use detector::{Detector, Live};
use evidence::Evidence;
use state::BrandWatch;
use subject::Subject;

/// A brand that the book does not have (any more).
pub const UNKNOWN_BRAND: DropReason = DropReason("unknown_brand");
/// Counts of a subject, kind or intent that nothing is detected on.
pub const NOT_WATCHED: DropReason = DropReason("not_watched");
/// Counts of a minute more than three hours before the newest.
pub const TOO_LATE: DropReason = DropReason("too_late");
/// A tombstone.
pub const TOMBSTONE: DropReason = DropReason("tombstone");

/// The role that keeps incidents.
#[derive(Debug)]
pub struct Watch {
    book: Arc<Book>,
    /// A detector for each brand.
    detectors: BTreeMap<BrandId, Detector>,
}

impl Watch {
    /// Watch by the thresholds, themes and owners of `book`.
    pub fn new(book: Arc<Book>) -> Self {
        let of_brand = |theme: &&Theme, brand: &BrandId| theme.brands.is_empty() || theme.brands.contains(brand);
        let detectors = book.brands.iter().map(|brand| {
            let themes = book.themes.iter().filter(|theme| of_brand(theme, &brand.id)).count();
            (brand.id.clone(), Detector::new(&book.detection, themes + 2))
        });
        Self { detectors: detectors.collect(), book }
    }
}

/// What watch reads.
#[derive(Debug, Clone, PartialEq)]
pub enum WatchIn {
    /// Counts.
    Tally(Box<Tally>),
    /// A tombstone.
    Tombstone,
}

impl Input for WatchIn {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        match &raw.value {
            Some(value) => Ok(Self::Tally(Box::new(codec.decode(value)?))),
            None => Ok(Self::Tombstone),
        }
    }
}

/// Persons that a batch brought for one brand, by series.
type NewPersons = BTreeMap<Subject, Persons>;

/// What a batch brought for one brand.
#[derive(Debug, Default)]
struct Fresh {
    /// The brand as it stands, put back into the state after the batch's last tally.
    brand: BrandWatch,
    /// The series that were counted in, likewise.
    live: BTreeMap<Subject, Live>,
    persons: NewPersons,
    /// Evidence of the minutes that were counted in, likewise.
    evidence: BTreeMap<i64, Evidence>,
}

impl Stage for Watch {
    type In = WatchIn;
    type State = WatchState;
    const ROLE: Role = Role::Watch;
    const INPUTS: &'static [Topic] = &[Topic::Tallies];
    const DROPS: &'static [DropReason] = &[UNKNOWN_BRAND, NOT_WATCHED, TOO_LATE, TOMBSTONE];

    fn process(&self, batch: Batch<WatchIn>, state: &mut WatchState, cx: &Context) -> Result<Decided, Fault> {
        let mut heard: BTreeMap<BrandId, Fresh> = BTreeMap::new();
        let passed = minute_of(cx.stream_time);
        let decided = batch.each(|record| {
            let WatchIn::Tally(tally) = &record.value else {
                return Ok(Verdict::Drop(TOMBSTONE));
            };
            Ok(match self.count(tally, state, &mut heard, passed) {
                Some(reason) => Verdict::Drop(reason),
                None => Verdict::Forward(Vec::new()),
            })
        })?;
        for (brand, fresh) in heard {
            for (subject, live) in fresh.live {
                state.live.put(subject.key(brand.as_str()), live);
            }
            let mut watch = fresh.brand;
            state.keep_evidence(&brand, &mut watch, fresh.evidence);
            self.look(&brand, watch, &fresh.persons, state, cx)?;
        }
        Ok(decided)
    }

    fn fire(&self, timer: &DueTimer, state: &mut WatchState, cx: &Context) -> Result<Vec<Output>, Fault> {
        let Some(brand) = timer.key.strip_prefix("minute/") else {
            return Err(Fault::Broken(format!("timer `{}` is nobody's", timer.key)));
        };
        self.minute(&BrandId::from(brand), timer.deadline, state, cx)?;
        Ok(Vec::new())
    }
}

/// Whole minutes since the epoch.
fn minute_of(at: EventTime) -> i64 {
    at.millis().div_euclid(60_000)
}

/// The start of a minute.
fn time_of(minute: i64) -> EventTime {
    EventTime::EPOCH.plus(Span::minutes(minute))
}
