//! A schema registry beside the services: nothing starts with schemas that it does not have, and nothing stops when it does.

use events::{Codec, Framing, Mention, Partition, Payload, SchemaId, Topic};
use registry::{Registry, RegistrySettings, subjects};
use stream::Outgoing;
use stream::kafka::Sender;
use testkit::registry::TestRegistry;

use crate::installation::Installation;
use crate::process::until;

fn example() -> Mention {
    serde_json::from_str(include_str!("../../../../schemas/mention/examples/card-stuck-at-night.json")).unwrap()
}

/// Sends a mention as ingest would, framed with the registry's id.
fn send(installation: &Installation, registry: &TestRegistry) {
    let client = Registry::new(RegistrySettings::new(registry.url()).unwrap());
    let codec = Codec::new(Framing::Confluent);
    for (subject, schema) in subjects(&installation.settings.namespace, [Topic::MentionsRaw]) {
        codec.register(schema.name, client.look_up(&subject, schema.text).unwrap().unwrap()).unwrap();
    }
    let mention = example();
    let (key, timestamp) = (mention.id.to_string(), mention.received_at);
    let value = Payload::from(mention).encode(&codec).unwrap();
    let (topic, partition) = (Topic::MentionsRaw, Partition(0));
    let (key, value) = (Some(key.into()), Some(value.into()));
    let record = Outgoing { topic, partition, timestamp, key, value, headers: Vec::new() };
    Sender::new(&installation.settings).unwrap().send(&[record]).unwrap();
}

#[test]
fn a_service_refuses_to_start_with_schemas_that_are_not_registered_and_says_what_to_do() {
    let registry = TestRegistry::shared();
    let installation = Installation::new("wall").with_registry(registry.url());
    let refused = installation.service("classify", &[]).output().unwrap();
    assert_eq!(refused.status.code(), Some(64), "{refused:?}");
    let told = String::from_utf8_lossy(&refused.stderr);
    for words in ["mentions.classified-value`", "tallies-value`", "`firebreak schemas register`"] {
        assert!(told.contains(words), "`{words}` is not in\n{told}");
    }
    let registered = installation.run(&["schemas", "register"]);
    assert!(registered.status.success(), "{registered:?}");
    installation.start("classify", &[]).ready();
}

#[test]
fn a_registry_that_stands_still_holds_up_no_service_that_knows_its_ids_and_is_waited_for_at_the_start() {
    let registry = TestRegistry::start();
    let installation = Installation::new("wall").with_registry(registry.url());
    assert!(installation.run(&["schemas", "register"]).status.success());
    let mut enrich = installation.start("enrich", &[]);
    enrich.ready();
    send(&installation, &registry);
    until("it is enriched", || (!installation.read(Topic::MentionsEnriched).is_empty()).then_some(()));
    let enriched = installation.read(Topic::MentionsEnriched);
    let (id, _) = SchemaId::read(enriched[0].value.as_deref().unwrap()).unwrap();
    assert!(matches!(id, SchemaId::Registry(_)), "{id}");

    registry.pause();
    let mut classify = installation.start("classify", &["--registry-timeout", "500ms"]);
    until("it waits", || classify.log().contains("cannot be used now").then_some(()));
    assert_eq!(classify.page("/readyz").map(|(status, _)| status), Some(503));
    registry.go_on();
    classify.ready();
    until("it is classified", || (!installation.read(Topic::MentionsClassified).is_empty()).then_some(()));
}

#[test]
fn schemas_that_break_readers_are_not_registered_and_the_fields_are_named() {
    let registry = TestRegistry::shared();
    let installation = Installation::new("wall").with_registry(registry.url());
    // Somebody has registered a case with a field that readers of that version cannot do without.
    let client = Registry::new(RegistrySettings::new(registry.url()).unwrap());
    let (subject, case) = subjects(&installation.settings.namespace, [Topic::Cases]).remove(0);
    let mut text: serde_json::Value = serde_json::from_str(case.text).unwrap();
    let mood = serde_json::json!({"name": "mood", "type": "string", "doc": "How they feel."});
    text["fields"].as_array_mut().unwrap().push(mood);
    client.register(&subject, &text.to_string()).unwrap();

    let refused = installation.run(&["schemas", "register"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let told = String::from_utf8_lossy(&refused.stdout);
    assert!(told.contains("cases-value: version 1, `mood`: ") && told.contains("keep the field"), "{told}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("none was registered"), "{refused:?}");
    let (subject, schema) = subjects(&installation.settings.namespace, [Topic::Incidents]).remove(0);
    assert_eq!(client.look_up(&subject, schema.text).unwrap(), None);
}
