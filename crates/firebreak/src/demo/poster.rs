//! Posts lines to the signed webhook, as a sender would: each message again and again until it is taken or refused for good.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use serde_json::value::RawValue;
use stream::service::Stop;
use ureq::Agent;
use webhook::{Secret, sign};

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(15);
/// How long a message is tried: well beyond the start of a process, so that one that died in between costs nothing.
const PATIENCE: Duration = Duration::from_secs(120);
/// Before the next try where the answer does not say when.
const PAUSE: Duration = Duration::from_millis(100);

/// A sender of messages.
pub struct Poster {
    agent: Agent,
    urls: Vec<String>,
    secret: Secret,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// Every line of it is committed.
    Taken,
    /// It can never be taken; the status says why.
    Refused(u16),
    /// The sender was asked to end before there was an answer.
    Stopped,
}

impl Poster {
    /// Posts to the first of `urls`, and to the next one when that does not take a message; signed with `secret`.
    pub fn new(urls: Vec<String>, secret: Secret) -> Self {
        let agent = Agent::config_builder().timeout_global(Some(ANSWER)).http_status_as_error(false).build().into();
        Self { agent, urls, secret }
    }

    /// Posts lines in one message. A line that is no JSON cannot be part of one and must be posted alone: it is refused.
    ///
    /// # Errors
    /// Nobody took or refused it for two minutes.
    pub fn post(&self, id: &str, lines: &[&[u8]], stop: &Stop) -> anyhow::Result<Posted> {
        let body = message(lines);
        let begun = Instant::now();
        for url in self.urls.iter().cycle() {
            let (why, pause) = match self.send(url, id, &body) {
                Ok((200..300, _)) => return Ok(Posted::Taken),
                Ok((status @ (429 | 500..600), after)) => (format!("the answer is {status}"), after),
                Ok((status, _)) => return Ok(Posted::Refused(status)),
                Err(error) => (error.to_string(), PAUSE),
            };
            if begun.elapsed() > PATIENCE {
                bail!("nobody takes messages at {url}: {why}");
            }
            if stop.pause(pause) {
                return Ok(Posted::Stopped);
            }
        }
        bail!("there is no address to post to")
    }

    /// The status, and after how long to try again.
    fn send(&self, url: &str, id: &str, body: &[u8]) -> anyhow::Result<(u16, Duration)> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
        let now = i64::try_from(now)?;
        let answer = self
            .agent
            .post(url)
            .header("content-type", "application/json")
            .header(webhook::ID, id)
            .header(webhook::TIMESTAMP, now.to_string())
            .header(webhook::SIGNATURE, sign(&self.secret, id, now, body))
            .send(body)?;
        let after = answer.headers().get("retry-after").and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        Ok((answer.status().as_u16(), after.map_or(PAUSE, Duration::from_secs)))
    }
}

/// Whether a line can be part of a message with others.
pub fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(line).is_ok()
}

fn message(lines: &[&[u8]]) -> Vec<u8> {
    let mut body = br#"{"type":"mention.created","data":["#.to_vec();
    body.extend(lines.join(&b','));
    body.extend_from_slice(b"]}");
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_travel_in_one_message_as_they_are() {
        let lines: [&[u8]; 2] = [br#"{"a" : 1}"#, b"7"];
        assert_eq!(message(&lines), br#"{"type":"mention.created","data":[{"a" : 1},7]}"#);
        assert!(lines.iter().all(|line| is_json(line)) && !is_json(b"{\"a\":") && !is_json(b"\xff"));
    }
}
