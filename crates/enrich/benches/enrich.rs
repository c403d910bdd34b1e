//! Cost of enrich a mention, without the codec: `cargo bench -p enrich`.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_types, clippy::disallowed_methods)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use enrich::{Enrich, EnrichState, RawMention};
use events::{Mention, Offset, Partition, Span, Topic};
use stream::{Batch, Record, Stage, State, StoredTable};
use testkit::build::{self, AT};

const TEXTS: [&str; 5] = [
    "@skylineair my flight to Leeds is delayed for three hours now and nobody at the gate tells us anything #skyline",
    "Skyline Air lost my bag again, the second time this month. The app says it is still in Rome?!",
    "the skyline of the city is so beautiful tonight, look at those photos https://pics.example/7aa1",
    "thanks to the crew of Skyline Air, so kind to my little son during the whole trip",
    "vuelo cancelado y sin respuesta de @skylineair, llevamos cinco horas en el aeropuerto",
];

fn mention(number: usize) -> Mention {
    let (id, author) = (number.to_string(), (number % 50_000).to_string());
    build::at(build::mention(&id, &author, TEXTS[number % TEXTS.len()]), AT.plus(Span::millis(number as i64)))
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../books/airline");
    let stage = Enrich::new(Arc::new(book::load_dir(&folder).unwrap())).unwrap();
    let mut state = EnrichState::default();
    let cx = build::context();
    const BATCH: usize = 1_000;
    let (mut deciding, mut state_keeping) = (0.0, 0.0);
    const BATCHES: usize = 300;
    for batch in 0..BATCHES {
        let records = (0..BATCH).map(|i| {
            let mention = mention(batch * BATCH + i);
            let (offset, timestamp, key) =
                (Offset((batch * BATCH + i) as i64), mention.event_time, mention.id.to_string());
            Record { topic: Topic::MentionsRaw, offset, timestamp, key, value: RawMention(mention) }
        });
        let batch = Batch::new(Partition(0), records.collect());
        let started = Instant::now();
        let decided = stage.process(batch, &mut state, &cx).unwrap();
        deciding += started.elapsed().as_secs_f64();
        let started = Instant::now();
        for table in state.tables_mut() {
            let _changes = table.changes().unwrap();
            let _check = table.check();
            table.merge();
        }
        state_keeping += started.elapsed().as_secs_f64();
        drop(decided);
    }
    let each = |seconds: f64| seconds * 1e6 / (BATCH * BATCHES) as f64;
    println!("decide: {:.2} µs a mention; seen (changes, check, merge): {:.2} µs", each(deciding), each(state_keeping));
    println!(
        "seen: {} ids, {:.1} bytes an id",
        state.seen().check().0,
        state.seen().memory() as f64 / (BATCH * BATCHES) as f64
    );
}
