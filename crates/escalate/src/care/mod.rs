//! Care: mentions and actions to cases, a case per person and matter, each with a clock for its first reply.
//!
//! Praise opens nothing. What the records of a batch do is decided in order of (event time, id), whatever lane they came
//! by. An answer or a deletion that comes before its mention waits for it, a day at most. No text of a mention gets in here.

mod arrival;
mod change;
mod decide;
mod fold;
mod heard;
mod history;
mod opening;
mod process;
mod regroup;
mod retold;
mod route;
mod said;
mod state;

pub use heard::Heard;
pub use state::CareState;

use std::sync::Arc;

use book::Book;
use events::{Action, CaseId, Codec, DecodeError, EventTime, Role, Span, Topic};
use stream::{Batch, Context, Decided, DropReason, DueTimer, Fault, Input, Output, Raw, Record, Stage, Verdict};

/// Nothing for the brand.
pub const NOISE: DropReason = DropReason("noise");
/// Praise, an idea, or nothing that asks for an act.
pub const NO_ACTION: DropReason = DropReason("no_action");
/// About no brand of the book.
pub const NO_BRAND: DropReason = DropReason("no_brand");
/// Somebody else's words, passed on.
pub const REPOST: DropReason = DropReason("repost");
/// A piece of the press that asks nothing.
pub const PRESS: DropReason = DropReason("press");
/// The brand's own post that answers nobody.
pub const OWN_POST: DropReason = DropReason("own_post");
/// No newer than what the case has.
pub const STALE: DropReason = DropReason("stale");
/// Deleted before it came.
pub const DELETED: DropReason = DropReason("deleted");
/// An action about something that is no case, or no case known here.
pub const NO_CASE: DropReason = DropReason("no_case");
/// A tombstone.
pub const TOMBSTONE: DropReason = DropReason("tombstone");

/// The step that says that a case has a class of harm.
pub(crate) const HARM_STEP: &str = "harm_reported";
/// A case is forgotten this long after its last change.
const KEEP: Span = Span::days(30);

/// The role that keeps cases.
#[derive(Debug)]
pub struct Care {
    book: Arc<Book>,
}

impl Care {
    /// Care by the rules of `book`.
    pub fn new(book: Arc<Book>) -> Self {
        Self { book }
    }
}

/// What care reads.
#[derive(Debug, Clone, PartialEq)]
pub enum CareIn {
    /// A classified mention.
    Mention(Box<Heard>),
    /// What somebody did.
    Action(Box<Action>),
    /// A tombstone.
    Tombstone,
}

impl Input for CareIn {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        let Some(value) = &raw.value else {
            return Ok(Self::Tombstone);
        };
        match raw.topic {
            Topic::Actions => Ok(Self::Action(Box::new(codec.decode(value)?))),
            _ => Ok(Self::Mention(Box::new(codec.decode_part(value)?))),
        }
    }
}

impl CareIn {
    /// What the records of a batch are ordered by.
    fn order(&self) -> (EventTime, &str, i64) {
        match self {
            Self::Mention(record) => (record.mention.event_time, record.mention.id.as_str(), record.mention.revision),
            Self::Action(action) => (action.at, action.action_id.as_str(), 0),
            Self::Tombstone => (EventTime::EPOCH, "", 0),
        }
    }
}

impl Stage for Care {
    type In = CareIn;
    type State = CareState;
    const ROLE: Role = Role::Care;
    const INPUTS: &'static [Topic] = &[Topic::MentionsClassifiedExpress, Topic::MentionsClassified, Topic::Actions];
    const DROPS: &'static [DropReason] =
        &[NOISE, NO_ACTION, NO_BRAND, REPOST, PRESS, OWN_POST, STALE, DELETED, NO_CASE, TOMBSTONE];

    fn process(&self, batch: Batch<CareIn>, state: &mut CareState, cx: &Context) -> Result<Decided, Fault> {
        batch.together(|records: Vec<Record<CareIn>>| {
            let mut order: Vec<usize> = (0..records.len()).collect();
            order.sort_by_key(|at| records[*at].value.order());
            let mut verdicts = vec![Verdict::Forward(Vec::new()); records.len()];
            for at in order {
                let dropped = match &records[at].value {
                    CareIn::Mention(mention) => self.mention(mention, state, cx)?,
                    CareIn::Action(action) => self.action(action, state)?,
                    CareIn::Tombstone => Some(TOMBSTONE),
                };
                if let Some(reason) = dropped {
                    verdicts[at] = Verdict::Drop(reason);
                }
            }
            Ok(verdicts)
        })
    }

    fn fire(&self, timer: &DueTimer, state: &mut CareState, cx: &Context) -> Result<Vec<Output>, Fault> {
        match timer.key.split_once('/') {
            Some(("waiting", key)) => state.stop_waiting(key),
            Some(("keep", id)) => self.forget(&CaseId::from(id), timer.deadline, state)?,
            Some(("warn", id)) => self.clock(&CaseId::from(id), timer, state, cx, change::warn)?,
            Some(("due", id)) => self.clock(&CaseId::from(id), timer, state, cx, change::breach)?,
            _ => return Err(Fault::Broken(format!("timer `{}` is nobody's", timer.key))),
        }
        Ok(Vec::new())
    }
}
