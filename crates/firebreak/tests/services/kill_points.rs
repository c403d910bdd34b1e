//! A process dies at each place between two steps of which one is done and the other not.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use events::{Codec, Payload, Topic};
use firebreak::demo::proof::{Topics, rows};
use stream::{KillPoint, Raw};
use testkit::postgres::Postgres;

use crate::installation::Installation;
use crate::process::{Process, until};
use crate::sender::{SECRET, Sender, crisis};

const SCHEMA: &str = "kill_points";
const STAGES: [&str; 5] = ["ingest", "enrich", "classify", "escalate", "sink"];

/// Who dies at a point: only the sink has stores and receivers; the others take turns.
fn victim(number: usize, point: KillPoint) -> &'static str {
    match point {
        KillPoint::BeforeStoreCommit
        | KillPoint::AfterStoreCommit
        | KillPoint::BeforeWebhook
        | KillPoint::WebhookSent => "sink",
        _ => STAGES[number % 4],
    }
}

/// Takes every notification, and remembers its id and its words.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>);

impl Receiver {
    /// Listens; returns its address.
    fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let this = self.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let this = this.clone();
                // Who dies in the middle of a request leaves half of one.
                thread::spawn(move || while this.answer(connection.as_ref().unwrap()).is_some() {});
            }
        });
        format!("http://{address}/notify")
    }

    fn answer(&self, mut connection: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(connection);
        let (mut id, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("webhook-id") => id = value.to_owned(),
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
                _ if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        self.0.lock().unwrap().entry(id).or_default().insert(String::from_utf8(body).ok()?);
        connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").ok()
    }
}

#[test]
fn a_process_that_dies_at_any_point_loses_and_doubles_nothing() {
    let (installation, database, sender) = (Installation::new("input"), Postgres::shared(), Sender::new());
    let receiver = Receiver::default();
    let url = receiver.start();
    let start = |stage: &str, die_at: Option<KillPoint>| {
        let command = installation.service(stage, &["--max-batch-records", "20"]);
        installation.launch(stage, command, |command| {
            match stage {
                "ingest" => sender.receive(command),
                "sink" => {
                    command.env("FIREBREAK_NOTIFY_URL", &url).env("FIREBREAK_NOTIFY_SECRET", SECRET);
                    command.env("FIREBREAK_POSTGRES_URL", database.url()).env("FIREBREAK_POSTGRES_SCHEMA", SCHEMA);
                }
                _ => {}
            }
            if let Some(point) = die_at {
                command.env("FIREBREAK_KILL_AT", point.name());
            }
        })
    };
    let mut stages: BTreeMap<&str, Process> = STAGES.into_iter().map(|stage| (stage, start(stage, None))).collect();
    stages.values_mut().for_each(Process::ready);

    let lines = crisis(0.5);
    let share = lines.len().div_ceil(KillPoint::ALL.len());
    for ((number, point), part) in KillPoint::ALL.into_iter().enumerate().zip(lines.chunks(share)) {
        let stage = victim(number, point);
        stages[stage].signal("-TERM");
        stages.get_mut(stage).unwrap().end();
        stages.insert(stage, start(stage, Some(point)));
        thread::scope(|scope| {
            let sent = scope.spawn(|| sender.send(part));
            until(&format!("{stage} dies at {}", point.name()), || {
                (!stages.get_mut(stage).unwrap().runs()).then_some(())
            });
            stages.insert(stage, start(stage, None));
            sent.join().unwrap();
        });
    }

    until("everything is stored", || {
        let topics = Topics::read(&installation.settings).unwrap();
        let stored = rows(database.url(), SCHEMA).unwrap_or_default();
        let exact = topics.classified().is_exact() && topics.stored(&stored).is_exact();
        (exact && topics.accepted.len() > lines.len() / 2).then_some(())
    });
    let said = || installation.read(Topic::Notifications).iter().map(notification).collect::<BTreeSet<String>>();
    until("every notification is delivered", || {
        let (said, received) = (said(), receiver.0.lock().unwrap());
        (!said.is_empty() && said.iter().all(|id| received.contains_key(id))).then_some(())
    });
    for process in stages.values_mut() {
        process.signal("-TERM");
        process.end();
    }
    let (said, received) = (said(), receiver.0.lock().unwrap());
    assert!(received.keys().all(|id| said.contains(id)), "what nobody said was received");
    assert!(received.values().all(|words| words.len() == 1), "one id with other words");
}

fn notification(raw: &Raw) -> String {
    match Payload::decode(raw.topic, raw.value.as_ref().unwrap(), &Codec::default()).unwrap() {
        Some(Payload::Notification(notification)) => notification.notification_id,
        other => panic!("no notification: {other:?}"),
    }
}
