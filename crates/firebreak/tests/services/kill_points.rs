//! A process dies at each place between two steps of which one is done and the other not.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use events::{Codec, Payload, Topic};
use firebreak::demo::proof::{Topics, rows};
use stream::{KillPoint, Raw};
use testkit::postgres::Postgres;
use testkit::receiver::Receiver;

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
        let (said, received) = (said(), receiver.received());
        (!said.is_empty() && said.iter().all(|id| received.contains_key(id))).then_some(())
    });
    for process in stages.values_mut() {
        process.signal("-TERM");
        process.end();
    }
    let (said, received) = (said(), receiver.received());
    assert!(received.keys().all(|id| said.contains(id)), "what nobody said was received");
    assert!(received.values().all(|words| words.len() == 1), "one id with other words");
}

fn notification(raw: &Raw) -> String {
    match Payload::decode(raw.topic, raw.value.as_ref().unwrap(), &Codec::default()).unwrap() {
        Some(Payload::Notification(notification)) => notification.notification_id,
        other => panic!("no notification: {other:?}"),
    }
}
