//! Least rights: each stage with a user of its own that may do what `deploy/kafka/acls.yaml` lists, and nothing else.

use std::collections::BTreeSet;

use events::Topic;
use firebreak::demo::lead::Lead;
use firebreak::demo::proof::{Topics, rows};
use testkit::kafka::{Kafka, Right, SecureBroker};
use testkit::postgres::Postgres;

use crate::installation::{Installation, PARTITIONS, run};
use crate::process::{Process, until};
use crate::protected::broker;
use crate::sender::{Sender, crisis};

const STAGES: [&str; 5] = ["ingest", "enrich", "classify", "escalate", "sink"];
const SCHEMA: &str = "rights";

/// The rules for a stage's user, over topics of an installation.
fn rights(stage: &str, namespace: &str) -> BTreeSet<Right> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/kafka/acls.yaml");
    let mut rights = BTreeSet::new();
    for line in std::fs::read_to_string(file).unwrap().lines().filter_map(|line| line.strip_prefix("- ")) {
        let rule: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| rule[field].as_str().unwrap().to_owned();
        if text("role").split('.').next() != Some(stage) {
            continue;
        }
        rights.extend(rule["operations"].as_array().unwrap().iter().map(|operation| Right {
            resource: text("resource"),
            name: format!("{namespace}{}", text("name")),
            prefixed: text("pattern") == "prefixed",
            operation: operation.as_str().unwrap().to_owned(),
        }));
    }
    rights
}

/// Starts a stage as its own user.
fn start(installation: &Installation, stage: &str, sender: &Sender, database: &Postgres) -> Process {
    let files = installation.path("files");
    installation.launch(stage, installation.service(stage, &[]), |command| {
        command
            .env("FIREBREAK_BROKERS", broker().sasl())
            .env("FIREBREAK_TLS", "true")
            .env("FIREBREAK_TLS_CA", broker().certificate("authority.pem"))
            .env("FIREBREAK_SASL_USER", stage)
            .env("FIREBREAK_SASL_PASSWORD_FILE", broker().password_file(stage));
        match stage {
            "ingest" => sender.receive(command),
            "sink" => {
                command.env("FIREBREAK_FILES", &files);
                command.env("FIREBREAK_POSTGRES_URL", database.url()).env("FIREBREAK_POSTGRES_SCHEMA", SCHEMA);
            }
            _ => {}
        }
    })
}

fn allow(broker: &SecureBroker, namespace: &str, stage: &str) {
    rights(stage, namespace).iter().for_each(|right| broker.allow(stage, right));
}

#[test]
fn five_stages_decide_a_crisis_with_the_listed_rights_and_one_that_lacks_any_ends_with_its_name() {
    let broker = broker();
    let installation = Installation::with(Kafka::settings_at(&broker.open()), "input");
    let (sender, database) = (Sender::new(), Postgres::shared());
    let namespace = installation.settings.namespace.clone();
    STAGES.iter().for_each(|stage| allow(broker, &namespace, stage));
    let mut stages = STAGES.map(|stage| start(&installation, stage, &sender, &database));
    stages.iter_mut().for_each(Process::ready);

    let lines = crisis(0.1);
    let expected = run(&lines, installation.folder.path());
    sender.replay(&lines, &mut Lead::new(&installation.settings, PARTITIONS).unwrap());
    let all: usize = expected.values().sum();
    let mut running = |what: &str, mut done: Box<dyn FnMut() -> bool + '_>| {
        until(what, || {
            stages.iter_mut().for_each(|stage| assert!(stage.runs(), "it ended:\n{}", stage.log()));
            done().then_some(())
        });
    };
    running("everything is classified", Box::new(|| installation.classified().values().sum::<usize>() >= all));
    assert_eq!(installation.classified(), expected);
    let products = [Topic::Cases, Topic::Incidents, Topic::Calls, Topic::Notifications, Topic::DeadLetters];
    running("people are told", Box::new(|| products.iter().all(|topic| installation.written(*topic) > 0)));
    let topics = Topics::read(&installation.settings).unwrap();
    let stored = || rows(database.url(), SCHEMA).is_ok_and(|rows| topics.stored(&rows).is_exact());
    running("everything is in PostgreSQL", Box::new(stored));
    for stage in &mut stages {
        stage.signal("-TERM");
        assert_eq!(stage.end().code(), Some(0), "{}", stage.log());
    }

    lacking(&installation, &sender, &database);
}

/// Takes away one right of classify after the other; what it lacks must end it, and be named.
fn lacking(installation: &Installation, sender: &Sender, database: &Postgres) {
    let namespace = &installation.settings.namespace;
    for right in rights("classify", namespace) {
        // What others wrote is looked for only when a record of another version comes.
        if right.name.ends_with("schemas") && right.operation == "read" {
            continue;
        }
        broker().take_away("classify", &right);
        let mut classify = start(installation, "classify", sender, database);
        let ended = classify.end();
        let log = classify.log();
        assert_eq!(ended.code(), Some(1), "{ended} without {right:?}:\n{log}");
        let last = log.lines().last().unwrap_or_default();
        let name = right.name.strip_prefix(namespace.as_str()).unwrap();
        assert!(last.starts_with("firebreak: ") && last.contains(name), "without {right:?}:\n{log}");
        broker().allow("classify", &right);
    }
}
