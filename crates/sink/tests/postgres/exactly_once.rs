//! Each record counts once, whoever dies, whenever.

use std::cell::RefCell;

use events::{Codec, MentionKind, Offset, Partition, Role, Topic};
use sink::PostgresStore;
use stream::memory::Cluster;
use stream::store::{Move, Pass, Store, StoreError, Unstorable, Written};
use stream::{Defect, Log, Raw};
use testkit::crash::CrashPlan;

use crate::crashing::{drain, live, worker};
use crate::database::Database;
use crate::input::{self, append, case, classified, dead_letter, incident, notification, revision};

/// A bit of everything, over all partitions, and a record that cannot be read.
fn fill(cluster: &Cluster, round: usize) {
    for i in 0..8 {
        let name = format!("{round}-{i}");
        append(cluster, Topic::MentionsClassified, &name, classified(revision(&name, 0, MentionKind::Create, "lost")));
    }
    let deleted = classified(revision(&format!("{round}-1"), 1, MentionKind::Delete, ""));
    append(cluster, Topic::MentionsClassifiedExpress, "d", deleted);
    append(cluster, Topic::Incidents, "i", incident("i", round as i64));
    append(cluster, Topic::Cases, "c", case("c", round as i64));
    append(cluster, Topic::Notifications, "n", notification(&format!("n{round}")));
    append(cluster, Topic::DeadLetters, "l", dead_letter(round as i64));
    append(cluster, Topic::Cases, "poison", "no case".into());
}

#[test]
fn a_crash_at_any_step_loses_nothing_and_doubles_nothing() {
    let database = Database::shared();
    // How many steps a life without a crash has: beginning, reading, both sides of every write and commit.
    let quiet = CrashPlan::default();
    let cluster = input::cluster();
    fill(&cluster, 0);
    live(&cluster, &quiet, || database.store());
    let steps = quiet.passed();
    assert!(steps > 30, "{steps} steps: the log and the store must both be asked");

    let mut deaths = 0;
    for step in 0..steps {
        let database = Database { schema: format!("{}_{step}", database.schema), ..Database::shared() };
        let (cluster, plan) = (input::cluster(), CrashPlan::default());
        let mut store = database.store();
        store.next_offsets(Partition(0)).unwrap();
        let visitor = database.visitor();
        visitor.watch_moves();
        fill(&cluster, 0);
        plan.crash_after(step);
        deaths += live(&cluster, &plan, || database.store());
        let letters = input::read(&cluster, Topic::DeadLetters);
        assert!((2..=3).contains(&letters), "step {step}: the poison is sent again only if the crash came in between");
        assert_eq!(visitor.check_moves(), input::end(&cluster), "step {step}: all is passed");
        let counts = visitor.ask(
            "SELECT (SELECT count(*) FROM mentions), (SELECT count(*) FROM incidents), (SELECT count(*) FROM cases),
                    (SELECT count(*) FROM notifications), (SELECT count(*) FROM dead_letters)",
        );
        let counts: Vec<i64> = (0..5).map(|column| counts[0].get(column)).collect();
        assert_eq!(counts, [8, 1, 1, 1, 2], "step {step}");
    }
    assert!(deaths >= steps - 8, "{deaths} deaths in {steps} lives: the plan did not strike");
}

#[test]
fn a_connection_that_ends_between_the_rows_and_the_commit_or_in_the_commit_leaves_nothing_half_done() {
    for (table, when) in [("mentions", "rows"), ("notifications", "rows"), ("dead_letters", "commit")] {
        let (database, cluster) = (Database::shared(), input::cluster());
        database.store().next_offsets(Partition(0)).unwrap();
        let visitor = database.visitor();
        visitor.watch_moves();
        visitor.end_once(table, when);
        fill(&cluster, 0);
        drain(&mut worker(&cluster, "worker", database.store())).unwrap();
        assert!(visitor.number("SELECT last_value FROM struck") > 1, "{table}: the connection ended once");
        assert_eq!(visitor.check_moves(), input::end(&cluster), "{table}, {when}");
        assert_eq!(visitor.number("SELECT count(*) FROM mentions"), 8, "{table}, {when}");
        assert_eq!(visitor.number("SELECT count(*) FROM dead_letters"), 2, "{table}, {when}");
    }
}

#[test]
fn of_two_writers_the_one_that_stood_elsewhere_writes_nothing() {
    let database = Database::shared();
    let (mut zombie, mut heir) = (database.store(), database.store());
    let stood = zombie.next_offsets(Partition(0)).unwrap();
    assert!(stood.iter().all(|(_, next)| *next == Offset(0)), "nothing is stored: the beginning");
    assert_eq!(heir.next_offsets(Partition(0)).unwrap(), stood);
    let moves =
        |from, to| [Move { topic: Topic::Notifications, partition: Partition(0), from: Offset(from), to: Offset(to) }];
    let of_heir = input::row(Topic::Notifications, 0, notification("of the heir"));
    let of_zombie = input::row(Topic::Notifications, 0, notification("of the zombie"));
    heir.write(&[&of_heir], &moves(0, 3)).unwrap();
    assert_eq!(zombie.write(&[&of_zombie], &moves(0, 2)), Err(StoreError::Lost));
    assert_eq!(zombie.write(&[&of_zombie], &moves(2, 5)), Err(StoreError::Lost));
    let ids = database.visitor().ask("SELECT notification_id FROM notifications");
    assert_eq!(ids.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["of the heir"]);
    let stands = zombie.next_offsets(Partition(0)).unwrap();
    assert!(stands.contains(&(Topic::Notifications, Offset(3))), "{stands:?}");
    zombie.write(&[&of_zombie], &moves(3, 4)).unwrap();
}

