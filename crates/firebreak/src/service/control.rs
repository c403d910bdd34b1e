//! The control plane: signals and the admin port, on a thread and a runtime of their own, so that neither a broker nor a busy
//! worker keeps a probe or a signal waiting; and, where that is asked for, standard input.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use events::Role;
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
    role: Role,
    events: Sender<Event>,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _entered = runtime.enter();
        Signals::take_over()?
    };
    thread::Builder::new().name("control".to_owned()).spawn(move || {
        runtime.block_on(async {
            drop(tokio::spawn(admin::serve(listener, health, metrics, role)));
            // The main thread is there for as long as the process is.
            signals.attend(move || drop(events.send(Event::Signal))).await;
        });
    })?;
    Ok(())
}

/// Hears standard input until it ends; then the process is asked to end as by a signal. The other end of the pipe is closed by
/// the system however its holder dies.
///
/// # Errors
/// The system gives no thread.
pub(super) fn end_with_stdin(events: Sender<Event>) -> io::Result<()> {
    thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        // What comes is of no meaning, and one that cannot be read has ended too.
        drop(io::copy(&mut io::stdin(), &mut io::sink()));
        drop(events.send(Event::Signal));
    })?;
    Ok(())
}
