//! Lines that can't become a mention, whoever reads them.

use rand::RngExt;

use crate::random::Stream;

/// Makes broken lines, most of them from good ones.
pub(crate) struct Poisoner {
    stream: Stream,
    made: u64,
}

impl Poisoner {
    pub(crate) fn new(stream: Stream) -> Self {
        Self { stream, made: 0 }
    }

    pub(crate) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// The next broken line; never empty, never with a newline in it.
    pub(crate) fn line(&mut self, good: &str) -> Vec<u8> {
        self.made += 1;
        let id = self.made;
        match self.stream.random_range(0..9) {
            // A proper prefix of an object is no JSON.
            0 | 1 => good.as_bytes()[..self.stream.random_range(1..good.len())].to_vec(),
            2 => without_utf8(good),
            3 => b"<html><head><title>502 Bad Gateway</title></head><body>upstream closed</body></html>".to_vec(),
            4 => missing(id, "\"source\":\"x\",\"published_at\":\"2026-11-02T00:00:00Z\",\"text\":\"no id\""),
            5 => missing(id, "\"source\":\"x\",\"native_id\":\"broken\",\"published_at\":\"2026-11-02T00:00:00Z\""),
            6 => missing(
                id,
                "\"native_id\":\"broken\",\"published_at\":\"2026-11-02T00:00:00Z\",\"text\":\"from nowhere\"",
            ),
            7 => missing(
                id,
                "\"source\":\"x\",\"native_id\":\"broken\",\"published_at\":\"2026-11-02T00:00:00Z\",\"text\":[1,2]",
            ),
            _ => format!("[\"{id}\", \"a list is no mention\"]").into_bytes(),
        }
    }
}

/// An object that lacks a required field, or has it in a shape that it can't have.
fn missing(id: u64, fields: &str) -> Vec<u8> {
    format!("{{{fields},\"export_row\":{id}}}").into_bytes()
}

/// The line with two bytes in its text that no UTF-8 has.
fn without_utf8(good: &str) -> Vec<u8> {
    let mut bytes = good.as_bytes().to_vec();
    let middle = bytes.iter().position(|byte| *byte == b'"').map_or(0, |first| first + 1);
    bytes.splice(middle..middle, [0xff, 0xc0]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn no_poison_is_a_mention() {
        let good = r#"{"source":"x","native_id":"1","published_at":"2026-11-02T00:00:00Z","text":"grüße"}"#;
        let mut poisoner = Poisoner::new(stream(3, Purpose::Poison));
        for _ in 0..2_000 {
            let line = poisoner.line(good);
            assert!(!line.is_empty() && !line.contains(&b'\n'));
            let Ok(value) = serde_json::from_slice::<serde_json::Value>(&line) else {
                continue;
            };
            let whole = ["source", "native_id", "published_at", "text"].iter().all(|field| value[field].is_string());
            assert!(!whole, "{value} is a mention");
        }
    }
}
