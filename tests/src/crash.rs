//! A crash at every step of the five stages, chained on the embedded log: every topic ends as it would have without.

use std::collections::BTreeMap;
use std::sync::Arc;

use book::{Book, Detection};
use bytes::Bytes;
use classify::Classify;
use enrich::Enrich;
use escalate::{Call, Care, Tell, Watch};
use events::{Codec, EventTime, Partition, Payload, Role, Span, Topic};
use ingest::Ingest;
use serde_json::{Value, json};
use sink::Notify;
use stream::{Outgoing, Raw, Tick};
use testkit::contract::Harness;
use testkit::crash::{CrashPlan, Process};
use testkit::embedded::Embedded;

use crate::bad_input::five_brands;

/// The stages: they keep nothing between two runs.
struct Stages {
    ingest: Arc<Ingest>,
    enrich: Arc<Enrich>,
    classify: Arc<Classify>,
    watch: Arc<Watch>,
    care: Arc<Care>,
    call: Arc<Call>,
    tell: Arc<Tell>,
    notify: Arc<Notify>,
}

impl Stages {
    fn new() -> Self {
        // A dozen mentions are a spike here.
        let detection =
            Detection { min_mentions: 2, min_people: 2, false_alarms_per_week: 10_000.0, ..Detection::default() };
        let book = Arc::new(Book { detection, ..Arc::unwrap_or_clone(five_brands()) });
        Self {
            ingest: Arc::new(Ingest::new(Arc::clone(&book))),
            enrich: Arc::new(Enrich::new(Arc::clone(&book)).unwrap()),
            classify: Arc::new(Classify::new(Arc::clone(&book)).unwrap()),
            watch: Arc::new(Watch::new(Arc::clone(&book))),
            care: Arc::new(Care::new(Arc::clone(&book))),
            call: Arc::new(Call::new(Arc::clone(&book))),
            tell: Arc::new(Tell::new(book)),
            notify: Arc::new(Notify::new(Box::new(std::io::sink()))),
        }
    }
}

/// Seconds after the start, and the lines that come then.
fn story() -> Vec<(i64, Vec<String>)> {
    let said = |native_id: &str, author: &str, second: i64, more: Value| {
        let mut line = json!({
            "source": "x", "native_id": native_id, "published_at": start().plus(Span::seconds(second)),
            "author": {"id": author, "handle": author}, "text": "@ternbank your machine ate my card at Leeds",
        });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line.to_string()
    };
    let (first, asked) = (said("1", "jo", 0, json!({})), json!({"text": "@ternbank how do I order a new card?"}));
    let edit = json!({"revision": 1, "kind": "edit", "text": "@ternbank your machine ate my card, solved"});
    let answer = json!({"parent_id": "2", "text": "Hi Ann, in the app under Cards."});
    let burst = (0..12).map(|i| said(&format!("b{i}"), &format!("p{i}"), 2_460 + i, json!({})));
    vec![
        (
            0,
            vec![first.clone(), first, said("2", "ann", 1, asked), said("3", "eve", 2, json!({})), "no mention".into()],
        ),
        (
            60,
            vec![
                said("1", "jo", 60, edit),
                said("answer", "ternbank", 61, answer),
                said("3", "eve", 62, json!({"revision": 1, "kind": "delete", "text": ""})),
            ],
        ),
        // Nobody answers jo: the clock warns, and runs out.
        (1_900, Vec::new()),
        (2_460, burst.collect()),
    ]
}

fn start() -> EventTime {
    EventTime::parse("2026-11-02T02:05:00Z").unwrap()
}

/// Key, value and time of every record, by topic and partition.
type Outcome = BTreeMap<(Topic, Partition), Vec<(Option<Bytes>, Value, EventTime)>>;

/// What readers and the next owner of a partition see, apart from what counts the marks that a crash leaves in a log: offsets,
/// and the ranges of offsets that tallies carry for lineage.
fn outcome(embedded: &Embedded) -> Outcome {
    let states = [Role::Ingest, Role::Enrich, Role::Classify, Role::Watch, Role::Care, Role::Call, Role::Tell];
    let topics = Topic::PUBLIC.into_iter().chain(states.map(Topic::State)).chain([Topic::Seen]);
    let mut outcome = Outcome::new();
    for raw in topics.flat_map(|topic| embedded.read(topic)).filter(|raw| raw.key.as_deref() != Some(b"position")) {
        let value = value(&raw);
        outcome.entry((raw.topic, raw.partition)).or_default().push((raw.key, value, raw.timestamp));
    }
    outcome
}

