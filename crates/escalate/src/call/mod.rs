//! Call: incidents and cases to calls. It keeps the last step told of a subject and derives the rest from the record.
//!
//! A record carries its whole state, so records that were coalesced lose no call: their steps are numbered.

mod decide;
mod state;

pub use state::CallState;

use std::sync::Arc;

use book::Book;
use events::{Case, Codec, DecodeError, Incident, Role, Topic};
use stream::{Batch, Context, Decided, DropReason, Fault, Input, Output, Raw, Route, Stage, Verdict};

/// A subject was forgotten.
pub const TOMBSTONE: DropReason = DropReason("tombstone");
/// Nobody has to be told of what changed.
pub const NOTHING_NEW: DropReason = DropReason("nothing_new");

/// The role that says who must be told.
#[derive(Debug)]
pub struct Call {
    book: Arc<Book>,
}

impl Call {
    /// Calls by the teams of `book`.
    pub fn new(book: Arc<Book>) -> Self {
        Self { book }
    }
}

/// What call reads.
#[derive(Debug, Clone, PartialEq)]
pub enum CallIn {
    /// State of an incident.
    Incident(Box<Incident>),
    /// State of a case.
    Case(Box<Case>),
    /// A subject was forgotten; its id is the record's key.
    Tombstone,
}

impl Input for CallIn {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        let Some(value) = &raw.value else {
            return Ok(Self::Tombstone);
        };
        match raw.topic {
            Topic::Incidents => Ok(Self::Incident(Box::new(codec.decode(value)?))),
            _ => Ok(Self::Case(Box::new(codec.decode(value)?))),
        }
    }
}

impl Stage for Call {
    type In = CallIn;
    type State = CallState;
    const ROLE: Role = Role::Call;
    const INPUTS: &'static [Topic] = &[Topic::Incidents, Topic::Cases];
    const DROPS: &'static [DropReason] = &[TOMBSTONE, NOTHING_NEW];

    fn process(&self, batch: Batch<CallIn>, state: &mut CallState, cx: &Context) -> Result<Decided, Fault> {
        batch.each(|record| {
            let version = &cx.book_version;
            let (subject, last, calls) = match &record.value {
                CallIn::Tombstone => {
                    state.forget(&record.key);
                    return Ok(Verdict::Drop(TOMBSTONE));
                }
                CallIn::Incident(incident) => {
                    let id = incident.incident_id.as_str();
                    (id, incident.step_count - 1, decide::incident(&self.book, version, incident, state.told(id)))
                }
                CallIn::Case(case) => {
                    let id = case.case_id.as_str();
                    (id, case.step_count - 1, decide::case(&self.book, version, case, state.told(id)))
                }
            };
            if calls.is_empty() {
                return Ok(Verdict::Drop(NOTHING_NEW));
            }
            state.tell(subject, last);
            Ok(Verdict::Forward(calls.into_iter().map(output).collect()))
        })
    }
}

fn output(call: events::Call) -> Output {
    Output {
        topic: Topic::Calls,
        key: call.recipient.to_string(),
        route: Route::Key,
        timestamp: call.at,
        payload: call.into(),
    }
}
