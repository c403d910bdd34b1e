//! Senders that hold a connection and send little.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ingest::ReceiptClock;
use ingest::intake::Intake;

use crate::fixture::{SECRET, Service, message, settings, signed};
use crate::http::{connect, head};

/// Waits until the other side has closed a connection.
fn closed(mut stream: TcpStream) {
    let began = Instant::now();
    let mut read = Vec::new();
    // A reset is an end too.
    let _how = stream.read_to_end(&mut read);
    assert!(began.elapsed() < Duration::from_secs(10), "it was held for {:?}", began.elapsed());
}

#[test]
fn a_connection_that_sends_nothing_or_half_a_head_or_nothing_more_is_closed_after_the_patience() {
    let mut impatient = settings();
    impatient.patience = Duration::from_millis(300);
    let mut service = Service::with(impatient, Intake::new(1 << 20), ReceiptClock::Wall);
    closed(connect(service.address));
    let mut half = connect(service.address);
    half.write_all(b"POST /webhook HTTP/1.1\r\nhost: fire").unwrap();
    closed(half);
    let mut idle = connect(service.address);
    idle.write_all(head("GET", "/elsewhere", &[]).as_bytes()).unwrap();
    closed(idle);
    assert_eq!(service.send("msg_1", &message("m1")).status, 202);
}

#[test]
fn a_body_that_is_announced_and_does_not_come_takes_no_room_from_others() {
    // Room for one message, and connections that announce sixty times as much.
    let mut service = Service::with(settings(), Intake::new(32 << 10), ReceiptClock::Wall);
    let held: Vec<TcpStream> = (0..64)
        .map(|_| {
            let mut stream = connect(service.address);
            stream.write_all(head("POST", "/webhook", &[("content-length", "30000".to_owned())]).as_bytes()).unwrap();
            stream.write_all(b"{").unwrap();
            stream
        })
        .collect();
    for number in 0..3 {
        assert_eq!(service.send(&format!("msg_{number}"), &message("m1")).status, 202);
    }
    drop(held);
}

#[test]
fn of_more_connections_than_there_are_places_the_one_that_waited_longest_makes_way() {
    let mut few = settings();
    few.connections = 4;
    // Nobody goes by himself.
    few.patience = Duration::from_secs(3_600);
    let mut service = Service::with(few, Intake::new(1 << 20), ReceiptClock::Wall);
    let mut held: Vec<TcpStream> = (0..4).map(|_| connect(service.address)).collect();
    // Its request is in hand, so it stays however long it waits for its commit.
    let body = message("m1");
    let mut headers = signed(SECRET, "msg_1", body.as_bytes());
    headers.push(("content-length", body.len().to_string()));
    let mut working = held.remove(0);
    working.write_all(head("POST", "/webhook", &headers).as_bytes()).unwrap();
    working.write_all(body.as_bytes()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    while service.intake.waiting() == 0 {
        assert!(Instant::now() < deadline, "the message never came");
    }
    for number in 2..6 {
        assert_eq!(service.send(&format!("msg_{number}"), &message("m2")).status, 202);
    }
    assert_eq!(crate::http::reply(working).status, 202);
    // One place more was needed, and given by the one that waited longest; the others keep theirs.
    closed(held.remove(0));
    for mut stream in held {
        stream.set_nonblocking(true).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}
