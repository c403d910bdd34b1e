//! Requests in Kafka's own protocol that no client makes for a test: ending the session of a member, denying a right.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A member of a group, as its coordinator knows it.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) client: String,
}

const DESCRIBE_GROUPS: i16 = 15;
const LEAVE_GROUP: i16 = 13;

/// The members of a group.
pub(super) fn members(address: &str, group: &str) -> Vec<Member> {
    let mut body = 1_i32.to_be_bytes().to_vec();
    put(&mut body, group);
    let answer = ask(address, DESCRIBE_GROUPS, 0, &body);
    let mut answer = Answer(&answer);
    // One group: error, name, state, kind of protocol, protocol.
    answer.int32();
    answer.int16();
    (0..4).for_each(|_| drop(answer.text()));
    (0..answer.int32())
        .map(|_| {
            let (id, client, _host) = (answer.text(), answer.text(), answer.text());
            answer.bytes();
            answer.bytes();
            Member { id, client }
        })
        .collect()
}

/// Takes a member out of its group; whether it was in.
pub(super) fn leave(address: &str, group: &str, member: &str) -> bool {
    let mut body = Vec::new();
    put(&mut body, group);
    body.extend(1_i32.to_be_bytes());
    put(&mut body, member);
    // No instance: membership is dynamic.
    body.extend((-1_i16).to_be_bytes());
    let answer = ask(address, LEAVE_GROUP, 3, &body);
    let mut answer = Answer(&answer);
    let (_throttled, failed, _members) = (answer.int32(), answer.int16(), answer.int32());
    let (_member, _instance) = (answer.text(), answer.int16());
    failed == 0 && answer.int16() == 0
}

const CREATE_ACLS: i16 = 30;
const DELETE_ACLS: i16 = 31;

/// One thing that somebody may do with one resource, in Kafka's words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// `topic`, `group` or `transactional_id`.
    pub resource: String,
    /// Its name, or how names begin.
    pub name: String,
    /// Whether every name that begins so is meant.
    pub prefixed: bool,
    /// `read`, `write`, `describe` or `describe_configs`.
    pub operation: String,
}

const EVERYTHING: u8 = 2;
const DENY: u8 = 2;
const ALLOW: u8 = 3;

/// Denies everybody to read a topic.
pub(super) fn deny_reading(address: &str, topic: &str) {
    let right = |operation: &str| Right {
        resource: "topic".into(),
        name: topic.to_owned(),
        prefixed: false,
        operation: operation.to_owned(),
    };
    // A topic with any rule is open to nobody without another: it would be hidden, too.
    rule(address, "*", &right("all"), ALLOW);
    rule(address, "*", &right("read"), DENY);
}

/// Allows a user something.
pub(super) fn allow(address: &str, user: &str, right: &Right) {
    rule(address, user, right, ALLOW);
}

fn rule(address: &str, user: &str, right: &Right, permission: u8) {
    let mut body = 1_i32.to_be_bytes().to_vec();
    put_rule(&mut body, user, right, permission);
    let answer = ask(address, CREATE_ACLS, 1, &body);
    let mut answer = Answer(&answer);
    let (_throttled, count, failed) = (answer.int32(), answer.int32(), answer.int16());
    assert_eq!((count, failed), (1, 0), "the rule could not be made: {}", answer.text());
}

/// Takes back what was allowed.
pub(super) fn take_away(address: &str, user: &str, right: &Right) {
    let mut body = 1_i32.to_be_bytes().to_vec();
    put_rule(&mut body, user, right, ALLOW);
    let answer = ask(address, DELETE_ACLS, 1, &body);
    let mut answer = Answer(&answer);
    let (_throttled, count, failed) = (answer.int32(), answer.int32(), answer.int16());
    assert_eq!((count, failed), (1, 0), "the rule could not be taken away: {}", answer.text());
    let (_message, taken) = (answer.text(), answer.int32());
    assert_eq!(taken, 1, "there was such a rule: {right:?}");
}

/// A rule, or what picks it out, for a user from everywhere.
fn put_rule(body: &mut Vec<u8>, user: &str, right: &Right, permission: u8) {
    body.push(match right.resource.as_str() {
        "topic" => 2,
        "group" => 3,
        "transactional_id" => 5,
        other => panic!("`{other}` is no resource"),
    });
    put(body, &right.name);
    body.push(if right.prefixed { 4 } else { 3 });
    put(body, &format!("User:{user}"));
    put(body, "*");
    let operation = match right.operation.as_str() {
        "all" => EVERYTHING,
        "read" => 3,
        "write" => 4,
        "describe" => 8,
        "describe_configs" => 10,
        other => panic!("`{other}` is no operation"),
    };
    body.extend([operation, permission]);
}

fn put(body: &mut Vec<u8>, text: &str) {
    body.extend(i16::try_from(text.len()).expect("a short text").to_be_bytes());
    body.extend(text.as_bytes());
}

fn ask(address: &str, request: i16, version: i16, body: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut message = [request.to_be_bytes(), version.to_be_bytes()].concat();
    message.extend(1_i32.to_be_bytes());
    put(&mut message, "testkit");
    message.extend(body);
    stream.write_all(&i32::try_from(message.len()).expect("a short message").to_be_bytes()).unwrap();
    stream.write_all(&message).unwrap();
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut answer = vec![0; usize::try_from(i32::from_be_bytes(length)).unwrap()];
    stream.read_exact(&mut answer).unwrap();
    // The number of the request comes first.
    answer.split_off(4)
}

/// What is not read yet of an answer.
struct Answer<'a>(&'a [u8]);

impl Answer<'_> {
    fn take(&mut self, count: usize) -> &[u8] {
        let (taken, rest) = self.0.split_at_checked(count).expect("a whole answer");
        self.0 = rest;
        taken
    }

    fn int16(&mut self) -> i16 {
        i16::from_be_bytes(self.take(2).try_into().expect("two bytes"))
    }

    fn int32(&mut self) -> i32 {
        i32::from_be_bytes(self.take(4).try_into().expect("four bytes"))
    }

    /// Empty for a missing one.
    fn text(&mut self) -> String {
        let length = usize::try_from(self.int16()).unwrap_or(0);
        String::from_utf8_lossy(self.take(length)).into_owned()
    }

    fn bytes(&mut self) {
        let length = usize::try_from(self.int32()).unwrap_or(0);
        self.take(length);
    }
}
