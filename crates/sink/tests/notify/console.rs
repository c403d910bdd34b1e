//! On the console.

use std::io::Write;
use std::sync::{Arc, Mutex};

use events::{EventTime, Notification, Offset, Partition, Topic};
use sink::notify::NotificationRead;
use stream::{Batch, Fault, NoState, Record, Stage, Verdict};
use testkit::build;

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn batch() -> Batch<NotificationRead> {
    let record = |offset| Record {
        topic: Topic::Notifications,
        offset: Offset(offset),
        timestamp: EventTime::FIRST,
        key: "oncall:pr".into(),
        value: NotificationRead(Notification {
            summary: format!("message {offset}"),
            ..build::notification(&format!("n{offset}"))
        }),
    };
    Batch::new(Partition(0), vec![record(0), record(1)])
}

#[test]
fn each_notification_is_one_line_and_one_verdict() {
    let screen = Screen::default();
    let decided = sink::Notify::new(screen.clone()).process(batch(), &mut NoState, &build::context()).unwrap();
    let (verdicts, outputs) = decided.into_parts();
    assert_eq!(verdicts, vec![Verdict::Forward(Vec::new()); 2]);
    assert!(outputs.is_empty());
    let shown = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
    assert_eq!(shown.lines().count(), 2, "{shown}");
    assert!(shown.contains("message 0") && shown.contains("message 1"), "{shown}");
}

#[test]
fn a_closed_console_stops_the_role_and_says_so() {
    let stopped = sink::Notify::new(Closed).process(batch(), &mut NoState, &build::context());
    assert!(matches!(stopped, Err(Fault::Broken(why)) if why.contains("cannot be printed")));
}
