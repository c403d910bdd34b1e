//! A call that may never return, given up after a time.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// Calls on a thread called `name`; `None` when it has not returned within `limit`, or the system gives no thread. What the call
/// holds is its thread's until it returns, if it ever does.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    name: &str,
    call: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (returns, returned) = channel();
    // Nobody may wait any more when it returns.
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(move || drop(returns.send(call())));
    spawned.ok().and_then(|_| returned.recv_timeout(limit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_returns_in_time_is_returned_and_what_does_not_is_given_up() {
        assert_eq!(within(Duration::from_secs(60), "quick", || 7), Some(7));
        let (hold, held) = channel::<()>();
        assert_eq!(within(Duration::from_millis(1), "stuck", move || held.recv()), None);
        drop(hold);
    }
}
