//! Over TLS to a PostgreSQL that takes nothing else: whom it lets in, whom we believe, and what is told of the others.

use std::time::Duration;

use events::Partition;
use sink::{PostgresSettings, PostgresStore};
use stream::store::{Store as _, StoreError};
use testkit::postgres::Postgres;

/// The first contact with a server at this address; what is told when there is none.
fn contact(address: &str) -> Result<(), String> {
    let settings = PostgresSettings::new(address, "firebreak", Duration::from_secs(20)).unwrap();
    assert!(!format!("{settings:?}").contains("hush"));
    match PostgresStore::new(settings).unwrap().next_offsets(Partition(0)) {
        Ok(_) => Ok(()),
        // What is broken ends the process; what is only away is waited for.
        Err(StoreError::Broken(told)) => Err(told),
        Err(other) => panic!("{address}: {other}"),
    }
}

fn refused(address: &str, words: &[&str]) {
    let told = contact(address).unwrap_err();
    assert!(words.iter().all(|word| told.contains(word)), "{told}");
    assert!(!told.contains('\n') && !told.contains("hush"), "{told}");
}

#[test]
fn a_password_and_a_client_certificate_let_in_over_tls_and_everything_else_is_told_with_its_place_and_no_secret() {
    let server = Postgres::secure();
    let (port, authority) = (server.port(), server.certificate("authority.pem"));
    let place = format!("localhost:{port}");
    let trusted = format!("sslmode=verify-full&sslrootcert={}", authority.display());
    let file = |name: &str| server.certificate(name).display().to_string();
    let machine = |certificate: &str| {
        format!(
            "host=localhost port={port} user=machine dbname=postgres sslmode=verify-full sslrootcert='{}' sslcert='{}' sslkey='{}'",
            authority.display(),
            file(&format!("{certificate}.pem")),
            file(&format!("{certificate}.key"))
        )
    };
    assert_eq!(contact(server.url()), Ok(()));
    assert_eq!(contact(&machine("machine")), Ok(()));

    let with = |user: &str, host: &str, query: &str| format!("postgres://{user}@{host}:{port}/postgres?{query}");
    refused(&with("app:hush", "localhost", &trusted), &[&place, "password", "28P01"]);
    refused(&with("app", "localhost", &trusted), &[&place, "wants a password"]);
    refused(&with("app:hush", "localhost", "sslmode=disable"), &[&place, "no encryption"]);
    let stranger = format!("sslmode=verify-full&sslrootcert={}", file("stranger.pem"));
    refused(
        &with("app:hush", "localhost", &stranger),
        &[&place, "not signed by an authority that `sslrootcert` names"],
    );
    // The system's own list knows nobody of a test either.
    refused(&with("app:hush", "localhost", "sslmode=require"), &[&place, "not signed by an authority"]);
    refused(&with("app:hush", "127.0.0.1", &trusted), &[&format!("127.0.0.1:{port}"), "not for that host"]);
    refused(&machine("stranger-machine"), &[&place, "does not accept our certificate"]);
    refused(&with("machine", "localhost", &trusted), &[&place, "valid client certificate"]);
}

#[test]
fn a_server_without_tls_is_not_talked_to_when_tls_is_asked_for() {
    let (plain, secure) = (Postgres::shared(), Postgres::secure());
    let authority = secure.certificate("authority.pem");
    let address = format!("{}?sslmode=verify-full&sslrootcert={}", plain.url(), authority.display());
    refused(&address.replace("app@", "app:hush@"), &["does not offer TLS"]);
}
