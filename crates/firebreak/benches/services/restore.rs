//! How long enrich takes from its start until it is ready, with so many ids that it must know again, and what they weigh.

use std::time::Instant;

use bytes::Bytes;
use events::{Codec, PartitionCount, Seen, Topic};
use serde_json::{Value, json};
use stream::Outgoing;
use stream::kafka::Sender;
use testkit::figures::Figure;

use crate::ids::seen;
use crate::installation::{Installation, World};
use crate::report::Report;
use crate::{Plan, input, say};

/// Ids of the state; none tells what a start costs without any.
const IDS: [usize; 4] = [0, 100_000, 1_000_000, 10_000_000];
/// Ids of a record: what a transaction brings to a partition at full rate.
const TOGETHER: usize = 200;
/// Records sent at once.
const CHUNK: usize = 500;

/// Measures it as often as is planned, for each size up to that which is planned.
///
/// # Errors
/// Something does not start.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let (mut values, mut text) =
        (Vec::new(), String::from("\nRESTORE of enrich: from the start of the process until it is ready\n"));
    text.push_str(&format!(
        "  {:>12}{:>10}{:>10}{:>10}{:>14}{:>14}\n",
        "ids", "s, median", "least", "most", "MiB in Kafka", "MiB resident"
    ));
    // The first group and the first transaction of a broker make it create topics of its own.
    let first = Installation::new(world, "restore-first")?;
    first.start(&["enrich"])?.end()?;
    first.delete()?;
    for ids in IDS.into_iter().filter(|ids| *ids <= plan.ids) {
        say(&format!("\n{ids} ids lie in `seen`; enrich starts"));
        let installation = Installation::new(world, &format!("restore-{ids}"))?;
        let bytes = fill(&installation, ids)?;
        let (mut seconds, mut memory) = (Figure::default(), Figure::default());
        for repeat in 1..=plan.repeats {
            let begun = Instant::now();
            let running = installation.start(&["enrich"])?;
            let took = begun.elapsed().as_secs_f64();
            let resident = running.memory("enrich")?.now;
            say(&format!("  run {repeat}: ready after {took:.2} s with {resident:.0} MiB"));
            seconds.add(took);
            memory.add(resident);
            running.end()?;
        }
        let mib = bytes as f64 / 1_048_576.0;
        text.push_str(&format!("  {ids:>12}{}{mib:>14.1}{:>14.0}\n", seconds.told(2), memory.median()));
        values.push(json!({"ids": ids, "seconds": seconds.json(2), "bytes": bytes, "memory_mib": memory.json(1)}));
        installation.delete()?;
    }
    report.put(&["restore"], Value::from(values));
    report.table(text);
    Ok(())
}

/// Writes so many ids as enrich writes them; the bytes of their records.
///
/// # Errors
/// The broker is away.
pub(crate) fn fill(installation: &Installation<'_>, ids: usize) -> anyhow::Result<u64> {
    let (sender, codec) = (Sender::new(&installation.settings)?, Codec::default());
    let (partitions, now) = (PartitionCount::DEFAULT, input::now());
    let (mut record, mut bytes) = (0, 0);
    let records = ids.div_ceil(TOGETHER);
    while record < records {
        let mut chunk = Vec::with_capacity(CHUNK);
        for number in record..records.min(record + CHUNK) {
            let numbers = number * TOGETHER..ids.min((number + 1) * TOGETHER);
            let entries = numbers.map(|number| seen(number, now)).collect();
            let value = codec.encode(&Seen { entries })?;
            bytes += value.len() as u64;
            let key = format!("{number}");
            chunk.push(Outgoing {
                topic: Topic::Seen,
                partition: events::Partition(i32::try_from(number)? % partitions.get()),
                timestamp: now,
                key: Some(Bytes::from(key)),
                value: Some(Bytes::from(value)),
                headers: Vec::new(),
            });
        }
        record += chunk.len();
        sender.send(&chunk)?;
    }
    Ok(bytes)
}
