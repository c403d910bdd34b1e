//! What must be so in the cluster before a worker joins.

use std::time::Duration;

use anyhow::anyhow;
use events::{Codec, Role, Topic};
use stream::kafka::Admin;
use stream::service::Stop;
use stream::{Backoff, Exit};

use super::topics::refused;
use super::{Schemas, ServiceSettings, unregistered};
use crate::failure::Failure;

/// Waits for the cluster, refuses it when topics are not as declared, and makes what is written readable for others. `false`
/// when the process is to end before that.
///
/// # Errors
/// The topics differ, schemas are not registered, or the cluster or the registry refuses.
pub(super) fn ready(
    settings: &ServiceSettings,
    (schemas, codec): (&Schemas, &Codec),
    topics: &[Topic],
    stop: &Stop,
) -> Result<bool, Failure> {
    let declared = settings.declared(topics);
    let Some(differences) = patiently(stop, || Admin::new(&settings.kafka)?.differences(&declared))? else {
        return Ok(false);
    };
    if !differences.is_empty() {
        return Err(refused(&differences));
    }
    let Some(missing) = patiently(stop, || schemas.prepare(codec, topics))? else { return Ok(false) };
    if missing.is_empty() { Ok(true) } else { Err(unregistered(&missing)) }
}

/// Tries until it works, or no further try can help; `None` when the process is to end before that.
fn patiently<T>(stop: &Stop, mut act: impl FnMut() -> Result<T, Exit>) -> Result<Option<T>, Failure> {
    let mut backoff = backoff()?;
    while !stop.is_wanted() {
        match act() {
            Ok(done) => return Ok(Some(done)),
            Err(exit @ (Exit::Retry(_) | Exit::Fenced(_))) => {
                let pause = backoff.pause();
                tracing::warn!(%exit, pause_seconds = pause.as_secs_f64(), "the cluster is not ready yet");
                stop.pause(pause);
            }
            Err(exit) => return Err(exit.into()),
        }
    }
    Ok(None)
}

/// The pauses of whatever is tried again.
pub(super) fn backoff() -> anyhow::Result<Backoff> {
    Backoff::new(Duration::from_millis(200), Duration::from_secs(5)).ok_or_else(|| anyhow!("pauses must grow"))
}

/// Says which role met what.
pub(super) fn failed(role: Role, worker: usize, exit: Exit) -> Failure {
    Failure::Failed(anyhow!(exit).context(format!("worker {worker} of role `{role}` ended the process")))
}
