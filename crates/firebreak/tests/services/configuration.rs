//! What is wrong with a configuration is told at once, before anything is connected.

use std::fs;
use std::process::Output;

use crate::process::firebreak;

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_mistake_is_told_at_once_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, "hush").unwrap();
    let output = firebreak()
        .args(["enrich", "--book", "/nowhere", "--brokers", "kafka", "--workers", "9", "--partitions", "4"])
        .args(["--tls-ca", "/nowhere/ca.pem", "--sasl-user", "enrich", "--instance", "a b", "--namespace", "a b"])
        .args(["--session-timeout", "90s", "--live-deadline", "5s", "--kafka-option", "acks=1;linger.ms"])
        .env("FIREBREAK_TLS_KEY_PASSWORD", "hush")
        .env("FIREBREAK_TLS_KEY_PASSWORD_FILE", &file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    let told = told(&output);
    for mistake in [
        "`kafka` is not `host:port`",
        "`--workers 9` is more than the 4 partitions",
        "`--tls-ca` is given without `--tls`",
        "`--tls-ca /nowhere/ca.pem` cannot be read",
        "`--sasl-user enrich` has no password: put it into FIREBREAK_SASL_PASSWORD",
        "FIREBREAK_TLS_KEY_PASSWORD and FIREBREAK_TLS_KEY_PASSWORD_FILE",
        "`--instance a b`",
        "namespace `a b`",
        "`--session-timeout` (90s) must be below `--poll-interval` (60s)",
        "`--live-deadline` is 5s, but a pass may take `--connect-timeout` (15s)",
        "`acks` is reserved",
        "`--kafka-option linger.ms` is not NAME=VALUE",
        "/nowhere",
    ] {
        assert!(told.contains(mistake), "`{mistake}` is not told:\n{told}");
    }
    assert!(!told.contains("hush"), "a secret is told:\n{told}");
}

#[test]
fn one_mistake_is_told_alone() {
    let output = firebreak().args(["sink", "--role", "files"]).output().unwrap();
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    assert_eq!(
        told(&output),
        "firebreak: role `files` has no place: name a folder by `--files`, or leave the role out\n"
    );
}

#[test]
fn an_admin_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = firebreak().args(["sink", "--admin", &address]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = told(&output);
    assert!(told.contains(&address) && told.contains("--admin"), "{told}");
}

#[test]
fn an_entrance_without_a_way_in_and_one_without_a_secret_are_told() {
    let closed = firebreak().args(["ingest", "--book", "books/bank"]).output().unwrap();
    assert_eq!(closed.status.code(), Some(64), "{closed:?}");
    assert!(told(&closed).contains("nothing comes in: name a folder by `--watch`, or an address by `--webhook`"));
    let output = firebreak()
        .args(["ingest", "--book", "books/bank", "--webhook", "127.0.0.1:0", "--watch", "/nowhere"])
        .args(["--clock", "input", "--workers", "2", "--webhook-path", "mentions"])
        .env("FIREBREAK_WEBHOOK_SECRETS", "whsec_c2hvcnQ= hush")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    let told = told(&output);
    for mistake in [
        "`--watch /nowhere` cannot be read",
        "FIREBREAK_WEBHOOK_SECRETS: a webhook secret has 24 to 64 bytes",
        "`--webhook-path mentions` must begin with `/`",
        "`--clock input` follows the times of one worker",
    ] {
        assert!(told.contains(mistake), "`{mistake}` is not told:\n{told}");
    }
    assert!(!told.contains("c2hvcnQ") && !told.contains("hush"), "a secret is told:\n{told}");
}

#[test]
fn every_mistake_of_a_store_or_a_receiver_is_told() {
    let output = firebreak()
        .args(["sink", "--role", "files,postgres", "--notify-url", "https://hooks.example/it"])
        .args(["--postgres-timeout", "90s"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    for mistake in [
        "role `files` has no place",
        "role `postgres` has no place: put its address into FIREBREAK_POSTGRES_URL",
        "`--notify-url` has no secret: put it into FIREBREAK_NOTIFY_SECRET",
        "`--postgres-timeout` (90s) must be below `--poll-interval` (60s)",
    ] {
        assert!(told(&output).contains(mistake), "`{mistake}` is not told:\n{}", told(&output));
    }
}
