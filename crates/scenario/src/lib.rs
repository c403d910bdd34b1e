//! Crises with known truth, generated from a seed: the demo, the tests and the drills run on them.
//!
//! [`generate`] streams NDJSON lines of `firebreak run`'s input and returns the [`Truth`] about them. Everything is a pure
//! function of [`Options`]: the same options give the same bytes. Background, crisis, revisions, disorder, duplicates and
//! poison have random streams of their own, so that changing one of them leaves the texts of the others alone.
//! Texts come from the grammars of this crate. No clock, no file, no flag may come in here, and no rule of classify or
//! phrase of a book: the scenarios would then only prove that the rules were copied.

mod arrival;
mod background;
mod catalogue;
mod compose;
mod crises;
mod followups;
mod grammar;
mod options;
mod people;
mod poison;
mod post;
mod random;
mod rate;
mod scene;
mod truth;
mod voice;

use std::ops::ControlFlow;

pub use catalogue::{SCENARIOS, ScenarioInfo, find};
pub use grammar::complaint_phrases;
pub use options::{Options, ScenarioError};
pub use truth::{Matter, Onset, Request, Truth};

/// Writes the lines of the scenario, each without its newline, and returns the truth about them.
///
/// # Errors
/// The options name no scenario, or one of them is out of its range; nothing was written then.
pub fn generate(options: &Options, write: &mut dyn FnMut(&[u8])) -> Result<Truth, ScenarioError> {
    generate_until(options, &mut |line| {
        write(line);
        ControlFlow::Continue(())
    })
}

/// As [`generate`], but ends early when `write` breaks, such as when the reader of a pipe is gone.
///
/// # Errors
/// As [`generate`].
pub fn generate_until(
    options: &Options,
    write: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
) -> Result<Truth, ScenarioError> {
    let info = options.check()?;
    let mut scene = scene::Scene::new(options, info);
    let mut background = background::Background::new(options);
    let mut crisis = crises::begin(options, &mut scene);
    let mut arrival = arrival::Arrival::new(options, write);
    let mut from = scene.start;
    while from < scene.end && !arrival.stopped() {
        let to = (from + MINUTE).min(scene.end);
        background.interval(from, to, &mut scene);
        crisis.interval(from, to, &mut scene);
        while let Some(post) = scene.next_before(to) {
            arrival.take(&post);
        }
        from = to;
    }
    let counts = arrival.finish();
    Ok(scene.into_truth(counts))
}

/// One minute in milliseconds: the step of the generation.
pub(crate) const MINUTE: i64 = 60_000;
