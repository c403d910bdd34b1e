//! What the tables hold in the end, in whatever order records came.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use events::{MentionId, MentionKind, Offset, Partition, Topic};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sink::PostgresStore;
use stream::store::{Move, Store, Written};

use crate::database::Database;
use crate::input::{self, case, classified, dead_letter, incident, mark, notification, revision};

/// Writes rows from where the partition's topic stands.
fn write(store: &mut PostgresStore, from: &mut i64, rows: &[<PostgresStore as Store>::Row]) -> Written {
    let to = *from + rows.len() as i64;
    let moves = [Move { topic: Topic::Cases, partition: Partition(0), from: Offset(*from), to: Offset(to) }];
    let written = store.write(&rows.iter().collect::<Vec<_>>(), &moves).unwrap();
    *from = to;
    written
}

fn mention(name: &str, number: i64, kind: MentionKind, text: &str) -> <PostgresStore as Store>::Row {
    input::row(Topic::MentionsClassified, number, classified(revision(name, number, kind, text)))
}

#[test]
fn a_nul_becomes_the_replacement_character_in_texts_and_in_json() {
    let database = Database::shared();
    let mut store = database.store();
    store.next_offsets(Partition(0)).unwrap();
    let rows = [
        mention("n\0", 0, MentionKind::Create, "a\0b"),
        input::row(Topic::DeadLetters, 0, dead_letter(4)),
        input::row(Topic::Notifications, 0, notification("id\0")),
        input::row(Topic::Cases, 0, case("c\0", 0)),
    ];
    let written = write(&mut store, &mut 0, &rows);
    assert_eq!(written, Written { inserted: 4, updated: 0, unchanged: 0 });
    let visitor = database.visitor();
    let row = &visitor.ask("SELECT text, native_id, source FROM mentions")[0];
    assert_eq!([row.get::<_, &str>(0), row.get(1), row.get(2)], ["a\u{fffd}b", "n\u{fffd}", "x"]);
    let row = &visitor.ask("SELECT detail, value FROM dead_letters")[0];
    assert_eq!(row.get::<_, &str>(0), "not JSON\u{fffd}");
    assert_eq!(row.get::<_, Vec<u8>>(1), [0, 255, 1], "bytes stay as they were");
    let row = &visitor.ask("SELECT record->>'case_id' FROM cases")[0];
    assert_eq!(row.get::<_, &str>(0), "c\u{fffd}");
}

#[test]
fn a_row_holds_what_the_record_says() {
    let database = Database::shared();
    let mut store = database.store();
    store.next_offsets(Partition(0)).unwrap();
    let rows = [
        mention("1", 0, MentionKind::Create, "my bag is lost"),
        input::row(Topic::Incidents, 0, incident("i1", 7)),
        input::row(Topic::Notifications, 0, notification("n1")),
    ];
    write(&mut store, &mut 0, &rows);
    let visitor = database.visitor();
    let row = &visitor.ask(
        "SELECT id, person, sentiment, intent, main_theme, severity, brands->>0, themes->>0, event_time::text,
                classification->'severity'->>'score', deleted_at IS NULL
         FROM mentions",
    )[0];
    let texts: Vec<&str> = [0, 1, 2, 3, 4, 6, 7, 9].into_iter().map(|column| row.get(column)).collect();
    let id = MentionId::of("x", "1");
    assert_eq!(texts, [id.as_str(), "x:jo", "negative", "complaint", "lost_bag", "skyline", "lost_bag", "30"]);
    assert_eq!(row.get::<_, i64>(5), 30);
    assert!(row.get::<_, &str>(8).starts_with("2026-11-02 "));
    assert!(row.get::<_, bool>(10));
    let row = &visitor.ask("SELECT revision, expected, record ? 'persons', record->>'state' FROM incidents")[0];
    assert_eq!((row.get::<_, i64>(0), row.get::<_, f64>(1), row.get::<_, bool>(2)), (7, 3.5, false));
    assert_eq!(row.get::<_, &str>(3), "open");
    assert_eq!(visitor.number("SELECT count(*) FROM notifications WHERE calls = '[\"k1\"]'"), 1);
}

#[test]
fn a_delete_empties_what_was_said_and_keeps_what_was_counted() {
    let database = Database::shared();
    let mut store = database.store();
    store.next_offsets(Partition(0)).unwrap();
    let mut next = 0;
    write(&mut store, &mut next, &[mention("1", 0, MentionKind::Create, "my bag is lost")]);
    let written = write(&mut store, &mut next, &[mention("1", 1, MentionKind::Delete, "")]);
    assert_eq!(written, Written { inserted: 0, updated: 1, unchanged: 0 });
    let written = write(&mut store, &mut next, &[mention("1", 2, MentionKind::Edit, "again")]);
    assert_eq!(written.updated, 1, "its labels are newer, its words stay forgotten");
    let visitor = database.visitor();
    let forgotten = "SELECT count(*) FROM mentions
        WHERE text = '' AND url IS NULL AND author_handle IS NULL AND author_name IS NULL
          AND deleted_at IS NOT NULL AND severity = 30 AND person = 'x:jo' AND revision = 2";
    assert_eq!(visitor.number(forgotten), 1);
    assert_eq!(visitor.number("SELECT count(*) FROM mentions WHERE mentions::text LIKE '%bag is%'"), 0);
}

