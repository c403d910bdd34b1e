//! What a process reads for all its workers: how far the other roles are.

use std::sync::Arc;
use std::time::Duration;

use events::{Codec, Topic};
use stream::kafka::{KafkaSettings, KafkaTap};
use stream::progress::Board;
use stream::service::Stop;
use stream::{Backoff, Exit};

/// Between two looks: well below the time in which others write.
const LOOK: Duration = Duration::from_millis(50);

/// Posts on the board what other roles write, until the process is to end. While it cannot be read time is held back, which
/// is seen; so it is tried for as long as it takes.
///
/// # Errors
/// What no try can mend, such as a right that is missing.
pub(super) fn post_progress(
    settings: &KafkaSettings,
    group: &str,
    (board, codec): (&Arc<Board>, &Codec),
    stop: &Stop,
    mut backoff: Backoff,
) -> Result<(), Exit> {
    let mut tap: Option<KafkaTap> = None;
    while !stop.is_wanted() {
        let mut read = || {
            let tap = match &mut tap {
                Some(tap) => tap,
                none => none.insert(KafkaTap::new(settings, group, Topic::Progress)?),
            };
            board.refresh(tap, codec)
        };
        match read() {
            Ok(()) => {
                backoff.reset();
                stop.pause(LOOK);
            }
            Err(exit @ (Exit::Retry(_) | Exit::Fenced(_))) => {
                let pause = backoff.pause();
                tracing::warn!(%exit, pause_seconds = pause.as_secs_f64(), "progress of other roles cannot be read: time is held back");
                stop.pause(pause);
            }
            Err(exit) => return Err(exit),
        }
    }
    Ok(())
}
