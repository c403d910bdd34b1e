//! Input of `label`: a text a line, a table with commas, or JSON objects; every line becomes an item, also a bad one.

use std::io::{BufRead, Result};

use serde_json::Value;

/// How the input is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A text a line.
    Text,
    /// Fields parted by commas; the first line names them.
    Csv,
    /// A JSON object a line.
    Ndjson,
}

/// A line to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number, from 1; of a record of several lines the first.
    pub line: usize,
    /// The id that it states, else its number.
    pub id: String,
    /// The language that it states.
    pub language: Option<String>,
    /// The text, or what is wrong with the line.
    pub text: std::result::Result<String, String>,
}

impl Item {
    /// A text alone.
    pub(crate) fn of_text(text: &str) -> Self {
        item(1, None, None, text.to_owned())
    }
}

/// Items from lines.
pub struct Lines<R> {
    input: R,
    format: Format,
    field: String,
    /// Column names of a table, once they are read.
    header: Option<Vec<String>>,
    line: usize,
}

impl<R: BufRead> Lines<R> {
    /// Reads `input`; texts of tables and objects stand under `field`.
    pub fn new(input: R, format: Format, field: String) -> Self {
        Self { input, format, field, header: None, line: 0 }
    }

    /// Up to `most` items; none at the end of the input.
    ///
    /// # Errors
    /// The input cannot be read. A line that is wrong is an item and no error.
    pub fn read(&mut self, most: usize) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        while items.len() < most {
            let Some((line, content)) = self.next_line()? else { break };
            items.extend(match self.format {
                Format::Text => Some(item(line, None, None, content)),
                Format::Ndjson => Some(self.object(line, &content)),
                Format::Csv => self.record(line, &content),
            });
        }
        Ok(items)
    }

    /// The next line without its end; of a table as many as a record has.
    fn next_line(&mut self) -> Result<Option<(usize, String)>> {
        let first = self.line + 1;
        let mut content: Vec<u8> = Vec::new();
        loop {
            if self.input.read_until(b'\n', &mut content)? == 0 {
                break;
            }
            self.line += 1;
            let open = content.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
            if self.format != Format::Csv || !open {
                break;
            }
        }
        if content.is_empty() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&content);
        Ok(Some((first, text.trim_end_matches(['\n', '\r']).to_owned())))
    }

    fn object(&self, line: usize, content: &str) -> Item {
        let wrong = |error: String| Item { line, id: line.to_string(), language: None, text: Err(error) };
        let object: Value = match serde_json::from_str(content) {
            Ok(object) => object,
            Err(_) if content.trim().is_empty() => return wrong("the line is empty".to_owned()),
            Err(error) => return wrong(format!("the line is not JSON: {error}")),
        };
        let word = |name: &str| match object.get(name) {
            Some(Value::String(word)) => Some(word.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let id = word("id").or_else(|| word("native_id"));
        match object.get(&self.field).and_then(Value::as_str) {
            Some(text) => item(line, id, word("language"), text.to_owned()),
            None => Item {
                id: id.unwrap_or_else(|| line.to_string()),
                ..wrong(format!("there is no text under `{}`", self.field))
            },
        }
    }

    /// The item of a record; none for the header.
    fn record(&mut self, line: usize, content: &str) -> Option<Item> {
        let fields = fields(content);
        let Some(header) = &self.header else {
            self.header = Some(fields);
            return None;
        };
        let field = |name: &str| header.iter().position(|known| known == name).and_then(|at| fields.get(at)).cloned();
        let id = field("id").or_else(|| field("native_id"));
        match field(&self.field) {
            Some(text) => Some(item(line, id, field("language").filter(|tag| !tag.is_empty()), text)),
            None => {
                let error = format!("there is no column `{}`; the columns are {}", self.field, header.join(", "));
                Some(Item { line, id: id.unwrap_or_else(|| line.to_string()), language: None, text: Err(error) })
            }
        }
    }
}

fn item(line: usize, id: Option<String>, language: Option<String>, text: String) -> Item {
    let text = if text.trim().is_empty() { Err("the line is empty".to_owned()) } else { Ok(text) };
    Item { line, id: id.unwrap_or_else(|| line.to_string()), language, text }
}

/// The fields of one record.
fn fields(record: &str) -> Vec<String> {
    crate::training::comma_separated(record).into_iter().next().map(|record| record.fields).unwrap_or_default()
}