#[derive(Debug, Clone)]
enum Said {
    Text(i64),
    Deleted(i64),
}

/// Revisions of some mentions, each once, in an order of its own, cut into writes.
fn histories() -> impl Strategy<Value = (Vec<(usize, Said)>, usize)> {
    let one = (0..3usize, 0..6i64, prop::bool::weighted(0.25));
    let said = proptest::collection::btree_map((0..3usize, 0..6i64), one.prop_map(|(_, _, deleted)| deleted), 1..14);
    let shuffled = said.prop_map(|said| {
        let said = said.into_iter().map(|((mention, revision), deleted)| {
            (mention, if deleted { Said::Deleted(revision) } else { Said::Text(revision) })
        });
        said.collect::<Vec<_>>()
    });
    (shuffled.prop_shuffle(), 1..5usize)
}

#[test]
fn in_any_order_the_highest_revision_wins_and_a_delete_is_final() {
    let database = Database::shared();
    let mut store = database.store();
    store.next_offsets(Partition(0)).unwrap();
    let visitor = database.visitor();
    let (runs, state) = (Cell::new(0), RefCell::new((store, 0)));
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&histories(), |(said, size)| {
        let run = runs.get();
        runs.set(run + 1);
        let name = |mention: usize| format!("{run}-{mention}");
        let mut expected: BTreeMap<String, (Option<i64>, bool)> = BTreeMap::new();
        let mut rows = Vec::new();
        for (of, said) in &said {
            let known = expected.entry(MentionId::of("x", &name(*of)).to_string()).or_default();
            rows.push(match said {
                Said::Text(revision) => {
                    known.0 = known.0.max(Some(*revision));
                    mention(&name(*of), *revision, MentionKind::Edit, &format!("text {revision}"))
                }
                Said::Deleted(revision) => {
                    known.1 = true;
                    mention(&name(*of), *revision, MentionKind::Delete, "")
                }
            });
        }
        for rows in rows.chunks(size) {
            let (store, next) = &mut *state.borrow_mut();
            write(store, next, rows);
        }
        let found =
            format!("SELECT id, revision, text, deleted_at IS NOT NULL FROM mentions WHERE native_id LIKE '{run}-%'");
        let found = visitor.ask(&found).into_iter().map(|row| {
            let text: String = row.get(2);
            let (revision, deleted): (Option<i64>, bool) = (row.get(1), row.get(3));
            let right = if deleted { String::new() } else { format!("text {}", revision.unwrap_or_default()) };
            assert_eq!(text, right);
            (row.get(0), (revision, deleted))
        });
        prop_assert_eq!(found.collect::<BTreeMap<String, _>>(), expected);
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn of_incidents_and_cases_too_the_highest_revision_wins() {
    let database = Database::shared();
    let mut store = database.store();
    store.next_offsets(Partition(0)).unwrap();
    let mut next = 0;
    for revisions in [&[3, 1, 2][..], &[0, 5, 4], &[2]] {
        let rows: Vec<_> = revisions
            .iter()
            .flat_map(|revision| {
                [
                    input::row(Topic::Cases, 0, case("c", *revision)),
                    input::row(Topic::Incidents, 0, incident("i", *revision)),
                ]
            })
            .collect();
        write(&mut store, &mut next, &rows);
    }
    let visitor = database.visitor();
    assert_eq!(visitor.number("SELECT revision FROM cases"), 5);
    assert_eq!(visitor.number("SELECT severity FROM incidents"), 5, "the whole row is that of the highest");
}

#[test]
fn a_dead_letter_that_was_sent_again_says_when_first_whether_its_mark_comes_with_it_or_later() {
    let database = Database::shared();
    let mut store = database.store();
    store.next_offsets(Partition(0)).unwrap();
    let mut next = 0;
    let at = |second: i64| events::EventTime::from_millis(second * 1_000);
    let row = |value| input::row(Topic::DeadLetters, 0, value);
    write(&mut store, &mut next, &[row(dead_letter(1)), row(mark(1, at(5))), row(dead_letter(2)), row(dead_letter(3))]);
    write(&mut store, &mut next, &[row(mark(2, at(6))), row(mark(1, at(9))), row(mark(9, at(9)))]);
    let visitor = database.visitor();
    let rows = visitor.ask(
        r#"SELECT "offset"::text || ' ' || coalesce(extract(epoch FROM retried_at)::integer::text, 'open') || ' ' || reason
           FROM dead_letters ORDER BY "offset""#,
    );
    let told: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(told, ["1 5 decode", "2 6 decode", "3 open decode"]);
}
