//! How a service starts, waits, refuses, is replaced, and hears of another book.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use events::{Codec, Role, Topic, Turn};
use testkit::kafka::{Broker, Deed};

use crate::installation::{BOOK, Installation};
use crate::process::{Process, until};
use crate::sender::{Sender, crisis};

#[test]
fn the_older_of_two_processes_with_one_instance_ends_and_names_the_setting() {
    let installation = Installation::new("wall");
    // Enrich writes its progress once a second, also when there is nothing to read.
    let mut older = installation.start("enrich", &[]);
    older.ready();
    let mut command = installation.command(&["enrich", "--book", BOOK, "--instance", "enrich"]);
    command.env("FIREBREAK_ADMIN", "127.0.0.1:0").env("FIREBREAK_SESSION_TIMEOUT", "2s");
    let mut newer = Process::start(command, &installation.path("newer.log"));
    assert_eq!(older.end().code(), Some(1), "{}", older.log());
    assert!(older.log().contains("--instance"), "{}", older.log());
    newer.ready();
}

#[test]
fn a_stage_refuses_topics_that_are_not_as_declared_and_names_both_ways_out() {
    let installation = Installation::new("wall");
    let refused = installation
        .command(&["classify", "--book", BOOK, "--admin", "127.0.0.1:0", "--partitions", "8"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(64), "{refused:?}");
    let told = String::from_utf8_lossy(&refused.stderr);
    for words in ["has 4 partitions, declared are 8", "`mentions.classified`", "--partitions", "--namespace"] {
        assert!(told.contains(words), "{told}");
    }
    let checked = installation.run(&["topics", "check", "--clock", "input"]);
    assert_eq!(checked.status.code(), Some(64), "{checked:?}");
    let told = String::from_utf8_lossy(&checked.stderr);
    assert!(told.contains("retention.ms") && told.contains("firebreak topics apply"), "{told}");
}

#[test]
fn a_broker_that_is_away_at_the_start_is_waited_for_by_a_process_that_lives_and_is_not_ready() {
    let broker = Broker::start();
    let installation = Installation::at(&broker, "wall");
    broker.suffer(Deed::Stop);
    let mut patient = installation.start("classify", &["--connect-timeout", "1s"]);
    let status = |process: &Process, path| process.page(path).map(|(status, _)| status);
    until("the admin port answers", || status(&patient, "/livez").filter(|status| *status == 200));
    until("the cluster is not ready", || patient.log().contains("the cluster is not ready yet").then_some(()));
    assert_eq!(status(&patient, "/readyz"), Some(503));
    assert_eq!(status(&patient, "/startupz"), Some(503));
    // With the default of 15 s for a connection: a signal must not wait for that.
    let mut impatient = installation.start("enrich", &[]);
    until("it waits too", || status(&impatient, "/livez"));
    let asked = Instant::now();
    impatient.signal("-TERM");
    assert_eq!(impatient.end().code(), Some(0), "one that waits ends when it is asked to");
    assert!(asked.elapsed() < Duration::from_secs(5), "it has nothing in hand");
    broker.suffer(Deed::Run);
    patient.ready();
    assert_eq!(status(&patient, "/startupz"), Some(200));
}

#[test]
fn a_changed_book_decides_without_a_restart_and_its_version_is_stamped() {
    let installation = Installation::new("input");
    let book = installation.path("book");
    fs::create_dir(&book).unwrap();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../books/bank")).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), book.join(entry.file_name())).unwrap();
    }
    let mut enrich = installation.start("enrich", &["--book", book.to_str().unwrap()]);
    enrich.ready();
    let (lines, sender) = (crisis(0.05), Sender::new());
    let mut ingest = installation.launch("ingest", installation.service("ingest", &[]), |it| sender.receive(it));
    ingest.ready();
    let (before, after) = lines.split_at(lines.len() / 2);
    sender.send(before);
    let versions = || {
        let turns = installation.read(Topic::Turns(Role::Enrich));
        let version =
            |raw: &stream::Raw| Codec::default().decode::<Turn>(raw.value.as_ref().unwrap()).unwrap().book_version;
        turns.iter().map(version).collect::<BTreeSet<_>>()
    };
    until("the first part is enriched", || (!versions().is_empty()).then_some(()));
    let brand = book.join("brand.yaml");
    let text = fs::read_to_string(&brand).unwrap();
    fs::write(&brand, format!("themes: 3\n{text}")).unwrap();
    until("a broken book is told", || enrich.log().contains("the changed book is not taken").then_some(()));
    fs::write(&brand, text.replacen("name: Tern Bank", "name: Tern Bank Ltd", 1)).unwrap();
    until("the changed book decides", || enrich.log().contains("another book decides").then_some(()));
    // Each message after the one before it was decided: the pass that is in hand at that moment still decides by the old book, and
    // must not take them all, however long it was kept waiting.
    let decided = || installation.read(Topic::Turns(Role::Enrich)).len();
    for some in after.chunks(after.len().div_ceil(8)) {
        let before = decided();
        sender.send(some);
        until("a message is decided", || (decided() > before).then_some(()));
    }
    until("the second part is enriched by the other book", || (versions().len() == 2).then_some(()));
    assert_eq!(enrich.metric("firebreak_build_info", "book="), 1.0, "the old book is shown no more");
}

