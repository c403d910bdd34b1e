//! The tables at the start.

use events::Partition;
use stream::store::{Store, StoreError};

use crate::database::Database;

#[test]
fn processes_that_start_at_once_make_the_tables_once() {
    let database = Database::shared();
    std::thread::scope(|scope| {
        for partition in 0..6 {
            let mut store = database.store();
            scope.spawn(move || store.next_offsets(Partition(partition)).unwrap());
        }
    });
    let visitor = database.visitor();
    assert_eq!(visitor.number("SELECT count(*) FROM migrations"), 2);
    assert_eq!(visitor.number("SELECT count(*) FROM kafka_offset"), 36);
}

fn refused(database: &Database) -> String {
    match database.store().next_offsets(Partition(0)) {
        Err(StoreError::Broken(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_schema_of_a_newer_version_is_left_alone() {
    let database = Database::shared();
    database.store().next_offsets(Partition(0)).unwrap();
    database.visitor().execute("INSERT INTO migrations (step, digest) VALUES (3, 'of tomorrow')");
    let why = refused(&database);
    assert!(why.contains("3 steps") && why.contains("newer"), "{why}");
}

#[test]
fn a_schema_whose_tables_are_others_is_refused() {
    let database = Database::shared();
    database.store().next_offsets(Partition(0)).unwrap();
    database.visitor().execute("UPDATE migrations SET digest = 'another'");
    assert!(refused(&database).contains("in another form"));
}

#[test]
fn missing_rights_and_a_missing_database_are_told_with_a_remedy() {
    let database = Database::shared();
    database.store().next_offsets(Partition(0)).unwrap();
    database.visitor().execute("ALTER TABLE mentions DROP COLUMN severity");
    let why = refused(&database);
    assert!(why.contains("42703") && why.contains("check user, password, database and rights"), "{why}");
}
