//! Rejected records as people read them.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::bail;
use events::{DeadLetter, EventTime};

use super::{Choice, Letter, LetterId, Letters, chosen};

/// Characters of a record that a list shows.
const SHOWN: usize = 60;

/// Writes one line for each record that is meant.
///
/// # Errors
/// As [`Letters::read`].
pub fn list(letters: &mut dyn Letters, choice: &Choice, out: &mut dyn Write) -> anyhow::Result<()> {
    let (mut count, mut again) = (0_u64, 0_u64);
    let unread = chosen(letters, choice, &mut |Letter { id, value: letter }, sent_again| {
        if count == 0 {
            writeln!(
                out,
                "{:<10}  {:<24}  {:<24}  {:<36}  {:>9}  begins with",
                "id", "time", "stage and reason", "from", "bytes"
            )?;
        }
        count += 1;
        again += u64::from(sent_again.is_some());
        let mut why = format!("{} {}", letter.stage, letter.reason);
        if sent_again.is_some() {
            why += ", sent again";
        }
        let (at, from, begins) = (letter.at.to_string(), origin(&letter), begins(&letter));
        writeln!(out, "{id:<10}  {at:<24}  {why:<24}  {from:<36}  {:>9}  {begins}", letter.value_length)?;
        Ok(())
    })?;
    let already = if again > 0 { format!(", {again} of them sent again") } else { String::new() };
    writeln!(out, "{count} rejected {}{already}", if count == 1 { "record" } else { "records" })?;
    warn_of_unread(unread, out)
}

/// Writes all that is known of the records that are meant.
///
/// # Errors
/// As [`Letters::read`]; or one that is named is not there.
pub fn show(letters: &mut dyn Letters, choice: &Choice, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut shown = BTreeSet::new();
    let unread = chosen(letters, choice, &mut |letter, sent_again| {
        shown.insert(letter.id);
        one(&letter, sent_again, out)
    })?;
    warn_of_unread(unread, out)?;
    none_missing(choice, &shown)
}

/// Every record that is named was met.
pub(super) fn none_missing(choice: &Choice, met: &BTreeSet<LetterId>) -> anyhow::Result<()> {
    match choice.ids.iter().find(|id| !met.contains(id)) {
        Some(missing) => bail!("there is no such rejected record `{missing}`: `firebreak dlq list` shows the ids"),
        None => Ok(()),
    }
}

pub(super) fn warn_of_unread(unread: u64, out: &mut dyn Write) -> anyhow::Result<()> {
    if unread > 0 {
        writeln!(out, "{unread} more cannot be read: nobody knows their schema, or they are no rejected records")?;
    }
    Ok(())
}

fn one(
    Letter { id, value: letter }: &Letter,
    sent_again: Option<EventTime>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    writeln!(out, "id          {id}")?;
    writeln!(out, "time        {}", letter.at)?;
    writeln!(out, "stage       {}", letter.stage)?;
    writeln!(out, "reason      {}", letter.reason)?;
    writeln!(out, "detail      {}", letter.detail.escape_debug())?;
    writeln!(out, "from        {} partition {} offset {}", letter.topic, letter.partition.0, letter.offset.0)?;
    writeln!(out, "key         {}", letter.key.as_deref().map_or_else(|| "none".into(), escaped))?;
    for header in &letter.headers {
        writeln!(out, "header      {}: {}", header.name, escaped(&header.value))?;
    }
    let kept = letter.value.as_ref().map_or(0, Vec::len);
    writeln!(out, "bytes       {}, of which {kept} are kept", letter.value_length)?;
    if let Some(sha256) = &letter.value_sha256 {
        writeln!(out, "sha-256     {sha256}")?;
    }
    writeln!(out, "build       {}", letter.build)?;
    if let Some(at) = sent_again {
        writeln!(out, "sent again  {at}")?;
    }
    writeln!(out, "{}\n", letter.value.as_deref().map_or_else(String::new, escaped))?;
    Ok(())
}

