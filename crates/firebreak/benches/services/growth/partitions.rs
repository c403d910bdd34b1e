//! More partitions: more turns for the same lines, and for the broker more that each transaction touches.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use events::PartitionCount;
use testkit::figures::Figure;

use super::{Point, chain};
use crate::installation::World;
use crate::{Plan, input, raw, say};

const PARTITIONS: [i32; 5] = [1, 4, 12, 24, 96];
/// Lines that go through the stages, a thousand at a time.
const LINES: usize = 20_000;

/// Measures stages and a raw copy at each number of partitions.
pub(super) fn measure(plan: &Plan, world: &World<'_>) -> anyhow::Result<Vec<Point>> {
    say("\nGrowth with partitions: processor time a line, a thousand lines at a time; and a raw copy over Kafka");
    let book = ::book::load_dir(Path::new(input::BOOK)).map_err(|mistakes| anyhow!("the book: {mistakes:?}"))?;
    let (book, crisis) = (Arc::new(book), input::crisis(plan.records.max(LINES))?);
    let mut points = Vec::new();
    for count in PARTITIONS {
        let partitions = PartitionCount::new(count).context("no number of partitions")?;
        let mut figures = [(); 4].map(|()| Figure::default());
        for repeat in 1..=plan.repeats {
            let few = crisis.get(..LINES).unwrap_or(&crisis);
            let copied = raw::lines(world, &format!("growth-{count}-{repeat}"), &crisis, partitions)?;
            let [ingest, enrich, classify] = chain::run(&book, partitions, few)?;
            figures
                .iter_mut()
                .zip([ingest, enrich, classify, 1e6 / copied.rate])
                .for_each(|(figure, value)| figure.add(value));
        }
        let [ingest, enrich, classify, copy] = figures;
        let named = [("ingest", ingest), ("enrich", enrich), ("classify", classify), ("raw_copy", copy)];
        let figures = named.map(|(name, figure)| (name, "µs a record", figure)).into();
        points.push(Point { of: "partitions", size: usize::try_from(count)?, figures }.tell());
    }
    Ok(points)
}
