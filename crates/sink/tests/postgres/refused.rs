//! What can never be stored.

use std::sync::Arc;

use events::{Codec, DeadLetter, Role, Topic};
use sink::PostgresStore;
use stream::store::Store as _;
use stream::{Exit, RecordingObserver, RejectReason};

use crate::crashing::{drain, observed, worker};
use crate::database::Database;
use crate::input::{self, GROUP, append, case, incident, notification};

/// A text that no compression makes short.
fn long(length: usize) -> String {
    let mut state = 1_u64;
    let next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + (state >> 40) as u8 % 26)
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn a_record_that_cannot_be_read_or_that_the_database_refuses_is_a_dead_letter_and_its_neighbours_are_stored() {
    let (database, cluster) = (Database::shared(), input::cluster());
    for i in 0..5 {
        append(&cluster, Topic::Notifications, "same partition", notification(&format!("n{i}")));
    }
    // Its key is longer than an entry of an index can be.
    append(&cluster, Topic::Notifications, "same partition", notification(&long(9_000)));
    append(&cluster, Topic::Notifications, "same partition", "no notification".into());
    for i in 5..8 {
        append(&cluster, Topic::Notifications, "same partition", notification(&format!("n{i}")));
    }
    let heard = Arc::new(RecordingObserver::default());
    let member = cluster.join(GROUP, "worker", PostgresStore::INPUTS);
    drain(&mut observed(&cluster, member, database.store(), heard.clone())).unwrap();
    let visitor = database.visitor();
    assert_eq!(visitor.number("SELECT count(*) FROM notifications"), 8);
    let rows = visitor.ask(r#"SELECT reason, topic, "offset", stage, detail FROM dead_letters ORDER BY "offset""#);
    let letters: Vec<(String, String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let from = "notifications".to_owned();
    assert_eq!(letters, [("refused".into(), from.clone(), 5), ("decode".into(), from, 6)]);
    assert!(rows[0].get::<_, String>(4).starts_with("54000: index row"), "{}", rows[0].get::<_, String>(4));
    let counts = heard.of(Role::SinkPostgres).counts;
    assert!(counts.balanced());
    assert_eq!((counts.forwarded, counts.total_rejected()), (8 + 2, 2), "the dead letters themselves are stored");
    assert_eq!(counts.rejected[&RejectReason::Refused], 1);
    let sent = cluster.tap(&[Topic::DeadLetters]).read();
    let sent: Vec<DeadLetter> =
        sent.iter().map(|raw| Codec::default().decode(raw.value.as_deref().unwrap()).unwrap()).collect();
    assert!(sent.iter().all(|letter| letter.stage == "sink.postgres"), "{sent:?}");
}

#[test]
fn a_dead_letter_that_cannot_be_stored_stops_the_sink() {
    let (database, cluster) = (Database::shared(), input::cluster());
    append(&cluster, Topic::DeadLetters, "k", "no dead letter".into());
    let stopped = drain(&mut worker(&cluster, "worker", database.store()));
    let Err(Exit::Fatal(why)) = stopped else { panic!("{stopped:?}") };
    assert!(why.contains("a dead letter cannot be stored") && why.contains("`dead-letters`"), "{why}");
    assert_eq!(input::read(&cluster, Topic::DeadLetters), 1, "none is made of a dead letter");
    // It stands before it, also after another start.
    assert!(drain(&mut worker(&cluster, "worker", database.store())).is_err());
    assert_eq!(database.visitor().number("SELECT sum(next)::bigint FROM kafka_offset"), 0);
}

#[test]
fn a_tombstone_is_no_row() {
    let mut raw = input::raw(Topic::Cases, 0, case("c", 0));
    raw.value = None;
    let refused = PostgresStore::row(&raw, &Codec::default()).unwrap_err();
    assert_eq!(refused.reason, RejectReason::Invalid);
    let foreign = input::raw(Topic::Tallies, 0, incident("i", 0));
    assert!(PostgresStore::row(&foreign, &Codec::default()).is_err());
}
