//! Tell: calls to notifications, one for one.
//!
//! It keeps nothing: each call is written once, and the notification's id follows from the call's.

mod decide;

use std::sync::Arc;

use book::Book;
use events::{Call, Codec, DecodeError, Role, Topic};
use stream::{Batch, Context, Decided, DropReason, Fault, Input, NoState, Output, Raw, Route, Stage, Verdict};

/// A tombstone.
pub const TOMBSTONE: DropReason = DropReason("tombstone");

/// The role that tells people.
#[derive(Debug)]
pub struct Tell {
    _book: Arc<Book>,
}

impl Tell {
    /// Tells people of `book`.
    pub fn new(book: Arc<Book>) -> Self {
        Self { _book: book }
    }
}

/// What tell reads.
#[derive(Debug, Clone, PartialEq)]
pub enum TellIn {
    /// Who should be told what.
    Call(Box<Call>),
    /// A tombstone.
    Tombstone,
}

impl Input for TellIn {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        match &raw.value {
            Some(value) => Ok(Self::Call(Box::new(codec.decode(value)?))),
            None => Ok(Self::Tombstone),
        }
    }
}

impl Stage for Tell {
    type In = TellIn;
    type State = NoState;
    const ROLE: Role = Role::Tell;
    const INPUTS: &'static [Topic] = &[Topic::Calls];
    const DROPS: &'static [DropReason] = &[TOMBSTONE];

    fn process(&self, batch: Batch<TellIn>, _: &mut NoState, _: &Context) -> Result<Decided, Fault> {
        batch.each(|record| {
            let TellIn::Call(call) = record.value else {
                return Ok(Verdict::Drop(TOMBSTONE));
            };
            let notification = decide::notification(*call);
            Ok(Verdict::Forward(vec![Output {
                topic: Topic::Notifications,
                key: notification.recipient.to_string(),
                route: Route::Key,
                timestamp: notification.at,
                payload: notification.into(),
            }]))
        })
    }
}
