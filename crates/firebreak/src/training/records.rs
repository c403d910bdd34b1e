//! Files of labelled texts as records: comma-separated, tab-separated, or a text a line; plain or gzip.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// A record and the line on which it begins, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) line: usize,
    pub(crate) fields: Vec<String>,
}

/// The whole of a file; its bytes as they lie there are added to `digest`. Broken UTF-8 is replaced.
pub(super) fn read(path: &Path, digest: &mut Sha256) -> Result<String> {
    let mut bytes = Vec::new();
    let opened = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
    opened.with_context(|| format!("cannot read `{}`", path.display()))?;
    digest.update(&bytes);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        let unpacked = MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain);
        unpacked.with_context(|| format!("cannot unpack `{}`", path.display()))?;
        bytes = plain;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The records of a comma-separated table.
pub(crate) fn comma_separated(table: &str) -> Vec<Record> {
    let (mut records, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut line, mut begins) = (false, 1, 1);
    let mut characters = table.chars().peekable();
    while let Some(c) = characters.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => field.extend(characters.next()),
            '"' if quoted || field.is_empty() => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                fields.push(std::mem::take(&mut field));
                records.push(Record { line: begins, fields: std::mem::take(&mut fields) });
                begins = line;
            }
            '\r' if !quoted => {}
            _ => field.push(c),
        }
    }
    if !field.is_empty() || !fields.is_empty() {
        fields.push(field);
        records.push(Record { line: begins, fields });
    }
    records
}

/// The records of a tab-separated table.
pub(super) fn tab_separated(table: &str) -> Vec<Record> {
    let lines = table.split('\n').map(|line| line.trim_end_matches('\r')).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(at, line)| Record { line: at + 1, fields: line.split('\t').map(str::to_owned).collect() })
        .collect()
}

/// Decodes `\u2019`, `\"` and doubled quotes around a whole text, which some sets have.
pub(super) fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let behind = from.strip_prefix('\\').unwrap_or_default();
        let code = behind.strip_prefix('u').and_then(|digits| digits.get(..4));
        let decoded = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        match decoded {
            Some(c) => {
                plain.push(c);
                rest = behind.get(5..).unwrap_or_default();
            }
            None => {
                let quote = behind.starts_with('"') || behind.starts_with('\'');
                plain.push_str(if quote || behind.starts_with('n') { " " } else { "\\" });
                rest = if behind.starts_with('n') { behind.get(1..).unwrap_or_default() } else { behind };
            }
        }
    }
    plain.push_str(rest);
    plain
}
