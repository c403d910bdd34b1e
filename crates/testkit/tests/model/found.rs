//! Schedules that once broke a law, told by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use events::Topic;
use stream::{Exit, Silent, Stage, Worker, WorkerSettings};
use testkit::contract::Harness;
use testkit::embedded::Embedded;
use testkit::{build, drive};

use crate::stage::Once;
use crate::steered::{Before, Call, SteeredLog};

fn worker(embedded: &Embedded, id: &str, before: Before) -> Worker<SteeredLog, Once> {
    let log = SteeredLog::new(embedded.join("group", id, Once::INPUTS), before);
    let settings = WorkerSettings::new(embedded.partitions(), build::book_version());
    Worker::new(log, Arc::default(), settings, Arc::new(Silent))
}

/// One who stands still between asking where his partitions stand and reading their state finds more there than he asked for.
/// He took that for a state that does not fit, refused to run, and ended.
#[test]
fn a_partition_that_goes_on_while_it_is_restored_is_not_refused() {
    let embedded = Arc::new(Embedded::new());
    embedded.say(Topic::MentionsRaw, "k", "first");
    let (world, stood_still) = (Arc::clone(&embedded), AtomicBool::new(false));
    let stands_still: Before = Arc::new(move |call| {
        if call == Call::ReadTable && !stood_still.swap(true, Ordering::SeqCst) {
            world.expel("slow");
            drive::drain(&mut worker(&world, "heir", Arc::new(|_| false)), None, world.patience()).unwrap();
        }
        false
    });
    let mut slow = worker(&embedded, "slow", stands_still);
    let patience = embedded.patience();
    assert_eq!(drive::drain(&mut slow, None, patience), Ok::<(), Exit>(()));
    embedded.say(Topic::MentionsRaw, "k", "second");
    drive::drain(&mut slow, None, patience).unwrap();
    assert_eq!(embedded.texts(Topic::MentionsEnriched), ["first#1", "second#2"]);
}
