//! The executable as a library: commands, presentation and the wiring of the pipeline, nothing else.
//!
//! What a mention means, or whether something is going wrong, is decided in the stages; here it is read, started, counted
//! and shown. Errors are `anyhow` inside and become one of four exit codes in [`failure`].

pub mod book_test;
pub mod capabilities;
pub mod cli;
pub mod commands;
#[cfg(feature = "kafka")]
pub mod demo;
pub mod dlq;
pub mod duration;
pub mod evaluate;
pub mod failure;
pub mod label;
pub mod logging;
pub mod nearest;
mod parallel;
pub mod report;
pub mod run;
#[cfg(feature = "kafka")]
pub mod service;
#[cfg(feature = "kafka")]
pub mod show;
#[cfg(feature = "kafka")]
pub mod signals;
pub mod training;
pub mod uncovered;
mod yaml;
