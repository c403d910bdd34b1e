//! The stage: notifications in, deliveries out, and what is left as state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use events::{Codec, DecodeError, EventTime, Notification, Offset, Partition, Role, Span, Topic};
use stream::{
    Batch, Context, Decided, DropReason, DueTimer, Fault, Input, Observer, Output, Raw, Record, Route, Stage, Verdict,
    dead_letter,
};

use super::courier::{Courier, Ticket};
use super::outcome::{Next, next};
use super::state::{NotifyState, Pending};
use super::{NotifySettings, message};

/// What metrics call the receiver.
const DEPENDENCY: &str = "webhook";
/// When a delivery that is under way, or found no room, is looked at again at the earliest.
const LOOK: Duration = Duration::from_millis(250);
/// What a delivery takes, for a guess when those that wait will have ended: each look is a record of the state.
const USUAL: Duration = Duration::from_millis(50);
/// Deliveries that are remembered before those that ended long ago are looked for.
const MANY: usize = 4_096;

/// Delivers notifications to a webhook.
pub struct WebhookNotify {
    settings: NotifySettings,
    courier: Courier,
    observer: Arc<dyn Observer>,
    /// Deliveries under way. Only a shortcut: what is not here is delivered again, under the same id.
    under_way: Mutex<BTreeMap<(Partition, Offset), Ticket>>,
}

/// A notification with the bytes that it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Deliverable {
    notification: Notification,
    value: Bytes,
}

impl Input for Deliverable {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        let value = raw.value.clone().ok_or_else(|| DecodeError::Corrupt("a notification without a value".into()))?;
        Ok(Self { notification: codec.decode(&value)?, value })
    }
}

impl WebhookNotify {
    /// Delivers as `settings` say; failed tries are told to `observer`. One is shared by all workers of a process.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn new(settings: NotifySettings, observer: Arc<dyn Observer>) -> std::io::Result<Self> {
        let courier = Courier::new(&settings)?;
        Ok(Self { settings, courier, observer, under_way: Mutex::default() })
    }

    /// What comes after a try that has ended.
    fn ended(&self, ticket: &Ticket, tries: u32) -> Option<Next> {
        let outcome = ticket.outcome()?;
        if let Some(error) = outcome.error() {
            self.observer.retried(Role::SinkNotify, DEPENDENCY, error);
        }
        Some(next(outcome, tries, &self.settings.pauses))
    }

    /// How long a delivery is left alone.
    fn look(&self) -> Span {
        let rounds = self.courier.waiting() / self.settings.at_once.max(1);
        span(LOOK.max(USUAL * u32::try_from(rounds).unwrap_or(u32::MAX)))
    }

    /// The delivery of a record that is under way, or a new one.
    fn begin(&self, place: (Partition, Offset), id: &str, body: &[u8]) -> Option<Ticket> {
        self.under_way().remove(&place).or_else(|| self.courier.send(id, body))
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeMap<(Partition, Offset), Ticket>> {
        // Tickets are put in or taken out whole.
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a delivery that goes on beside the turn.
    fn remember(&self, place: (Partition, Offset), ticket: Option<Ticket>) {
        let mut under_way = self.under_way();
        if under_way.len() > MANY {
            // Of partitions that went to another process.
            under_way.retain(|_, ticket| ticket.outcome().is_none());
        }
        under_way.extend(ticket.map(|ticket| (place, ticket)));
    }

    fn first_try(&self, pending: Pending, ticket: Option<Ticket>, state: &mut NotifyState, now: EventTime) -> Verdict {
        match ticket.as_ref().and_then(|ticket| self.ended(ticket, 1)) {
            Some(Next::Done) => {}
            Some(Next::GiveUp(reason, detail)) => return Verdict::Reject { reason, detail },
            Some(Next::Again(pause)) => wait(Pending { tries: 1, ..pending }, state, now.plus(span(pause))),
            None => {
                self.remember((pending.partition, pending.offset), ticket);
                wait(pending, state, now.plus(self.look()));
            }
        }
        Verdict::Forward(Vec::new())
    }
}

impl Stage for WebhookNotify {
    type In = Deliverable;
    type State = NotifyState;
    const ROLE: Role = Role::SinkNotify;
    const INPUTS: &'static [Topic] = &[Topic::Notifications];
    const DROPS: &'static [DropReason] = &[];

    /// Waits for the deliveries of the batch no longer than the grace.
    fn process(&self, batch: Batch<Deliverable>, state: &mut NotifyState, cx: &Context) -> Result<Decided, Fault> {
        let partition = batch.partition();
        batch.together(|records| {
            let mut begun = Vec::with_capacity(records.len());
            for record in records {
                let pending = pending(partition, record)?;
                let ticket = self.begin((partition, pending.offset), &pending.id, &pending.body);
                begun.push((pending, ticket));
            }
            self.courier.wait(begun.iter().filter_map(|(_, ticket)| ticket.as_ref()), self.settings.grace);
            let verdict = |(pending, ticket)| self.first_try(pending, ticket, state, cx.stream_time);
            Ok(begun.into_iter().map(verdict).collect())
        })
    }

    /// Looks at a delivery, or begins its next try. Never waits.
    fn fire(&self, timer: &DueTimer, state: &mut NotifyState, cx: &Context) -> Result<Vec<Output>, Fault> {
        let Some(pending) = state.pending.get(&timer.key).cloned() else { return Ok(Vec::new()) };
        let place = (pending.partition, pending.offset);
        let known = self.under_way().remove(&place);
        let (ended, tries) =
            (known.as_ref().and_then(|ticket| self.ended(ticket, pending.tries + 1)), pending.tries + 1);
        match ended {
            Some(Next::Done) => state.pending.remove(&timer.key),
            Some(Next::GiveUp(reason, detail)) => {
                state.pending.remove(&timer.key);
                let letter = dead_letter(Role::SinkNotify, &pending.raw(), reason, &detail);
                return Ok(vec![Output {
                    topic: Topic::DeadLetters,
                    key: pending.key,
                    route: Route::Same,
                    timestamp: pending.timestamp,
                    payload: letter.into(),
                }]);
            }
            Some(Next::Again(pause)) => {
                wait(Pending { tries, ..pending }, state, cx.stream_time.plus(span(pause)));
            }
            None => {
                let ticket = known.or_else(|| self.courier.send_waited(&pending.id, &pending.body));
                self.remember(place, ticket);
                state.timers.set(cx.stream_time.plus(self.look()), &timer.key);
            }
        }
        Ok(Vec::new())
    }
}

fn pending(partition: Partition, record: Record<Deliverable>) -> Result<Pending, Fault> {
    let Deliverable { notification, value } = record.value;
    let body = message::body(&notification);
    Ok(Pending {
        body: body.map_err(|error| Fault::Broken(format!("a notification cannot be written as JSON: {error}")))?,
        id: notification.notification_id,
        tries: 0,
        partition,
        offset: record.offset,
        timestamp: record.timestamp,
        key: record.key,
        value: value.to_vec(),
    })
}

/// Keeps a notification until it is looked at again.
fn wait(pending: Pending, state: &mut NotifyState, until: EventTime) {
    let key = pending.offset.0.to_string();
    state.timers.set(until, &key);
    state.pending.put(key, pending);
}

fn span(pause: Duration) -> Span {
    Span::millis(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
}
