//! Whether the yardstick itself is any good: a raw copy of records of 500 bytes. A slow yardstick flatters.
//!
//! What must be reached counts in a second of the copy's own processor time, as the stages' figures do: how fast it goes by the
//! clock depends on what is left of the machine by the broker, which costs about as much a record as the copy.

use anyhow::ensure;
use events::PartitionCount;
use serde_json::json;
use testkit::figures::Figure;

use crate::installation::World;
use crate::report::Report;
use crate::{Plan, raw, say};

/// Bytes of a record's value.
const BYTES: usize = 500;
/// Records of a run.
const RECORDS: usize = 500_000;
/// The least that a copy must reach in a second of its processor time.
const LEAST: f64 = 400_000.0;

/// Measures it, and tells whether it will do.
///
/// # Errors
/// The broker is away.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, lines: &[Vec<u8>], report: &mut Report) -> anyhow::Result<()> {
    say(&format!(
        "\nThe yardstick: a raw copy of {RECORDS} records of {BYTES} bytes, cut out of the lines of the crisis"
    ));
    // One after the other in one text, so that each record is as full of words as the lines are.
    let text: Vec<u8> = lines.iter().flatten().copied().collect();
    ensure!(text.len() > BYTES, "there are not enough lines: raise `--records`");
    let starts = (0..RECORDS).map(|number| number * BYTES % (text.len() - BYTES));
    let records: Vec<Vec<u8>> = starts.filter_map(|start| Some(text.get(start..start + BYTES)?.to_vec())).collect();
    let (mut rate, mut wall) = (Figure::default(), Figure::default());
    for repeat in 0..=plan.repeats {
        let copied = raw::lines(world, &format!("yardstick-{repeat}"), &records, PartitionCount::DEFAULT)?;
        if repeat == 0 {
            say(&format!("  to warm up the broker: {:.0} a second a core, not counted", copied.rate));
            continue;
        }
        rate.add(copied.rate);
        wall.add(copied.wall);
        say(&format!("  run {repeat}: {:.0} a second a core, {:.0} a second by the clock", copied.rate, copied.wall));
    }
    report.put(
        &["raw_copy"],
        json!({
            "bytes": BYTES,
            "records_per_second_per_core": rate.json(0),
            "records_per_second_by_the_clock": wall.json(0),
            "least_per_core": LEAST,
        }),
    );
    report.table(format!(
        "\nRAW COPY OF {BYTES} BYTES, records a second\n  {:<18}{:>10}{:>10}{:>10}\n  {:<18}{}   at least {LEAST:.0}\n  {:<18}{}\n",
        "",
        "median",
        "least",
        "most",
        "of processor time",
        rate.told(0),
        "by the clock",
        wall.told(0),
    ));
    if rate.median() < LEAST {
        report.fail(format!(
            "the raw copy makes {:.0} records a second a core, at least {LEAST:.0} are needed",
            rate.median()
        ));
    }
    Ok(())
}
