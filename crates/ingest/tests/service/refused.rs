//! What a sender that breaks a rule is told, and that nothing of it is committed.

use std::io::Write;
use std::net::Shutdown;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ingest::ReceiptClock;
use ingest::intake::Intake;
use stream::metrics::Metrics;
use testkit::build;

use crate::fixture::{
    NEXT_SECRET, SECRET, Service, dead_letters, mentions, message, serve, settings, signed, unix_now,
};
use crate::http::{Reply, connect, head, post, reply};

/// Nothing was committed, and the receiver still works.
fn unharmed(service: &mut Service) {
    assert_eq!((mentions(&service.cluster).len(), dead_letters(&service.cluster).len()), (0, 0));
    assert_eq!(service.send("msg_after", &message("after")).status, 202);
}

#[test]
fn a_wrong_a_truncated_and_an_old_signature_are_refused() {
    let mut service = Service::start();
    let body = message("m1");
    let of_other = signed(NEXT_SECRET, "msg_1", body.as_bytes());
    let mut truncated = signed(SECRET, "msg_1", body.as_bytes());
    truncated[2].1.truncate(20);
    let mut other_body = signed(SECRET, "msg_1", b"{}");
    other_body[0].1 = "msg_1".into();
    let mut old = signed(SECRET, "msg_1", body.as_bytes());
    old[1].1 = (unix_now() - 301).to_string();
    for headers in [of_other, truncated, other_body, old] {
        let reply = service.post(&headers, body.as_bytes());
        assert_eq!(reply.status, 401, "{headers:?}");
        assert!(reply.body.contains("error") && !reply.body.contains("whsec"), "{}", reply.body);
    }
    unharmed(&mut service);
}

#[test]
fn what_is_no_message_is_refused_as_malformed() {
    let mut service = Service::start();
    for body in ["", "not JSON", "[1]", r#"{"type":"mention.created"}"#, r#"{"type":"mention.created","data":[]}"#] {
        assert_eq!(service.send("msg_1", body).status, 400, "{body}");
    }
    let body = message("m1");
    for missing in 0..3 {
        let mut headers = signed(SECRET, "msg_1", body.as_bytes());
        headers.remove(missing);
        assert_eq!(service.post(&headers, body.as_bytes()).status, 400);
    }
    unharmed(&mut service);
}

fn send_head(service: &Service, method: &str, path: &str, headers: &[(&str, String)]) -> Reply {
    let mut stream = connect(service.address);
    stream.write_all(head(method, path, headers).as_bytes()).unwrap();
    reply(stream)
}

#[test]
fn another_path_another_method_and_packed_bytes_are_refused() {
    let mut service = Service::start();
    let empty = ("content-length", "0".to_owned());
    assert_eq!(send_head(&service, "POST", "/elsewhere", std::slice::from_ref(&empty)).status, 404);
    let get = send_head(&service, "GET", "/webhook", &[]);
    assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
    assert_eq!(send_head(&service, "POST", "/webhook", &[empty, ("content-encoding", "gzip".into())]).status, 415);
    unharmed(&mut service);
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_is_read_and_while_it_is() {
    let mut service = Service::start();
    let large = (2 << 20) + 1;
    let announced = send_head(&service, "POST", "/webhook", &[("content-length", large.to_string())]);
    assert_eq!(announced.status, 413);
    let mut stream = connect(service.address);
    stream.write_all(head("POST", "/webhook", &[("transfer-encoding", "chunked".into())]).as_bytes()).unwrap();
    let chunk = vec![b'a'; 64 << 10];
    let mut open = true;
    for _ in 0..=large / chunk.len() {
        // It may have been refused already.
        open = open && write!(stream, "{:x}\r\n", chunk.len()).is_ok();
        open = open && stream.write_all(&chunk).is_ok() && stream.write_all(b"\r\n").is_ok();
    }
    assert_eq!(reply(stream).status, 413);
    let many = format!(r#"{{"type":"mention.created","data":[{}]}}"#, vec!["{}"; 1_001].join(","));
    assert_eq!(service.send("msg_1", &many).status, 413);
    unharmed(&mut service);
}

#[test]
fn a_body_that_does_not_come_is_waited_for_only_so_long_and_one_that_is_cut_off_is_forgotten() {
    let mut impatient = settings();
    impatient.patience = Duration::from_millis(300);
    let intake = Intake::new(1 << 20);
    let mut service = Service::with(impatient, intake, ReceiptClock::Wall);
    let headers = [("content-length", "100".to_owned())];
    let began = Instant::now();
    let slow = send_head(&service, "POST", "/webhook", &headers);
    assert_eq!(slow.status, 408);
    assert!(began.elapsed() < Duration::from_secs(5));
    let mut stream = connect(service.address);
    stream.write_all(head("POST", "/webhook", &headers).as_bytes()).unwrap();
    stream.write_all(b"half").unwrap();
    stream.shutdown(Shutdown::Both).unwrap();
    // All room is back, or this would not fit.
    let deadline = Instant::now() + Duration::from_secs(5);
    while service.intake.room(1 << 20).is_none() {
        assert!(Instant::now() < deadline, "the room of a request that was cut off is lost");
        std::thread::sleep(Duration::from_millis(10));
    }
    unharmed(&mut service);
}

#[test]
fn each_answer_is_counted_by_what_it_was() {
    let metrics = Arc::new(Metrics::new(&build::book_version()).unwrap());
    let intake = Intake::new(1 << 20);
    let (address, stop, server) = serve(settings(), &intake, metrics.clone());
    let body = message("m1");
    post(address, &signed(NEXT_SECRET, "msg_1", body.as_bytes()), body.as_bytes());
    post(address, &signed(SECRET, "msg_1", b"x"), b"x");
    drop(stop);
    server.join().unwrap();
    let text = metrics.text().unwrap();
    for outcome in ["unauthorised", "malformed"] {
        let line = format!(
            r#"firebreak_source_requests_total{{outcome="{outcome}",role="ingest",source="webhook",stage="ingest"}} 1"#
        );
        assert!(text.lines().any(|shown| shown == line), "{text}");
    }
}
