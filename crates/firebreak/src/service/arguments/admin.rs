//! The admin port.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use crate::duration;

/// The admin port.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Admin port")]
pub struct AdminArguments {
    /// Where `/livez`, `/readyz`, `/startupz` and `/metrics` are served; port 0 takes a free one, which the log names.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080", env = "FIREBREAK_ADMIN")]
    pub admin: SocketAddr,
    /// A worker hangs, and `/livez` says so, when a pass of its loop takes longer.
    #[arg(long, value_name = "SPAN", default_value = "30s", value_parser = duration::parse_time, env = "FIREBREAK_LIVE_DEADLINE")]
    pub live_deadline: Duration,
}