#[test]
fn a_second_signal_ends_a_process_at_once() {
    let broker = Broker::start();
    let installation = Installation::at(&broker, "wall");
    let mut enrich = installation.start("enrich", &[]);
    enrich.ready();
    // It cannot leave its group in order.
    broker.suffer(Deed::Pause);
    enrich.signal("-TERM");
    until("it heard the first", || enrich.log().contains("ends: finishes what is in hand").then_some(()));
    assert!(enrich.runs());
    let asked = Instant::now();
    enrich.signal("-INT");
    assert_eq!(enrich.end().code(), Some(1), "{}", enrich.log());
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    broker.suffer(Deed::Continue);
}

#[test]
fn what_topics_are_set_to_otherwise_is_applied_and_what_would_move_keys_is_left() {
    let installation = Installation::new("wall");
    let as_input = ["topics", "check", "--clock", "input"];
    assert_eq!(installation.run(&as_input).status.code(), Some(64));
    let applied = installation.run(&["topics", "apply", "--clock", "input"]);
    let told = String::from_utf8_lossy(&applied.stdout).into_owned();
    assert!(
        applied.status.success() && told.contains("has retention.ms=-1 now, it was 604800000: `mentions.raw`, "),
        "{applied:?}"
    );
    until("it is set", || installation.run(&as_input).status.success().then_some(()));
    let refused = installation.run(&["topics", "apply", "--clock", "input", "--partitions", "5"]);
    assert_eq!(refused.status.code(), Some(64), "{refused:?}");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("has 4 partitions, declared are 5") && told.contains("never changed in place"), "{told}");
    assert!(installation.run(&as_input).status.success(), "it is as it was");
}

#[test]
fn ingest_is_ready_when_it_takes_mentions_and_probes_say_no_as_soon_as_it_ends() {
    let (installation, sender) = (Installation::new("wall"), Sender::new());
    let mut ingest = installation.launch("ingest", installation.service("ingest", &[]), |it| sender.receive(it));
    ingest.ready();
    sender.send(&crisis(0.05)[..10]);
    let status = |path| ingest.page(path).map(|(status, _)| status);
    assert_eq!([status("/livez"), status("/readyz"), status("/startupz")], [Some(200); 3]);
    assert_eq!(ingest.metric("firebreak_source_requests_total", "\"committed\""), 1.0);
    assert!(ingest.metric("firebreak_records_produced_total", "\"mentions.raw\"") > 0.0);
    ingest.signal("-INT");
    assert_eq!(ingest.end().code(), Some(0), "{}", ingest.log());
}
