//! The services as processes of the built executable over a real Apache Kafka.
#![cfg(feature = "kafka")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops where it fails, also in its fixtures")]

mod clients;
mod configuration;
mod demo;
mod end_to_end;
mod faults;
mod hostile;
mod installation;
mod kill_points;
mod operation;
mod process;
mod protected;
mod rejected;
mod rights;
mod schemas;
mod sender;
