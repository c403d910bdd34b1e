use events::{EventTime, digest};
use proptest::prelude::*;

use super::*;

fn entry(number: u64, revision: i64, person: &str, second: i64) -> SeenEntry {
    SeenEntry {
        id: MentionId::new(digest(&[&number.to_string()])),
        revision,
        deleted: false,
        person: Person::from(person),
        at: EventTime::FIRST.plus(Span::seconds(second)),
        said: None,
    }
}

fn add(table: &mut SeenTable, entry: SeenEntry) {
    assert_eq!(table.add(SeenKey::of(&entry.id), entry), None, "it says nothing");
}

fn has(table: &SeenTable, id: &MentionId, revision: i64) -> bool {
    table.has(SeenKey::of(id), revision)
}

fn known(table: &SeenTable, id: &MentionId) -> Option<Known> {
    table.known(SeenKey::of(id), id)
}

/// Merges what is in the overlay, having noted its record.
fn commit(table: &mut SeenTable, topic: &mut Vec<Change>) {
    let check = table.check();
    topic.extend(table.changes().unwrap());
    table.merge();
    assert_eq!(table.check(), check, "the check before the commit is that after it");
}

fn restored(topic: &[Change], fresh: SeenTable) -> SeenTable {
    let mut table = fresh;
    for change in topic {
        table.restore(&change.key, change.value.as_deref()).unwrap();
    }
    table
}

#[test]
fn what_was_added_is_seen_at_once_and_forgotten_when_the_turn_is_aborted() {
    let mut table = SeenTable::default();
    let one = entry(1, 0, "x:jo", 0);
    add(&mut table, one.clone());
    assert!(has(&table, &one.id, 0) && !has(&table, &one.id, 1));
    table.discard();
    assert!(!has(&table, &one.id, 0));
    assert_eq!(table.check(), (0, 0));
    assert!(table.changes().unwrap().is_empty());
}

#[test]
fn an_id_keeps_the_person_that_it_first_left_with_and_its_delete() {
    let mut table = SeenTable::default();
    let id = entry(1, 0, "", 0).id;
    add(&mut table, entry(1, 0, "", 0));
    assert_eq!(known(&table, &id), Some(Known { person: None, deleted: false }), "dropped, so it never left");
    table.merge();
    add(&mut table, entry(1, 1, "x:jo", 1));
    add(&mut table, entry(1, 2, "x:kim", 1));
    for _ in 0..2 {
        assert_eq!(known(&table, &id).and_then(|known| known.person), Some(Person::from("x:jo")));
        table.merge();
    }
    add(&mut table, SeenEntry { deleted: true, ..entry(1, 3, "x:jo", 2) });
    table.merge();
    assert!(known(&table, &id).unwrap().deleted);
    let own = entry(2, 0, "", 0).id;
    add(&mut table, SeenEntry { person: Person::new(format!("mention:{own}")), ..entry(2, 0, "", 0) });
    table.merge();
    assert_eq!(known(&table, &own).unwrap().person, Some(Person::new(format!("mention:{own}"))));
}

#[test]
fn revisions_of_any_size_are_told_apart() {
    let mut table = SeenTable::default();
    let revisions = [0, 13, 14, 32_766, 32_767, 32_768, i64::MAX, 1_760_000_000];
    for revision in revisions {
        assert!(!has(&table, &entry(1, 0, "", 0).id, revision));
        add(&mut table, entry(1, revision, "x:jo", 0));
        table.merge();
    }
    for revision in revisions {
        assert!(has(&table, &entry(1, 0, "", 0).id, revision), "{revision}");
    }
}

#[test]
fn what_lies_beyond_the_horizon_is_forgotten_and_what_lies_within_is_not() {
    let mut table = SeenTable::new(Span::hours(2), 1_000_000);
    for number in 0..10 {
        // One every half hour.
        add(&mut table, entry(number, 0, "x:jo", number as i64 * 1_800));
        table.merge();
    }
    // The newest stands at 4:30, and what came before 2:30 goes by whole hours, with the next record.
    add(&mut table, entry(99, 0, "x:jo", 9 * 1_800));
    table.merge();
    let seen: Vec<u64> = (0..10).filter(|number| has(&table, &entry(*number, 0, "", 0).id, 0)).collect();
    assert_eq!(seen, [4, 5, 6, 7, 8, 9]);
    assert_eq!(table.horizon(), Span::hours(2));
}

#[test]
fn the_bound_holds_whatever_the_horizon() {
    let mut table = SeenTable::new(Span::days(1_000), 16_000);
    for number in 0..100_000 {
        add(&mut table, entry(number, 0, "x:jo", 0));
        if number % 500 == 0 {
            table.merge();
            assert!(table.check().0 <= 16_501, "{}", table.check().0);
        }
    }
    assert!(!has(&table, &entry(0, 0, "", 0).id, 0) && has(&table, &entry(99_999, 0, "", 0).id, 0));
    assert_eq!(table.horizon(), Span::millis(0), "all of one hour: some of it is forgotten");
}

/// Every mention from another author with ten digits: the worst that platforms offer.
#[test]
fn an_id_costs_at_most_48_bytes() {
    let mut table = SeenTable::default();
    let (mut worst, mut at) = (0.0f64, 0);
    for number in 0..300_000u64 {
        add(&mut table, entry(number, 0, &format!("x:{}", 1_000_000_000 + number), number as i64 / 100));
        if number % 2_000 == 1_999 {
            table.merge();
            let bytes = table.memory() as f64 / (number + 1) as f64;
            if number > 20_000 && bytes > worst {
                (worst, at) = (bytes, number);
            }
        }
    }
    println!("at most {worst:.1} bytes an id, at {at} ids");
    assert!(worst <= 48.0, "{worst:.1} bytes an id at {at} ids");
}

proptest! {
    #[test]
    fn a_restored_table_equals_the_one_that_was_written(
        turns in proptest::collection::vec(
            (proptest::collection::vec((0..60u64, 0..4i64, 0..5u8, any::<bool>(), 0..30_000i64), 0..20), any::<bool>()), 0..30,
        ),
    ) {
        let limits = || SeenTable::new(Span::hours(2), 64);
        let (mut table, mut topic) = (limits(), Vec::new());
        for (entries, committed) in turns {
            for (number, revision, person, deleted, second) in entries {
                let person = ["", "x:jo", "x:kim", "meta:7", "mention"][usize::from(person)];
                let mut entry = SeenEntry { deleted, ..entry(number, revision, person, second) };
                if person == "mention" {
                    entry.person = Person::new(format!("mention:{}", entry.id));
                }
                if !has(&table, &entry.id, entry.revision) {
                    add(&mut table, entry);
                }
            }
            if committed { commit(&mut table, &mut topic) } else { table.discard() }
        }
        let again = restored(&topic, limits());
        prop_assert_eq!(again.check(), table.check());
        for number in 0..60 {
            let id = entry(number, 0, "", 0).id;
            prop_assert_eq!(known(&again, &id), known(&table, &id));
            for revision in 0..4 {
                prop_assert_eq!(has(&again, &id, revision), has(&table, &id, revision));
            }
        }
        // A lost record is found.
        let entries = topic.len();
        if entries > 0 {
            topic.pop();
            prop_assert_ne!(restored(&topic, limits()).check(), table.check());
        }
    }
}

#[test]
fn a_record_that_cannot_be_read_is_an_error() {
    let mut table = SeenTable::default();
    assert!(table.restore(b"", Some(b"rubbish")).is_err());
    assert!(table.restore(b"", None).is_ok());
}
