//! From a set and its files to labelled texts.

use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::recipe::{Form, SetRecipe};
use super::records::{Record, comma_separated, read, tab_separated, without_escapes};

/// A text of a set with the labels that the set gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The text.
    pub text: String,
    /// Its labels in the words of the set.
    pub labels: Vec<String>,
    /// 0 to 99, by the hash of its id: the same row is in the same share each time.
    pub percent: u64,
    /// File and line, for messages.
    pub place: String,
}

/// Reads the set below `data`; the second value is the SHA-256 of its files.
///
/// # Errors
/// A file cannot be read, or has not the columns of the recipe.
pub fn labelled(data: &Path, set: &SetRecipe) -> Result<(Vec<Labelled>, String)> {
    let mut digest = Sha256::new();
    let mut rows = Vec::new();
    for (at, file) in set.files.iter().enumerate() {
        let text = read(&data.join(file), &mut digest)?;
        match &set.form {
            Form::Lines { labels } => {
                let labels = labels.get(at).map(String::as_str).unwrap_or_default();
                let labels_text = read(&data.join(labels), &mut digest)?;
                lines(&text, &labels_text, file, labels, set, &mut rows)?;
            }
            Form::Csv => table(comma_separated(&text), file, set, &mut rows)?,
            Form::Tsv => table(tab_separated(&text), file, set, &mut rows)?,
        }
    }
    if rows.is_empty() {
        bail!("`{}` has no row that the recipe keeps", set.files.join("`, `"));
    }
    Ok((rows, digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

fn lines(
    text: &str,
    labels: &str,
    file: &str,
    label_file: &str,
    set: &SetRecipe,
    rows: &mut Vec<Labelled>,
) -> Result<()> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let (texts, labels): (Vec<_>, Vec<_>) = (text.split('\n').collect(), labels.lines().collect());
    if texts.len() != labels.len() {
        bail!("`{file}` has {} lines and `{label_file}` {}: they must be as many", texts.len(), labels.len());
    }
    for (at, (text, label)) in texts.into_iter().zip(labels).enumerate() {
        rows.push(row(text, label, text, format!("{file}:{}", at + 1), set));
    }
    Ok(())
}

fn table(records: Vec<Record>, file: &str, set: &SetRecipe, rows: &mut Vec<Labelled>) -> Result<()> {
    let mut records = records.into_iter();
    let header: Vec<String> =
        if set.header { records.next().with_context(|| format!("`{file}` is empty"))?.fields } else { Vec::new() };
    let column = |name: &str| -> Result<usize> {
        let found = match set.header {
            true => header.iter().position(|known| known == name),
            false => name.parse::<usize>().ok().and_then(|number| number.checked_sub(1)),
        };
        found.with_context(|| match set.header {
            true => format!("`{file}` has no column `{name}`; its columns are {}", header.join(", ")),
            false => format!("`{file}` has no header, so a column is a number from 1, not `{name}`"),
        })
    };
    let (text, label) = (column(&set.text)?, column(&set.label)?);
    let id = set.id.as_deref().map_or(Ok(text), column)?;
    let keep: Vec<(usize, &[String])> =
        set.keep.iter().map(|(name, values)| Ok((column(name)?, values.as_slice()))).collect::<Result<_>>()?;
    for Record { line, fields } in records {
        let place = format!("{file}:{line}");
        let field = |at: usize| {
            let found = fields.get(at).map(String::as_str);
            found.with_context(|| format!("{place}: there is no column {}, only {}", at + 1, fields.len()))
        };
        let mut kept = true;
        for (at, values) in &keep {
            kept &= values.iter().any(|value| field(*at).is_ok_and(|found| found == value));
        }
        if kept {
            rows.push(row(field(text)?, field(label)?, field(id)?, place.clone(), set));
        }
    }
    Ok(())
}

fn row(text: &str, label: &str, id: &str, place: String, set: &SetRecipe) -> Labelled {
    let labels = match &set.separator {
        Some(separator) => label.split(separator.as_str()).map(|label| label.trim().to_owned()).collect(),
        None => vec![label.trim().to_owned()],
    };
    let digest = Sha256::digest(id.as_bytes());
    let number = digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let text = if set.escapes { without_escapes(text) } else { text.to_owned() };
    Labelled { text, labels, percent: number % 100, place }
}
