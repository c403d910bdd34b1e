//! Scenarios of the roles of escalate, each over the state as the runtime keeps it.
#![expect(clippy::unwrap_used, reason = "a test may end here")]

mod book;
mod care;
mod driver;
mod heard;
mod overtaking;
mod tell;
mod watch;
