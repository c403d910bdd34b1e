//! Nanoseconds to write and to read one record: `cargo bench -p events`.
//!
//! Time on the processor counts, where Linux tells it, so that a busy machine says much the same as a quiet one. Every
//! round times all events once, so that a slow moment meets all of them; the median counts.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement needs the clock, prints what it finds, and stops when an example is none"
)]

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use events::{ClassifiedMention, Codec, EnrichedMention, Event, Mention, Tally};

const ROUNDS: usize = 31;
const RECORDS: u32 = 20_000;

fn main() {
    let mut measured = [
        Measured::new::<Mention>(include_str!("../../../schemas/mention/examples/card-stuck-at-night.json")),
        Measured::new::<EnrichedMention>(include_str!("../../../schemas/enrichment/examples/card-stuck-at-night.json")),
        Measured::new::<ClassifiedMention>(include_str!(
            "../../../schemas/classification/examples/complaint-about-a-card.json"
        )),
        Measured::new::<Tally>(include_str!("../../../schemas/tally/examples/volume-of-a-quiet-minute.json")),
    ];
    for _ in 0..ROUNDS {
        for event in &mut measured {
            let (write, read) = (event.time)();
            event.write.push(write);
            event.read.push(read);
        }
    }
    println!("{:<16} {:>6} {:>9} {:>9}", "event", "bytes", "write ns", "read ns");
    for event in &mut measured {
        let (write, read) = (median(&mut event.write), median(&mut event.read));
        println!("{:<16} {:>6} {write:>9.0} {read:>9.0}", event.name, event.bytes);
    }
}

struct Measured {
    name: &'static str,
    bytes: usize,
    time: Box<dyn Fn() -> (f64, f64)>,
    write: Vec<f64>,
    read: Vec<f64>,
}

impl Measured {
    fn new<T: Event>(example: &str) -> Self {
        let codec = Codec::default();
        let event: T = serde_json::from_str(example).expect("an example is its event");
        let bytes = codec.encode(&event).expect("an example fits its schema");
        let length = bytes.len();
        let time = move || {
            let start = nanoseconds();
            for _ in 0..RECORDS {
                black_box(codec.encode(black_box(&event)).expect("it was written before"));
            }
            let write = (nanoseconds() - start) / f64::from(RECORDS);
            let start = nanoseconds();
            for _ in 0..RECORDS {
                black_box(codec.decode::<T>(black_box(&bytes)).expect("it was just written"));
            }
            (write, (nanoseconds() - start) / f64::from(RECORDS))
        };
        Self { name: T::SCHEMA, bytes: length, time: Box::new(time), write: Vec::new(), read: Vec::new() }
    }
}

/// Nanoseconds that this thread has run; where that is not told, nanoseconds since the first call.
fn nanoseconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let run = schedule.and_then(|text| text.split(' ').next()?.parse().ok());
    run.unwrap_or_else(|| START.elapsed().as_nanos() as f64)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
