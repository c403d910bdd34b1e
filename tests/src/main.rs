//! The acceptance tests, one binary.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails, also in its fixtures")]

mod arrows;
mod bad_input;
mod books;
mod coordination;
mod copied_phrases;
mod corpus;
mod crash;
mod same_bytes;
mod scenarios;
mod sizes;
