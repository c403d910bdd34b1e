//! What the code says of roles is what their stages say, and what `deploy/kafka/acls.yaml` allows.

use std::fmt::Write as _;

use classify::Classify;
use enrich::Enrich;
use escalate::{Call, Care, Tell, Watch};
use ingest::Ingest;
use ingest::intake::PushedLog;
use sink::notify::WebhookNotify;
use sink::{FileStore, PostgresStore};
use stream::kafka::KafkaLog;
use stream::store::Store;
use stream::{Stage, State as _};

use super::*;

/// Each role with the topics that its group reads.
const INPUTS: [(Role, &[Topic]); 10] = [
    (Role::Ingest, PushedLog::<KafkaLog>::SUBSCRIBES),
    (Role::Enrich, Enrich::INPUTS),
    (Role::Classify, Classify::INPUTS),
    (Role::Watch, Watch::INPUTS),
    (Role::Care, Care::INPUTS),
    (Role::Call, Call::INPUTS),
    (Role::Tell, Tell::INPUTS),
    (Role::SinkNotify, WebhookNotify::INPUTS),
    (Role::SinkFiles, FileStore::INPUTS),
    (Role::SinkPostgres, PostgresStore::INPUTS),
];

/// The topics of the state of a stage.
fn of_state<S: Stage>() -> (Role, BTreeSet<Topic>) {
    let state = S::State::default();
    let topics = state.tables().into_iter().map(|table| table.topic());
    let own = (!state.tables().is_empty()).then_some(Topic::State(S::ROLE));
    (S::ROLE, topics.chain(own).collect())
}

#[test]
fn the_tables_of_a_role_are_those_of_its_state() {
    let stages = [
        of_state::<Ingest>(),
        of_state::<Enrich>(),
        of_state::<Classify>(),
        of_state::<Watch>(),
        of_state::<Care>(),
        of_state::<Call>(),
        of_state::<Tell>(),
        of_state::<WebhookNotify>(),
    ];
    for (role, expected) in stages {
        assert_eq!(tables(role).into_iter().collect::<BTreeSet<_>>(), expected, "{role}");
    }
}

/// What the user of each role may do, one rule a line.
fn rules() -> String {
    let mut rules = String::new();
    let mut rule = |role: Role, resource: &str, name: &str, pattern: &str, operations: &str| {
        writeln!(
            rules,
            r#"- {{"role": "{role}", "resource": "{resource}", "name": "{name}", "pattern": "{pattern}", "operations": {operations}}}"#
        )
        .unwrap();
    };
    for (role, inputs) in INPUTS {
        for topic in touched(role, inputs) {
            let operations = match (read_by(role, inputs).contains(&topic), written_by(role).contains(&topic)) {
                (true, true) => r#"["read", "write", "describe_configs"]"#,
                (true, false) => r#"["read", "describe_configs"]"#,
                (false, _) => r#"["write", "describe_configs"]"#,
            };
            rule(role, "topic", &topic.name(), "literal", operations);
        }
        rule(role, "group", &super::super::ServiceSettings::group(role), "literal", r#"["read"]"#);
        rule(role, "transactional_id", &format!("{role}."), "prefixed", r#"["write"]"#);
    }
    rules
}

#[test]
fn the_rights_in_deploy_are_those_that_the_code_needs() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/kafka/acls.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    let listed: String =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.to_owned() + "\n").collect();
    let rules = rules();
    assert_eq!(listed, rules, "deploy/kafka/acls.yaml must say, below its first lines:\n{rules}");
}

#[test]
fn what_is_the_same_of_many_topics_is_said_once_with_their_names() {
    let lies = |topic| Difference::Replication { topic, declared: 3, found: 1 };
    let missing = Difference::Missing { topic: Topic::Cases };
    let differences = [lies(Topic::Calls), missing, lies(Topic::Tallies)];
    let expected =
        ["each of 2 topics lies on 1 broker, declared are 3: `calls`, `tallies`", "topic `cases` is missing"];
    assert_eq!(alike(&differences, Difference::how), expected);
    assert_eq!(alike(&differences[1..2], Difference::done), ["topic `cases` was created"]);
}
