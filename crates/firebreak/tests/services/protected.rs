//! Over TLS and SASL to a Kafka that knows its users: whom it lets in, and what is told to whom it does not.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use testkit::kafka::SecureBroker;

use crate::process::{Process, firebreak};

/// A password that nobody has.
const WRONG: &str = "hush-hush";

/// The one that the tests of this process share.
pub(crate) fn broker() -> &'static SecureBroker {
    static SHARED: OnceLock<SecureBroker> = OnceLock::new();
    SHARED.get_or_init(SecureBroker::start)
}

/// A command over TLS; `authority` is whom it trusts.
fn over_tls(arguments: &[&str], at: &str, authority: &str) -> Command {
    let mut command = firebreak();
    command
        .args(arguments)
        .args(["--partitions", "4", "--replication", "1", "--brokers", at, "--tls", "--tls-ca"])
        .arg(broker().certificate(authority));
    command
}

fn by_password(at: &str, authority: &str, password: &str) -> Command {
    let mut command = over_tls(&["topics", "check"], at, authority);
    command.args(["--sasl-user", "operator"]).env("FIREBREAK_SASL_PASSWORD", password);
    command
}

fn by_certificate(name: &str) -> Command {
    let mut command = over_tls(&["topics", "check"], &broker().tls(), "authority.pem");
    command.arg("--tls-certificate").arg(broker().certificate(&format!("{name}.pem")));
    command.arg("--tls-key").arg(broker().certificate(&format!("{name}.key")));
    command
}

fn refused(mut command: Command, words: &[&str]) {
    let Output { status, stderr, .. } = command.output().unwrap();
    let told = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(status.code(), Some(1), "{told}");
    let last = told.lines().last().unwrap_or_default();
    assert!(last.starts_with("firebreak: ") && words.iter().all(|word| last.contains(word)), "{told}");
    assert!(!told.contains(WRONG), "{told}");
}

#[test]
fn user_and_password_of_both_hashes_and_a_client_certificate_let_in_over_tls() {
    let (broker, mut apply) = (broker(), over_tls(&["topics", "apply"], &broker().sasl(), "authority.pem"));
    apply.args(["--sasl-user", "operator", "--sasl-password-file"]).arg(broker.password_file("operator"));
    let applied = apply.output().unwrap();
    assert!(applied.status.success(), "{applied:?}");
    let mut sha256 = by_password(&broker.sasl(), "authority.pem", &broker.password("operator"));
    for mut command in
        [by_certificate("operator"), std::mem::replace(sha256.args(["--sasl-hash", "sha256"]), firebreak())]
    {
        let checked = command.output().unwrap();
        assert!(checked.status.success(), "{checked:?}");
    }
}

#[test]
fn a_refused_login_or_certificate_ends_with_one_line_that_says_what_and_where_and_repeats_no_secret() {
    let broker = broker();
    let (sasl, tls, password) = (broker.sasl(), broker.tls(), broker.password("operator"));
    refused(by_password(&sasl, "authority.pem", WRONG), &[&sasl, "refuse the login of `operator`", "password"]);
    let trusts_a_stranger = by_password(&sasl, "stranger.pem", &password);
    refused(trusts_a_stranger, &[&sasl, "certificate", "`--tls-ca`"]);
    let by_another_name = sasl.replace("localhost", "127.0.0.1");
    refused(by_password(&by_another_name, "authority.pem", &password), &[&by_another_name, "for the host"]);
    refused(by_certificate("stranger-operator"), &[&tls, "do not accept our certificate", "--tls-certificate"]);
    refused(over_tls(&["topics", "check"], &tls, "authority.pem"), &[&tls, "do not accept our certificate"]);
}

#[test]
fn a_service_that_is_refused_ends_and_neither_its_log_nor_its_help_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let key = "file-with-a-secret";
    let service = |log: &Path| {
        let mut command = over_tls(&["enrich", "--book", "books/bank"], &broker().sasl(), "authority.pem");
        command.args(["--admin", "127.0.0.1:0", "--log-level", "debug", "--sasl-user", "enrich"]);
        command.env("FIREBREAK_SASL_PASSWORD", WRONG).env("FIREBREAK_TLS_KEY_PASSWORD", key);
        Process::start(command, log)
    };
    let mut refused = service(&folder.path().join("log"));
    assert_eq!(refused.end().code(), Some(1), "{}", refused.log());
    let log = refused.log();
    let last = log.lines().last().unwrap_or_default();
    assert!(last.contains("refuse the login of `enrich`"), "{log}");
    assert!(!log.contains(WRONG) && !log.contains(key), "{log}");
    let mut help = firebreak();
    help.args(["enrich", "--help"]).env("FIREBREAK_SASL_PASSWORD", WRONG).env("FIREBREAK_TLS_KEY_PASSWORD", key);
    let help = String::from_utf8(help.output().unwrap().stdout).unwrap();
    assert!(help.contains("FIREBREAK_SASL_PASSWORD") && !help.contains(WRONG) && !help.contains(key));
}
