//! A line on the console for each notification.
//!
//! A line is printed before its transaction commits, so a turn that is repeated prints it twice; the notification's id is
//! what tells a repeat from a second message to whoever reads the topic.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use events::{CallSubject, Codec, DecodeError, Notification, Role, Topic};
use stream::{Batch, Context, Decided, DropReason, Fault, Input, NoState, Raw, Stage, Verdict};

use super::line;

/// Prints notifications.
pub struct Notify {
    out: Mutex<Box<dyn Write + Send>>,
    /// Prints only what is about this; all when there is none.
    only: Option<CallSubject>,
}

/// What `sink.notify` reads.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationRead(pub Notification);

impl Notify {
    /// Prints to `out`, such as standard error or a buffer.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self { out: Mutex::new(Box::new(out)), only: None }
    }

    /// Prints only notifications about `subject`; the others pass in silence and stay in their topic.
    #[must_use]
    pub fn only(self, subject: CallSubject) -> Self {
        Self { only: Some(subject), ..self }
    }
}

impl Input for NotificationRead {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        let bytes =
            raw.value.as_deref().ok_or_else(|| DecodeError::Corrupt("a notification without a value".into()))?;
        codec.decode(bytes).map(Self)
    }
}

impl Stage for Notify {
    type In = NotificationRead;
    type State = NoState;
    const ROLE: Role = Role::SinkNotify;
    const INPUTS: &'static [Topic] = &[Topic::Notifications];
    const DROPS: &'static [DropReason] = &[];

    fn process(&self, batch: Batch<Self::In>, _: &mut NoState, _: &Context) -> Result<Decided, Fault> {
        // A thread that panicked while it printed left at most half a line behind.
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let printed = batch.each(|record| {
            if self.only.is_some_and(|only| only != record.value.0.subject_kind) {
                return Ok(Verdict::Forward(Vec::new()));
            }
            writeln!(out, "{}", line(&record.value.0))
                .map(|()| Verdict::Forward(Vec::new()))
                .map_err(|error| Fault::Broken(format!("a notification cannot be printed: {error}")))
        })?;
        out.flush().map_err(|error| Fault::Broken(format!("a notification cannot be printed: {error}")))?;
        Ok(printed)
    }
}
