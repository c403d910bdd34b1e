//! What the baseline judge and the stage decide, in tables of sentences written for them.

mod fixture;
mod harm;
mod intents;
mod language;
mod properties;
mod stage;
mod themes;