/// A store whose owner is stopped before its first write while somebody else goes on.
struct Stopped<F> {
    inner: PostgresStore,
    meanwhile: RefCell<Option<F>>,
}

impl<F: FnOnce() + Send> Store for Stopped<F> {
    type Row = <PostgresStore as Store>::Row;
    const ROLE: Role = PostgresStore::ROLE;
    const INPUTS: &'static [Topic] = PostgresStore::INPUTS;
    const DEPENDENCY: &'static str = PostgresStore::DEPENDENCY;

    fn row(raw: &Raw, codec: &Codec) -> Result<Self::Row, Unstorable> {
        PostgresStore::row(raw, codec)
    }

    fn next_offsets(&mut self, partition: Partition) -> Result<Vec<(Topic, Offset)>, StoreError> {
        self.inner.next_offsets(partition)
    }

    fn write(&mut self, rows: &[&Self::Row], moves: &[Move]) -> Result<Written, StoreError> {
        if let Some(meanwhile) = self.meanwhile.take() {
            meanwhile();
        }
        self.inner.write(rows, moves)
    }
}

#[test]
fn a_worker_that_was_stopped_with_a_batch_in_hand_loses_it_to_its_heir_and_comes_back() {
    let (database, cluster) = (Database::shared(), input::cluster());
    database.store().next_offsets(Partition(0)).unwrap();
    database.visitor().watch_moves();
    fill(&cluster, 0);
    let meanwhile = || {
        assert!(cluster.expel("zombie"));
        drain(&mut worker(&cluster, "heir", database.store())).unwrap();
    };
    let store = Stopped { inner: database.store(), meanwhile: RefCell::new(Some(meanwhile)) };
    let mut zombie = worker(&cluster, "zombie", store);
    drain(&mut zombie).unwrap();
    let visitor = database.visitor();
    assert_eq!(visitor.check_moves(), input::end(&cluster));
    // Its heir is gone, and it is a member again: it goes on where its heir ended.
    fill(&cluster, 1);
    drain(&mut zombie).unwrap();
    assert_eq!(visitor.check_moves(), input::end(&cluster));
    assert_eq!(visitor.number("SELECT count(*) FROM mentions"), 16);
}

/// The control: rows are there once all the same, for they are told apart by their ids; the offsets tell.
#[test]
#[should_panic(expected = "an offset was passed twice, or never")]
fn a_store_that_does_not_compare_lets_one_who_was_stopped_turn_its_offsets_back() {
    let (database, cluster) = (Database::shared(), input::cluster());
    let broken = || database.store_with(Defect::StoreWithoutCompare);
    broken().next_offsets(Partition(0)).unwrap();
    database.visitor().watch_moves();
    fill(&cluster, 0);
    let meanwhile = || {
        assert!(cluster.expel("zombie"));
        drain(&mut worker(&cluster, "heir", broken())).unwrap();
    };
    let store = Stopped { inner: broken(), meanwhile: RefCell::new(Some(meanwhile)) };
    drain(&mut worker(&cluster, "zombie", store)).unwrap();
    database.visitor().check_moves();
}

#[test]
fn the_offsets_of_the_store_say_where_to_go_on_and_not_those_of_the_group() {
    let (database, cluster) = (Database::shared(), input::cluster());
    fill(&cluster, 0);
    drain(&mut worker(&cluster, "worker", database.store())).unwrap();
    // The group has passed everything; a new database has nothing.
    let rebuilt = Database::shared();
    drain(&mut worker(&cluster, "worker", rebuilt.store())).unwrap();
    assert_eq!(rebuilt.visitor().number("SELECT count(*) FROM mentions"), 8);
}

#[test]
fn the_group_follows_the_store_for_lag_tools() {
    let (database, cluster) = (Database::shared(), input::cluster());
    fill(&cluster, 0);
    let mut worker = worker(&cluster, "worker", database.store());
    drain(&mut worker).unwrap();
    let mut store = database.store();
    for partition in cluster.partitions().all() {
        let mut stands = store.next_offsets(partition).unwrap();
        stands.sort();
        assert_eq!(worker.log_mut().committed(partition).unwrap().next, stands);
    }
    assert_eq!(worker.step().unwrap(), Pass::Idle);
}

#[test]
#[should_panic(expected = "an offset was passed twice, or never")]
fn a_move_that_begins_elsewhere_is_found_by_the_law_of_these_tests() {
    let database = Database::shared();
    database.store().next_offsets(Partition(0)).unwrap();
    let visitor = database.visitor();
    visitor.watch_moves();
    visitor.execute(
        "UPDATE kafka_offset SET next = 5; UPDATE kafka_offset SET next = 3; UPDATE kafka_offset SET next = 8",
    );
    visitor.check_moves();
}
