//! What the baseline judge and the stage decide, in tables of sentences written for them.

#![expect(clippy::expect_used, clippy::string_slice, reason = "a test may panic")]

mod books;
mod costs;
mod examples;
mod fixture;
mod harm;
mod intents;
mod language;
mod properties;
mod register;
mod stage;
mod themes;
mod threats;
