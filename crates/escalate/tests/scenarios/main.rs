//! Scenarios of the roles of escalate, each over the state as the runtime keeps it.

mod book;
mod care;
mod driver;
mod tell;
mod watch;
