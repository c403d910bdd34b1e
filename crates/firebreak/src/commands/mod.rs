//! One file a command: its flags, what they are checked for, and the call into the library that does the work.

pub mod book;
#[cfg(feature = "kafka")]
pub mod demo;
pub mod dlq;
pub mod evaluate;
pub mod label;
pub mod run;
pub mod schemas;
#[cfg(feature = "kafka")]
pub mod services;
#[cfg(feature = "kafka")]
pub mod show;
pub mod simulate;
pub mod teach;
#[cfg(feature = "kafka")]
pub mod topics;
pub mod train;
