//! Role `sink.notify`: a line on the console for each notification.
//!
//! A line is printed before its transaction commits, so a turn that is repeated prints it twice; the notification's id is
//! what tells a repeat from a second message to whoever reads the topic.

mod line;

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use events::{Codec, DecodeError, Notification, Role, Topic};
use stream::{Batch, Context, Decided, DropReason, Fault, Input, NoState, Raw, Stage, Verdict};

pub use line::line;

/// Prints notifications.
pub struct Notify {
    out: Mutex<Box<dyn Write + Send>>,
}

/// What `sink.notify` reads.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationRead(pub Notification);

impl Notify {
    /// Prints to `out`, such as standard error or a buffer.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self { out: Mutex::new(Box::new(out)) }
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
            writeln!(out, "{}", line(&record.value.0))
                .map(|()| Verdict::Forward(Vec::new()))
                .map_err(|error| Fault::Broken(format!("a notification cannot be printed: {error}")))
        })?;
        out.flush().map_err(|error| Fault::Broken(format!("a notification cannot be printed: {error}")))?;
        Ok(printed)
    }
}