fn origin(letter: &DeadLetter) -> String {
    let key = letter.key.as_deref().map(escaped).unwrap_or_default();
    // A line of a file is known by `file:line`, which is its key; any other record by where it lay.
    if letter.topic == "input" && !key.is_empty() {
        return key;
    }
    format!("{}/{}/{}", letter.topic, letter.partition.0, letter.offset.0)
}

fn begins(letter: &DeadLetter) -> String {
    let bytes = letter.value.as_deref().unwrap_or_default();
    let text = escaped(bytes.get(..SHOWN * 4).unwrap_or(bytes));
    text.chars().take(SHOWN).collect()
}

/// Text as it is but for what would move the reader's cursor; what is not UTF-8 as `\xff`.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() { text.extend(character.escape_default()) } else { text.push(character) }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dlq::Folder;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let letter = |offset: i64, stage: &str, reason: &str, from: i64, value: serde_json::Value| {
            json!({"key": "k", "partition": 3, "offset": offset, "timestamp": "2026-11-02T00:00:00Z", "value": {
                "topic": "input", "partition": 1, "offset": from, "stage": stage, "reason": reason, "detail": "expected value",
                "at": "2026-11-02T00:00:00Z", "key": "a.ndjson:7", "value": value, "value_length": 9}})
            .to_string() + "\n"
        };
        let lines = letter(0, "ingest", "decode", 5, json!("not \u{1b}json"))
            + &letter(1, "ingest", "invalid", 6, json!({"hex": "ff41"}))
            + &letter(2, "ingest", "retried", 6, json!(null));
        std::fs::write(folder.path().join("dead-letters.ndjson"), lines).unwrap();
        folder
    }

    fn listed(choice: &Choice) -> String {
        let (folder, mut out) = (folder(), Vec::new());
        list(&mut Folder(folder.path().into()), choice, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn shown(ids: &[&str]) -> anyhow::Result<String> {
        let (folder, mut out) = (folder(), Vec::new());
        let choice = Choice { ids: ids.iter().map(|id| id.parse().unwrap()).collect(), ..Choice::default() };
        show(&mut Folder(folder.path().into()), &choice, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_list_says_where_each_came_from_and_how_it_begins() {
        let text = listed(&Choice::default());
        assert!(text.contains("3:0") && text.contains("a.ndjson:7") && text.contains("not \\u{1b}json"), "{text}");
        assert!(text.contains("\\xffA") && text.ends_with("2 rejected records, 1 of them sent again\n"), "{text}");
    }

    #[test]
    fn a_mark_is_no_rejected_record_and_tells_which_was_sent_again() {
        let text = listed(&Choice::default());
        let line = |id: &str| text.lines().find(|line| line.starts_with(id)).map(str::to_owned);
        assert!(line("3:1").unwrap().contains("ingest invalid, sent again"), "{text}");
        assert!(!line("3:0").unwrap().contains("sent again") && line("3:2").is_none(), "{text}");
    }

    #[test]
    fn filters_and_limit_leave_the_others_out() {
        let only = Choice { reason: Some("decode".into()), ..Choice::default() };
        assert!(listed(&only).ends_with("1 rejected record\n"));
        let none = Choice { stage: Some("enrich".into()), ..Choice::default() };
        assert_eq!(listed(&none), "0 rejected records\n");
        let one = Choice { limit: Some(1), ..Choice::default() };
        assert!(listed(&one).ends_with("1 rejected record\n"));
    }

    #[test]
    fn show_prints_everything_and_an_unknown_id_is_an_error() {
        let text = shown(&["3:0"]).unwrap();
        assert!(text.contains("detail      expected value") && text.contains("key         a.ndjson:7"), "{text}");
        assert!(!text.contains("3:1"), "{text}");
        assert!(shown(&["3:1"]).unwrap().contains("sent again  2026-11-02T00:00:00Z"));
        let missing = shown(&["9:9"]).unwrap_err();
        assert!(missing.to_string().contains("dlq list"), "{missing}");
    }
}
