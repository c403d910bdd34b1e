//! Against a real registry, which checks compatibility as those in production do.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails, also in its fixtures")]

use std::time::{Duration, Instant};

use events::codec::{EmbeddedSchema, embedded};
use events::{Payload, Topic};
use registry::{Outcome, Registry, RegistryError, RegistrySettings, Subject, register, subjects};
use serde_json::{Value, json};
use testkit::registry::TestRegistry;

const TOPICS: [Topic; 3] = [Topic::MentionsClassified, Topic::Incidents, Topic::Cases];

fn client(registry: &TestRegistry) -> Registry {
    Registry::new(RegistrySettings::new(registry.url()).unwrap())
}

fn shared() -> Registry {
    client(TestRegistry::shared())
}

/// The schemas of `TOPICS` with the text of one changed.
fn changed(namespace: &str, topic: Topic, change: impl FnOnce(&mut Vec<Value>)) -> Vec<(Subject, EmbeddedSchema)> {
    let mut schemas = subjects(namespace, TOPICS);
    let name = Payload::schema_of(topic).unwrap();
    let schema = &mut schemas.iter_mut().find(|(_, schema)| schema.name == name).unwrap().1;
    let mut text: Value = serde_json::from_str(schema.text).unwrap();
    change(text["fields"].as_array_mut().unwrap());
    schema.text = Box::leak(text.to_string().into_boxed_str());
    schemas
}

fn registered(outcome: Outcome) -> Vec<(String, u32, bool)> {
    let Outcome::Registered(all) = outcome else { panic!("{outcome:?}") };
    all.into_iter().map(|one| (one.subject.to_string(), one.id, one.known)).collect()
}

#[test]
fn what_is_registered_is_found_by_its_subject_and_by_its_id() {
    let registry = shared();
    let schemas = subjects("found.", TOPICS);
    let all = registered(register(&registry, &schemas).unwrap());
    for ((name, id, known), (subject, schema)) in all.iter().zip(&schemas) {
        assert_eq!((name.as_str(), *known), (subject.as_str(), false));
        assert_eq!(registry.look_up(subject, schema.text).unwrap(), Some(*id));
        let text = registry.schema(*id).unwrap().unwrap();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(json(&text), json(schema.text));
    }
    let again = registered(register(&registry, &schemas).unwrap());
    assert!(again.iter().all(|(.., known)| *known), "{again:?}");
    assert_eq!(
        again.iter().map(|(_, id, _)| id).collect::<Vec<_>>(),
        all.iter().map(|(_, id, _)| id).collect::<Vec<_>>()
    );
}

#[test]
fn one_schema_has_one_id_under_every_subject() {
    let lanes = [Topic::MentionsRaw, Topic::MentionsRawExpress];
    let all = registered(register(&shared(), &subjects("lanes.", lanes)).unwrap());
    assert_eq!(all[0].1, all[1].1);
}

#[test]
fn what_is_not_there_is_none_and_no_error() {
    let registry = shared();
    let schema = embedded().next().unwrap();
    let nobodys = Subject::of("nobody.", Topic::Cases);
    assert_eq!(registry.look_up(&nobodys, schema.text).unwrap(), None);
    assert_eq!(registry.versions(&nobodys).unwrap(), Vec::<u32>::new());
    assert_eq!(registry.schema(2_000_000_000).unwrap(), None);
}

#[test]
fn a_field_with_a_default_may_come_and_the_registry_then_has_two_versions() {
    let registry = shared();
    let older = changed("newer.", Topic::Cases, |fields| fields.retain(|field| field["name"] != "step_count"));
    let before = registered(register(&registry, &older).unwrap());
    let after = registered(register(&registry, &subjects("newer.", TOPICS)).unwrap());
    let known: Vec<bool> = after.iter().map(|(.., known)| *known).collect();
    assert_eq!(known, [true, true, false]);
    assert_ne!(before[2].1, after[2].1);
    assert_eq!(registry.versions(&Subject::of("newer.", Topic::Cases)).unwrap().len(), 2);
    // Records of the older writer stay readable.
    assert!(registry.schema(before[2].1).unwrap().is_some());
}

#[test]
fn what_is_not_compatible_is_refused_and_nothing_is_registered() {
    let registry = shared();
    let only_cases = subjects("refused.", [Topic::Cases]);
    register(&registry, &only_cases).unwrap();
    let without_a_default = json!({"name": "mood", "type": "string", "doc": "How they feel."});
    let broken = changed("refused.", Topic::Cases, |fields| fields.push(without_a_default));
    let Outcome::Incompatible(findings) = register(&registry, &broken).unwrap() else { panic!("it was registered") };
    assert!(findings.iter().all(|finding| finding.schema == "case"), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.problem.contains("mood")), "{findings:?}");
    assert_eq!(registry.versions(&only_cases[0].0).unwrap().len(), 1);
    assert_eq!(registry.versions(&Subject::of("refused.", Topic::Incidents)).unwrap(), Vec::<u32>::new());
}

#[test]
fn a_field_that_readers_need_cannot_go_although_new_readers_would_not_miss_it() {
    let registry = shared();
    register(&registry, &subjects("forward.", TOPICS)).unwrap();
    let without = changed("forward.", Topic::Cases, |fields| fields.retain(|field| field["name"] != "queue"));
    assert!(matches!(register(&registry, &without).unwrap(), Outcome::Incompatible(_)));
}

#[test]
fn the_registry_itself_refuses_from_then_on_whoever_asks() {
    let registry = shared();
    let subject = Subject::of("strict.", Topic::Cases);
    register(&registry, &subjects("strict.", TOPICS)).unwrap();
    let without = changed("strict.", Topic::Cases, |fields| fields.retain(|field| field["name"] != "queue"));
    let text = without.iter().find(|(of, _)| *of == subject).unwrap().1.text;
    assert!(matches!(registry.register(&subject, text), Err(RegistryError::Refused { .. })));
}

#[test]
fn a_registry_that_stands_still_is_away_and_then_goes_on() {
    let own = TestRegistry::start();
    let mut settings = RegistrySettings::new(own.url()).unwrap();
    settings.timeout = Duration::from_millis(500);
    let registry = Registry::new(settings);
    let schemas = subjects("", [Topic::Cases]);
    own.pause();
    let begun = Instant::now();
    assert!(matches!(register(&registry, &schemas), Err(RegistryError::Away { .. })));
    assert!(begun.elapsed() < Duration::from_secs(5));
    own.go_on();
    registered(register(&client(&own), &schemas).unwrap());
}

#[test]
fn an_address_with_no_registry_behind_it_is_refused_and_none_at_all_is_away() {
    let url = TestRegistry::shared().url().strip_suffix("/apis/ccompat/v7").unwrap();
    let path = Registry::new(RegistrySettings::new(&format!("{url}/wrong")).unwrap());
    let refused = path.schema(1).unwrap_err();
    assert!(matches!(&refused, RegistryError::Refused { what, .. } if what.contains("see its path")), "{refused}");
    let nobody = Registry::new(RegistrySettings::new("http://127.0.0.1:1").unwrap());
    assert!(matches!(nobody.schema(1), Err(RegistryError::Away { .. })));
}
