//! From YAML to a file of tests, or to everything that is wrong with it.

use events::{EventTime, Span};

use super::model::{Given, Series, Test, TestFile, What};
use super::parse_expectation::expectation;
use crate::duration;
use crate::yaml::{Fields, Node, Reader};

/// When tests begin that do not say: a Monday.
const START: EventTime = EventTime::from_millis(1_793_577_600_000);

const FILE_KEYS: &[&str] = &["row", "title", "partly", "book", "tests"];
const TEST_KEYS: &[&str] = &["name", "start", "until", "given", "expect"];
const GIVEN_KEYS: &[&str] =
    &["at", "every", "count", "for", "authors", "texts", "mention", "action", "link", "business", "line", "restart"];
const MENTION_KEYS: &[&str] = &[
    "source",
    "native_id",
    "published_at",
    "received_at",
    "text",
    "revision",
    "kind",
    "channel",
    "owned_channel",
    "from_brand",
    "author",
    "thread_id",
    "parent_id",
    "language",
    "url",
    "urls",
    "media",
    "reach",
    "repost",
    "brand",
    "brand_hints",
    "drill",
];

/// Reads a file of tests.
///
/// # Errors
/// Every mistake, as `file:line:column: what`.
pub(super) fn parse(file: &str, text: &str) -> Result<TestFile, Vec<String>> {
    let mut reader = Reader::new(file);
    let parsed = reader.document(text).and_then(|document| test_file(&mut reader, &document));
    match parsed {
        Some(parsed) if reader.mistakes.is_empty() => Ok(parsed),
        _ => Err(reader.mistakes),
    }
}

fn test_file(reader: &mut Reader, node: &Node) -> Option<TestFile> {
    let fields = reader.map(node, FILE_KEYS)?;
    let row = fields.get("row").and_then(|row| reader.text(row));
    let partly = fields.get("partly").map(|list| texts(reader, list)).unwrap_or_default();
    let book = required(reader, fields, "book").and_then(|book| reader.text(book));
    let tests = required(reader, fields, "tests")
        .map(|tests| reader.list(tests).iter().filter_map(|node| test(reader, node)).collect::<Vec<_>>());
    let tests = tests?;
    if tests.is_empty() && reader.mistakes.is_empty() {
        reader.note(node, "`tests` is empty: a file without a test shows nothing");
    }
    Some(TestFile { row, partly, book: book?, tests })
}

fn test(reader: &mut Reader, node: &Node) -> Option<Test> {
    let fields = reader.map(node, TEST_KEYS)?;
    let name = required(reader, fields, "name").and_then(|name| reader.text(name));
    let start = fields.get("start").and_then(|start| time(reader, start, START)).unwrap_or(START);
    let until = fields.get("until").and_then(|until| time(reader, until, start));
    let given = required(reader, fields, "given")
        .map(|list| reader.list(list).iter().filter_map(|node| given(reader, node, start)).collect());
    let expect: Option<Vec<_>> = required(reader, fields, "expect")
        .map(|list| reader.list(list).iter().filter_map(|node| expectation(reader, node, start)).collect());
    if expect.as_ref().is_some_and(Vec::is_empty) && reader.mistakes.is_empty() {
        reader.note(node, "`expect` is empty: a test that expects nothing cannot fail");
    }
    Some(Test { line: node.line, name: name?, until, given: given?, expect: expect? })
}

fn given(reader: &mut Reader, node: &Node, start: EventTime) -> Option<Given> {
    let fields = reader.map(node, GIVEN_KEYS)?;
    let at = fields.get("at").map_or(Some(start), |at| time(reader, at, start))?;
    let kinds = ["mention", "action", "link", "business", "line", "restart"];
    let named: Vec<_> = kinds.into_iter().filter(|kind| fields.get(kind).is_some()).collect();
    let [kind] = named.as_slice() else {
        reader.note(node, format!("each entry of `given` has exactly one of {}", kinds.join(", ")));
        return None;
    };
    let value = fields.get(kind)?;
    let what = match *kind {
        "mention" => mentions(reader, fields, value)?,
        "line" => What::Line(reader.text(value)?),
        "restart" => restart(reader, value)?,
        kind => other(reader, kind, value)?,
    };
    Some(Given { at, what })
}

