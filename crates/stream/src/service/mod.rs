//! A stage as a service: what each of its threads turns, until the process is told to end.
//!
//! One worker is one thread: it joins, passes, backs off and leaves ([`drive`]). In between, [`Pace`] tells how far time may
//! pass and writes how far the role is; [`Current`] hands a reloaded book over; [`Health`] is what probes ask. Nothing here
//! knows a socket or a signal: those belong to the process.

mod current;
mod drive;
mod health;
mod member;
mod pace;
mod stop;

pub use current::Current;
pub use drive::drive;
pub use health::{Health, WorkerHealth};
pub use member::{Member, Passed, RoleMember};
#[cfg(feature = "admin")]
pub(crate) use pace::wall_clock;
pub use pace::{Clock, Pace};
pub use stop::Stop;
