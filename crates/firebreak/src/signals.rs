//! Signals that ask this process to end: the first in order, the second at once.

use std::io;
use std::process;
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT from now on.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes them over; within a runtime.
    pub(crate) fn take_over() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Tells of the first by `first`; the second ends the process.
    pub(crate) async fn attend(mut self, first: impl FnOnce()) {
        self.next().await;
        first();
        self.next().await;
        tracing::warn!("a second signal ends the process at once");
        process::exit(1);
    }
}

/// Hears on a thread of its own.
///
/// # Errors
/// The system gives no runtime, thread or signal.
pub fn hear(first: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _entered = runtime.enter();
        Signals::take_over()?
    };
    thread::Builder::new().name("signals".to_owned()).spawn(move || runtime.block_on(signals.attend(first)))?;
    Ok(())
}
