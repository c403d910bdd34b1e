//! The codec and the schemas, as other teams meet them: bytes, examples, versions, damage.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails, also in its fixtures")]

mod damage;
mod examples;
mod framing;
mod golden;
mod parts;
mod round_trip;
mod schema_texts;
mod strategies;
mod versions;

use events::{Codec, DecodeError, Event};

/// Calls `$body` with `$event` standing for each event type.
#[macro_export]
macro_rules! for_each_event {
    ($event:ident => $body:expr) => {{
        $crate::for_each_event!(@ $event => $body; Mention, EnrichedMention, ClassifiedMention, Tally, Incident, Case, Call,
            Notification, Action, Link, Business, DeadLetter, Seen, Turn, Progress, Position);
    }};
    (@ $event:ident => $body:expr; $($name:ident),+) => {{ $({ type $event = events::$name; $body; })+ }};
}

/// Every example file: schema, file name, text.
pub(crate) fn example_files() -> Vec<(String, String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut found = Vec::new();
    for schema in events::Payload::SCHEMAS {
        #[expect(clippy::disallowed_methods, reason = "the examples are files, so that a new one is a new test")]
        let folder = std::fs::read_dir(root.join(schema).join("examples")).expect("each schema has examples");
        for entry in folder {
            let path = entry.expect("a folder can be listed").path();
            #[expect(clippy::disallowed_methods, reason = "the examples are files, so that a new one is a new test")]
            let text = std::fs::read_to_string(&path).expect("an example is UTF-8");
            found.push(((*schema).to_owned(), path.display().to_string(), text));
        }
    }
    found.sort();
    found
}

/// The examples of one event, read from JSON.
pub(crate) fn examples<T: Event>() -> Vec<T> {
    let files = example_files().into_iter().filter(|(schema, ..)| schema == T::SCHEMA);
    files.map(|(_, file, text)| serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))).collect()
}

/// The same bytes with another schema's fingerprint in front.
pub(crate) fn reframed(bytes: &[u8], fingerprint: u64) -> Vec<u8> {
    let mut framed = vec![0xC3, 0x01];
    framed.extend_from_slice(&fingerprint.to_le_bytes());
    framed.extend_from_slice(&bytes[10..]);
    framed
}

/// Reads as `T` whatever the bytes are; only here to be called with rubbish.
pub(crate) fn attempt<T: Event>(codec: &Codec, bytes: &[u8]) -> Result<(), DecodeError> {
    codec.decode::<T>(bytes).map(drop)
}
