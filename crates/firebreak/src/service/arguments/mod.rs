//! The settings of services, one struct for each concern; each flag is an environment variable too.
//!
//! clap reads the words; what they mean together is checked here, all mistakes at once, before anything is connected.

mod admin;
mod cluster;
mod layout;
mod mistakes;
mod planted;
mod registry;
mod secrets;
mod worker;

pub use admin::AdminArguments;
pub use cluster::ClusterArguments;
pub use layout::{ClockArgument, LayoutArguments};
pub use mistakes::Mistakes;
pub use planted::planted;
pub use registry::RegistryArguments;
pub use secrets::secret;
pub use worker::{WorkerArguments, host_name};
