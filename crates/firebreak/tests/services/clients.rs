//! Standard clients of other languages read what services write, and what other versions wrote, with old and new schemas.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use events::codec::embedded;
use events::{Codec, Payload, Topic};
use registry::{Registry, RegistrySettings};
use serde_json::{Value, json};
use testkit::kafka::Broker;
use testkit::registry::TestRegistry;

use crate::installation::Installation;
use crate::process::{Process, until};
use crate::sender::{Sender, crisis_of};

/// What other teams read, with a field that an older version did not write, and what a reader takes where it is missing.
const PRODUCTS: [(Topic, &str, Value); 3] = [
    (Topic::MentionsClassified, "/classification/firsthand", Value::Bool(true)),
    (Topic::Incidents, "/resolved_at", Value::Null),
    (Topic::Cases, "/theme", Value::Null),
];

/// Records as a client shows them: by topic, partition and offset.
type Records = BTreeMap<(String, i64, i64), Value>;

fn schema(topic: Topic) -> Value {
    let name = Payload::schema_of(topic).unwrap();
    serde_json::from_str(embedded().find(|schema| schema.name == name).unwrap().text).unwrap()
}

/// Removes the field at `path` from the schema of a record that holds it.
fn without(schema: &mut Value, path: &str) {
    let path = path.strip_prefix('/').unwrap();
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let fields = schema["fields"].as_array_mut().unwrap();
    let at = fields.iter().position(|field| field["name"] == first).unwrap();
    if rest.is_empty() { drop(fields.remove(at)) } else { without(&mut fields[at]["type"], &format!("/{rest}")) }
}

/// Removes the field at `path` from a record.
fn cut(record: &mut Value, path: &str) {
    let (parent, name) = path.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
}

/// The schema of an older version, as a file.
fn older(installation: &Installation, topic: Topic, path: &str) -> PathBuf {
    let mut older = schema(topic);
    without(&mut older, path);
    let file = installation.path(&format!("{topic}.older.avsc"));
    fs::write(&file, older.to_string()).unwrap();
    file
}

fn newest(installation: &Installation, topic: Topic) -> PathBuf {
    let file = installation.path(&format!("{topic}.avsc"));
    fs::write(&file, schema(topic).to_string()).unwrap();
    file
}

fn client(program: &[&str]) -> Command {
    let mut command = Command::new(format!("{}/../../scripts/clients/{}", env!("CARGO_MANIFEST_DIR"), program[0]));
    command.args(&program[1..]).stderr(Stdio::inherit());
    command
}

/// What a client prints of these topics, each resolved to a reader's schema if there is one.
fn read(program: &[&str], installation: &Installation, readers: &[(Topic, Option<PathBuf>)]) -> Records {
    let topics = readers.iter().map(|(topic, reader)| {
        let name = installation.settings.topic(*topic);
        reader.as_ref().map_or(name.clone(), |file| format!("{name}={}", file.display()))
    });
    let mut command = client(program);
    let output =
        command.args([Broker::shared().address(), TestRegistry::shared().url()]).args(topics).output().unwrap();
    assert!(output.status.success(), "{program:?} says above what is wrong");
    let lines = String::from_utf8(output.stdout).unwrap();
    let record = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let place = (line["partition"].as_i64().unwrap(), line["offset"].as_i64().unwrap());
        ((line["topic"].as_str().unwrap().to_owned(), place.0, place.1), line["value"].take())
    };
    lines.lines().map(record).collect()
}

/// What we read of these topics ourselves.
fn expected(installation: &Installation) -> Records {
    let registry = Registry::new(RegistrySettings::new(TestRegistry::shared().url()).unwrap());
    let codec = Codec::default().looking_in(Arc::new(registry));
    let mut records = Records::new();
    for (topic, ..) in PRODUCTS {
        for raw in installation.read(topic) {
            let (value, mut text) = (raw.value.unwrap(), Vec::new());
            codec.look_up(&value).unwrap();
            codec.write_json(&value, &mut text).unwrap();
            let place = (installation.settings.topic(topic), i64::from(raw.partition.0), raw.offset.0);
            records.insert(place, serde_json::from_slice(&text).unwrap());
        }
    }
    records
}

/// Shows the first difference only: there are hundreds of records.
fn same(read: &Records, expected: &Records, program: &[&str]) {
    assert!(read.keys().eq(expected.keys()), "{program:?}: {} records, expected {}", read.len(), expected.len());
    for (place, record) in expected {
        assert_eq!(&read[place], record, "{program:?}: {place:?}");
    }
}

