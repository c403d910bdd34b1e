//! The control plane: signals and the admin port, on a thread and a runtime of their own, so that neither a broker nor a busy
//! worker keeps a probe or a signal waiting.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use stream::admin;
use stream::metrics::Metrics;
use stream::service::Health;
use tokio::runtime::Builder;

use super::process::Event;
use crate::signals::Signals;

/// Answers probes and hears signals until the process ends. A first SIGTERM or SIGINT asks it to; a second one does not ask.
///
/// # Errors
/// The system gives no runtime, thread or signal.
pub(super) fn start(
    listener: TcpListener,
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    events: Sender<Event>,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _entered = runtime.enter();
        Signals::take_over()?
    };
    thread::Builder::new().name("control".to_owned()).spawn(move || {
        runtime.block_on(async {
            drop(tokio::spawn(admin::serve(listener, health, metrics)));
            // The main thread is there for as long as the process is.
            signals.attend(move || drop(events.send(Event::Signal))).await;
        });
    })?;
    Ok(())
}