fn restart(reader: &mut Reader, value: &Node) -> Option<What> {
    let restart = reader.flag(value).then_some(What::Restart);
    if restart.is_none() {
        reader.note(value, "write `restart: true`, or leave the entry out");
    }
    restart
}

fn other(reader: &mut Reader, kind: &str, value: &Node) -> Option<What> {
    let (kind, known): (&'static str, &[&str]) = match kind {
        "action" => {
            ("_action", &["action_id", "kind", "subject_kind", "subject_id", "person", "brand", "actor", "detail"])
        }
        "link" => ("_link", &["author", "customer", "confidence", "source"]),
        _ => ("_business", &["series", "brand", "value", "event", "detail"]),
    };
    let fields = reader.map(value, known)?;
    Some(What::Other { kind, fields: fields.entries.iter().map(|(key, value)| (key.clone(), value.json())).collect() })
}

fn mentions(reader: &mut Reader, entry: Fields<'_>, mention: &Node) -> Option<What> {
    let fields = reader.map(mention, MENTION_KEYS)?;
    let texts = entry.get("texts").map(|list| texts(reader, list)).unwrap_or_default();
    if !texts.is_empty() && fields.get("text").is_some() {
        reader.note(mention, "give either `text` in the mention or `texts` beside it");
    }
    let authors = entry.get("authors").and_then(|authors| reader.count(authors));
    if authors == Some(0) || (authors.is_some() && fields.get("author").is_some()) {
        reader.note(mention, "give either `author` in the mention, or `authors`, at least 1, beside it");
    }
    let series = series(reader, entry)?;
    let fields = fields.entries.iter().map(|(key, value)| (key.clone(), value.json())).collect();
    Some(What::Mentions { fields, texts, authors, series })
}

fn series(reader: &mut Reader, entry: Fields<'_>) -> Option<Series> {
    let count = entry.get("count").and_then(|count| reader.count(count));
    let every = entry.get("every").and_then(|every| span(reader, every));
    let lasts = entry.get("for").and_then(|lasts| span(reader, lasts));
    match (count, every, lasts) {
        (None, None, None) => Some(Series::ONCE),
        (count, Some(every), Some(lasts)) => Some(Series { count: count.unwrap_or(1), every, lasts }),
        (Some(count), None, Some(lasts)) => Some(Series { count, every: lasts, lasts }),
        (Some(count), Some(every), None) => Some(Series { count, every, lasts: every }),
        _ => {
            reader.note(
                entry.node,
                "a series is `count` mentions evenly over each `every`, `for` a span: give `count` with one of the others, or \
                 `every` and `for`",
            );
            None
        }
    }
}

pub(super) fn required<'a>(reader: &mut Reader, fields: Fields<'a>, name: &str) -> Option<&'a Node> {
    let found = fields.get(name);
    if found.is_none() {
        reader.note(fields.node, format!("`{name}` is missing here"));
    }
    found
}

fn texts(reader: &mut Reader, node: &Node) -> Vec<String> {
    reader.list(node).iter().filter_map(|item| reader.text(item)).collect()
}

pub(super) fn span(reader: &mut Reader, node: &Node) -> Option<Span> {
    let text = reader.text(node)?;
    duration::parse_positive(&text).map_err(|why| reader.note(node, why)).ok()
}

/// A time as RFC 3339, or as a span after the start of the test.
pub(super) fn time(reader: &mut Reader, node: &Node, start: EventTime) -> Option<EventTime> {
    let text = reader.text(node)?;
    if let Ok(at) = EventTime::parse(&text) {
        return Some(at);
    }
    match duration::parse(&text) {
        Ok(span) => Some(start.plus(span)),
        Err(_) => {
            reader.note(
                node,
                format!("`{text}` is no time: write 2026-11-02T02:05:00Z, or a span after the start such as 7m"),
            );
            None
        }
    }
}