/// Has the stages handle a crisis, and end.
fn handle_a_crisis(installation: &Installation) {
    let sender = Sender::new();
    let lines = crisis_of("staff-leak", 0.2);
    let start = |stage| {
        let command = installation.service(stage, &[]);
        installation.launch(stage, command, |command| {
            if stage == "ingest" {
                sender.receive(command)
            }
        })
    };
    let mut stages: BTreeMap<&str, Process> =
        ["ingest", "enrich", "classify", "escalate"].map(|stage| (stage, start(stage))).into();
    stages.values_mut().for_each(Process::ready);
    sender.send(&lines);
    until("there are incidents and cases", || {
        stages.iter_mut().for_each(|(stage, process)| assert!(process.runs(), "{stage} ended:\n{}", process.log()));
        let all = PRODUCTS.iter().all(|(topic, ..)| !installation.read(*topic).is_empty());
        all.then_some(())
    });
    for (stage, process) in &mut stages {
        process.signal("-TERM");
        assert_eq!(process.end().code(), Some(0), "{stage}:\n{}", process.log());
    }
}

/// Writes an example of each product as an older version did: with Confluent's serializer and an older schema.
fn write_as_an_older_version(installation: &Installation, schemas: &BTreeMap<Topic, PathBuf>) {
    for (topic, path, _) in PRODUCTS {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas").join(Payload::schema_of(topic).unwrap());
        let examples = fs::read_dir(folder.join("examples")).unwrap().map(|entry| entry.unwrap().path());
        let mut lines = String::new();
        for (number, example) in examples.enumerate() {
            let mut value: Value = serde_json::from_str(&fs::read_to_string(example).unwrap()).unwrap();
            cut(&mut value, path);
            lines += &format!("{}\n", json!({"key": format!("older-{number}"), "value": value}));
        }
        let name = installation.settings.topic(topic);
        let schema = schemas[&topic].to_str().unwrap();
        let arguments = [Broker::shared().address(), TestRegistry::shared().url(), &name, "1", schema];
        let mut producer =
            client(&["python/run.sh", "produce.py"]).args(arguments).stdin(Stdio::piped()).spawn().unwrap();
        producer.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        assert!(producer.wait().unwrap().success(), "{topic}");
    }
}

#[test]
fn python_and_java_read_every_record_of_old_and_new_writers_with_old_and_new_schemas() {
    let installation = Installation::new("input").with_registry(TestRegistry::shared().url());
    let registered = installation.run(&["schemas", "register"]);
    assert!(registered.status.success(), "{registered:?}");
    handle_a_crisis(&installation);
    let old: BTreeMap<Topic, PathBuf> =
        PRODUCTS.iter().map(|(topic, path, _)| (*topic, older(&installation, *topic, path))).collect();
    write_as_an_older_version(&installation, &old);

    let as_written = expected(&installation);
    // Where the older version's field was missing, and everywhere.
    let (mut completed, mut reduced) = (as_written.clone(), as_written.clone());
    for (topic, path, default) in PRODUCTS {
        let name = installation.settings.topic(topic);
        let (mut older, mut newer) = (0, 0);
        for (place, record) in completed.iter_mut().filter(|((of, ..), _)| *of == name) {
            if record.pointer(path).is_some() {
                newer += 1;
                cut(reduced.get_mut(place).unwrap(), path);
            } else {
                older += 1;
                let (parent, field) = path.rsplit_once('/').unwrap();
                record.pointer_mut(parent).unwrap()[field] = default.clone();
            }
        }
        assert!(older > 0 && newer > 0, "{topic}: {older} records of older writers, {newer} of newer");
    }
    for program in [&["python/run.sh", "consume.py"][..], &["java/run.sh"]] {
        let read = |reader: &dyn Fn(Topic) -> Option<PathBuf>| {
            let readers = PRODUCTS.map(|(topic, ..)| (topic, reader(topic)));
            read(program, &installation, &readers)
        };
        same(&read(&|_| None), &as_written, program);
        same(&read(&|topic| Some(newest(&installation, topic))), &completed, program);
        same(&read(&|topic| Some(old[&topic].clone())), &reduced, program);
    }

    let shown = installation.run(&["show", "case", "older-0"]);
    assert!(shown.status.success(), "{shown:?}");
    let shown = installation.run(&["show", "incident", "older-1", "--json"]);
    let line: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(line["key"], "older-1");
}
