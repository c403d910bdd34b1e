//! Which cores the measured processes may use: not the broker's, so that neither takes the other's cache or time.

use std::process::{Command, Stdio};
use std::thread::available_parallelism;

use crate::say;

/// The core that the broker is held to: the last one, where there are several.
pub(crate) fn broker_core() -> Option<usize> {
    available_parallelism().ok().map(|cores| cores.get() - 1).filter(|last| *last > 0)
}

/// While it lives, this thread, and what it starts, keep to the other cores.
pub(crate) struct Pinned {
    all: Option<String>,
}

impl Pinned {
    /// Keeps to the cores that are not the broker's, as far as the system has `taskset`.
    pub(crate) fn beside_the_broker(broker: Option<usize>) -> Self {
        let Some(broker) = broker else { return Self { all: None } };
        let rest = if broker == 1 { "0".to_owned() } else { format!("0-{}", broker - 1) };
        if !keep_to(&rest) {
            say("  the cores are not pinned: `taskset` (package util-linux) does not do it");
            return Self { all: None };
        }
        say(&format!("\nThe broker keeps to core {broker}, what is measured to {rest}"));
        Self { all: Some(format!("0-{broker}")) }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if let Some(all) = &self.all
            && !keep_to(all)
        {
            say("  the cores stay pinned: `taskset` does not undo it");
        }
    }
}

/// The id of the main thread is that of the process; threads and processes that it starts later do as it does.
fn keep_to(cores: &str) -> bool {
    let own = std::process::id().to_string();
    let told =
        Command::new("taskset").args(["-p", "-c", cores, &own]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    told.is_ok_and(|status| status.success())
}