fn value(raw: &Raw) -> Value {
    let Some(bytes) = &raw.value else { return Value::Null };
    let Ok(payload) = Payload::decode(raw.topic, bytes, &Codec::default()) else {
        return bytes.to_vec().into();
    };
    let mut value = serde_json::to_value(&payload).unwrap();
    if let Some(tally) = value.as_object_mut() {
        drop(tally.remove("lineage"));
    }
    value
}

fn run(stages: &Stages, plan: &CrashPlan) -> (Outcome, usize) {
    let embedded = Embedded::new();
    let mut ingest = Process::start(&embedded, plan, Arc::clone(&stages.ingest));
    let mut enrich = Process::start(&embedded, plan, Arc::clone(&stages.enrich));
    let mut classify = Process::start(&embedded, plan, Arc::clone(&stages.classify));
    let mut watch = Process::start(&embedded, plan, Arc::clone(&stages.watch));
    let mut care = Process::start(&embedded, plan, Arc::clone(&stages.care));
    let mut call = Process::start(&embedded, plan, Arc::clone(&stages.call));
    let mut tell = Process::start(&embedded, plan, Arc::clone(&stages.tell));
    let mut notify = Process::start(&embedded, plan, Arc::clone(&stages.notify));
    for (second, lines) in story() {
        let now = start().plus(Span::seconds(second));
        for (number, line) in lines.into_iter().enumerate() {
            embedded.append(Outgoing {
                topic: Topic::Input,
                partition: Partition(0),
                timestamp: now.plus(Span::seconds(15)),
                key: Some(Bytes::from(format!("story:{second}.{number}"))),
                value: Some(Bytes::from(line)),
                headers: Vec::new(),
            });
        }
        let tick = Some(Tick::confirmed(now.plus(Span::seconds(20))));
        ingest.drain(tick);
        enrich.drain(tick);
        classify.drain(tick);
        watch.drain(tick);
        care.drain(tick);
        call.drain(tick);
        tell.drain(tick);
        notify.drain(tick);
    }
    let crashes = [ingest.crashes(), enrich.crashes(), classify.crashes(), watch.crashes()].iter().sum::<usize>()
        + [care.crashes(), call.crashes(), tell.crashes(), notify.crashes()].iter().sum::<usize>();
    (outcome(&embedded), crashes)
}

/// The values of a topic.
fn values(outcome: &Outcome, topic: Topic) -> Vec<&Value> {
    let partitions = outcome.range((topic, Partition(0))..=(topic, Partition(i32::MAX)));
    partitions.flat_map(|(_, records)| records).map(|(_, value, _)| value).collect()
}

#[test]
fn a_crash_at_any_step_of_the_five_stages_changes_no_topic() {
    let stages = Stages::new();
    let whole = CrashPlan::default();
    let (expected, crashes) = run(&stages, &whole);
    assert_eq!(crashes, 0);
    // The story is told: every kind of thing that can happen to a mention has happened.
    let told = values(&expected, Topic::Notifications);
    let told = |reason: &str| told.iter().any(|value| value["reason"] == reason);
    assert!(
        told("incident_opened") && told("clock_warning") && told("clock_breach"),
        "{:#?}",
        values(&expected, Topic::Notifications)
    );
    assert_eq!(values(&expected, Topic::DeadLetters).len(), 1);
    assert!(!values(&expected, Topic::Incidents).is_empty());
    let steps = whole.passed();
    let halves = [0, 1].map(|half| (half..steps).step_by(2));
    std::thread::scope(|scope| {
        for half in halves {
            let (stages, expected) = (&stages, &expected);
            scope.spawn(move || {
                for step in half {
                    let plan = CrashPlan::default();
                    plan.crash_after(step);
                    let (outcome, crashes) = run(stages, &plan);
                    assert_eq!(crashes, 1, "step {step}");
                    assert!(
                        outcome == *expected,
                        "after a crash at step {step} of {steps}: {}",
                        first_difference(&outcome, expected)
                    );
                }
            });
        }
    });
}

/// The first place where two outcomes are not the same.
fn first_difference(found: &Outcome, expected: &Outcome) -> String {
    let places = expected.keys().chain(found.keys());
    let place = places.into_iter().find(|place| found.get(place) != expected.get(place));
    place.map_or_else(String::new, |place| {
        format!("{place:?}: {:#?} instead of {:#?}", found.get(place), expected.get(place))
    })
}
