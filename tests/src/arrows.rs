//! Dependencies point one way, and the pure stages reach no clock, socket or broker through theirs.
//!
//! The graph is that without default features: `stream` has Kafka only because an executable or a test asks for it, and a
//! stage that asked for it would be found.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each crate may import of this project in its normal dependencies. A crate that is not listed is refused.
const ARROWS: &[(&str, &[&str])] = &[
    ("events", &[]),
    ("webhook", &[]),
    ("book", &["events"]),
    ("registry", &["events"]),
    ("stream", &["events"]),
    ("ingest", &["book", "events", "stream", "webhook"]),
    ("enrich", &["book", "events", "stream"]),
    ("classify", &["book", "events", "stream"]),
    ("escalate", &["book", "events", "stream"]),
    ("sink", &["book", "events", "stream", "webhook"]),
    ("desk", &["book", "events", "stream"]),
    ("scenario", &["book", "events"]),
    ("testkit", &["book", "events", "stream"]),
    (
        "firebreak",
        &[
            "book", "classify", "desk", "enrich", "escalate", "events", "ingest", "registry", "scenario", "sink",
            "stream", "webhook",
        ],
    ),
    ("acceptance", &[]),
    ("instructions", &["book", "classify", "enrich", "escalate", "events", "ingest", "scenario", "stream"]),
    ("soak", &["book", "classify", "enrich", "escalate", "events", "firebreak", "stream", "testkit", "webhook"]),
];

/// Stages that decide, and so must not reach the outside world.
const PURE: [&str; 3] = ["enrich", "classify", "escalate"];
/// Libraries that would bring it in.
const FORBIDDEN: [&str; 4] = ["rdkafka", "rdkafka-sys", "tokio", "mio"];

/// Normal dependencies of each package of the workspace by name, and of every package reached.
#[derive(Debug, Default)]
struct Graph {
    members: BTreeSet<String>,
    normal: BTreeMap<String, BTreeSet<String>>,
}

fn graph(metadata: &Value) -> Graph {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<String, String> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let name = |id: &Value| names.get(&text(id)).cloned().unwrap_or_default();
    let mut graph =
        Graph { members: list(&metadata["workspace_members"]).iter().map(name).collect(), ..Graph::default() };
    for node in list(&metadata["resolve"]["nodes"]) {
        let is_normal = |dependency: &&Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let dependencies = list(&node["deps"]);
        let normal = dependencies.iter().filter(is_normal).map(|dependency| name(&dependency["pkg"])).collect();
        graph.normal.insert(name(&node["id"]), normal);
    }
    graph
}

/// What breaks the arrows.
fn broken(graph: &Graph) -> Vec<String> {
    let mut broken = Vec::new();
    for member in &graph.members {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| name == member) else {
            broken.push(format!("`{member}` has no place in the layout: give it one in tests/src/arrows.rs"));
            continue;
        };
        for dependency in graph.normal.get(member).into_iter().flatten() {
            if graph.members.contains(dependency) && !allowed.contains(&dependency.as_str()) {
                broken.push(format!("`{member}` must not import `{dependency}`"));
            }
        }
    }
    for stage in PURE {
        for forbidden in FORBIDDEN.iter().filter(|name| reached(graph, stage).contains(**name)) {
            broken.push(format!("`{stage}` is pure, but reaches `{forbidden}`: see `cargo tree -e normal -p {stage}`"));
        }
    }
    broken
}

fn reached<'a>(graph: &'a Graph, from: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(package) = open.pop() {
        if reached.insert(package) {
            open.extend(graph.normal.get(package).into_iter().flatten().map(String::as_str));
        }
    }
    reached
}

fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn dependencies_follow_the_arrows_and_pure_stages_stay_pure() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    // Of this platform only: what others need was not fetched to build the tests.
    let platform = printed(Command::new("rustc").args(["--print", "host-tuple"]));
    let metadata = printed(
        Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
            .args(["metadata", "--format-version", "1", "--offline", "--no-default-features"])
            .args(["--filter-platform", platform.trim(), "--manifest-path", manifest]),
    );
    let graph = graph(&serde_json::from_str(&metadata).unwrap());
    assert!(graph.members.contains("escalate") && graph.normal["escalate"].contains("stream"), "the graph is not read");
    assert_eq!(broken(&graph), Vec::<String>::new());
}

#[test]
fn a_stage_that_imports_another_or_reaches_a_broker_is_found() {
    let edges = [("enrich", "classify"), ("stream", "book"), ("classify", "stream"), ("stream", "rdkafka")];
    let mut graph = Graph::default();
    for (from, to) in edges {
        graph.normal.entry(from.to_owned()).or_default().insert(to.to_owned());
    }
    graph.members = ["enrich", "classify", "stream", "book", "stranger"].map(str::to_owned).into();
    let found = broken(&graph).join("\n");
    for expected in [
        "`enrich` must not import `classify`",
        "`stream` must not import `book`",
        "`stranger` has no place",
        "`enrich` is pure, but reaches `rdkafka`",
    ] {
        assert!(found.contains(expected), "`{expected}` is not in\n{found}");
    }
}
