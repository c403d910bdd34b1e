//! `sink.notify` through the contract of a stage: the console, and a real HTTP receiver on loopback.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails, also in its fixtures")]

mod console;
mod fixture;
mod receiver;
mod restart;
mod webhook;
