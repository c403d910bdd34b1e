//! What is going wrong and who must act by when: incidents, cases, calls, notifications.
//!
//! Four roles, each a consumer group of its own: [`Watch`] (tallies to incidents), [`Care`] (mentions and actions to cases),
//! [`Call`] (incidents and cases to calls), [`Tell`] (calls to notifications). All are pure. No text of a mention leaves this
//! crate: incidents, cases and notifications carry ids, counts and terms.

pub mod call;
pub mod care;
mod steps;
pub mod tell;
pub mod watch;

pub use call::Call;
pub use care::Care;
pub use tell::Tell;
pub use watch::Watch;
