//! More ids seen: does it take longer to know an id, and what does an id weigh?

use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use enrich::{Enrich, EnrichState, RawMention, SeenTable};
use events::{Codec, Offset, Partition, Seen, Span, Topic};
use stream::{Batch, Record, Stage, State, StoredTable};
use testkit::build::{self, AT};
use testkit::figures::Figure;

use super::Point;
use crate::ids::seen;
use crate::{Plan, input, process, say};

const SIZES: [usize; 2] = [10_000, 10_000_000];
/// Ids of a record of the table.
const TOGETHER: usize = 1_000;
/// New mentions that are decided, and how many at a time.
const BATCHES: usize = 20;
const BATCH: usize = 1_000;

/// Measures enrich with one partition that knows so many ids.
pub(super) fn measure(plan: &Plan) -> anyhow::Result<Vec<Point>> {
    say("\nGrowth with ids seen, all of one partition, on the state alone: processor time of a new mention");
    let book = ::book::load_dir(Path::new(input::BOOK)).map_err(|mistakes| anyhow!("the book: {mistakes:?}"))?;
    let stage = Enrich::new(Arc::new(book))?;
    let mut points = Vec::new();
    for size in SIZES.into_iter().filter(|size| *size <= plan.ids) {
        let (mut time, mut weight) = (Figure::default(), Figure::default());
        let mut state = EnrichState::with(SeenTable::new(Span::hours(48), 2 * size + plan.records));
        fill(&mut state, size)?;
        for repeat in 0..plan.repeats {
            time.add(decide(&stage, &mut state, usize::from(repeat))?);
            weight.add(state.seen().memory() as f64 / state.seen().check().0 as f64);
        }
        let figures = vec![("enrich", "µs a record", time), ("weight", "bytes an id", weight)];
        points.push(Point { of: "ids seen", size, figures }.tell());
    }
    Ok(points)
}

/// As if the table were restored from its topic.
fn fill(state: &mut EnrichState, ids: usize) -> anyhow::Result<()> {
    let codec = Codec::default();
    for first in (0..ids).step_by(TOGETHER) {
        let entries = (first..ids.min(first + TOGETHER)).map(|number| seen(number, AT)).collect();
        let value = codec.encode(&Seen { entries })?;
        let tables = state.tables_mut().into_iter().filter(|table| table.topic() == Topic::Seen);
        for table in tables {
            table.restore(b"", Some(&value))?;
        }
    }
    Ok(())
}

/// Microseconds of processor time that a new mention takes, the keeping of state included.
fn decide(stage: &Enrich, state: &mut EnrichState, round: usize) -> anyhow::Result<f64> {
    let (own, cx, mut took) = (std::process::id(), build::context(), 0.0);
    for batch in 0..BATCHES {
        let records = (0..BATCH).map(|place| {
            let number = (round * BATCHES + batch) * BATCH + place;
            let author = (number % 50_000).to_string();
            let text = "@skylineair my flight to Leeds is delayed for three hours now and nobody tells us anything";
            let mention =
                build::at(build::mention(&number.to_string(), &author, text), AT.plus(Span::millis(number as i64)));
            let (timestamp, key) = (mention.event_time, mention.id.to_string());
            Record {
                topic: Topic::MentionsRaw,
                offset: Offset(number as i64),
                timestamp,
                key,
                value: RawMention(mention),
            }
        });
        let batch = Batch::new(Partition(0), records.collect());
        let before = process::processor_time(own)?;
        let decided = stage.process(batch, state, &cx).map_err(|fault| anyhow!("{fault:?}"))?;
        for table in state.tables_mut() {
            drop(table.changes()?);
            table.merge();
        }
        drop(decided);
        took += (process::processor_time(own)?.saturating_sub(before)).as_secs_f64();
    }
    Ok(took * 1e6 / (BATCHES * BATCH) as f64)
}
