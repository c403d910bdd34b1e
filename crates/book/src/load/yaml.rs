//! The part of YAML that books use, as a tree in which every node knows its place.
//!
//! No anchors, aliases and tags: they are nearly always a phrase that lacks its quotes, and without them a small file cannot become
//! a large tree. Scalars stay text: whoever reads one knows what it should be, so `no` and `1e3` can be words.
//! Invariant: depth is bounded, so nothing that walks the tree can exhaust the stack.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// A book nests four deep; what nests deeper is a mistake or an attack.
const MAX_DEPTH: usize = 16;

/// A book of a thousand themes has a tenth of this.
const MAX_BYTES: usize = 4 << 20;

const QUOTE_IT: &str = "if it is text, put it in quotes";

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) at: Mark,
    pub(super) value: Value,
}

/// Line and column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) line: usize,
    pub(super) column: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing, `~` or `null`.
    Null,
    Scalar {
        text: String,
        quoted: bool,
    },
    List(Vec<Node>),
    /// In order of the file; keys are unique.
    Map(Vec<(Key, Node)>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub(super) at: Mark,
    pub(super) name: String,
}

/// What is wrong with the YAML itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct YamlError {
    pub(super) at: Mark,
    pub(super) problem: String,
    pub(super) remedy: String,
}

impl Value {
    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Scalar { .. } => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "keys with values",
        }
    }
}

/// Reads one file. `None` when it holds nothing. Errors that the tree survives (a key twice) are in the second part.
pub(super) fn parse(text: &str) -> (Option<Node>, Vec<YamlError>) {
    let mut builder = Builder::default();
    if text.len() > MAX_BYTES {
        let at = Mark { line: 1, column: 1 };
        return (None, vec![error(at, "the file is larger than 4 MiB", "split it")]);
    }
    for event in Parser::new_from_str(text) {
        let next = match event {
            Ok((event, span)) => builder.take(event, mark(&span)),
            Err(scan) => {
                let at = Mark { line: scan.marker().line(), column: scan.marker().col() + 1 };
                let remedy = "look at the indentation here and above, and put text in quotes that begins with a sign such as `@` or holds `: `";
                Err(error(at, format!("this is no YAML: {}", scan.info()), remedy))
            }
        };
        if let Err(broken) = next {
            builder.errors.push(broken);
            return (None, builder.errors);
        }
    }
    (builder.root, builder.errors)
}

fn mark(span: &Span) -> Mark {
    Mark { line: span.start.line(), column: span.start.col() + 1 }
}

fn error(at: Mark, problem: impl Into<String>, remedy: impl Into<String>) -> YamlError {
    YamlError { at, problem: problem.into(), remedy: remedy.into() }
}

/// A list or map whose end has not come yet.
enum Open {
    List(Mark, Vec<Node>),
    /// With the key whose value comes next.
    Map(Mark, Vec<(Key, Node)>, Option<Key>),
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    errors: Vec<YamlError>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Mark) -> Result<(), YamlError> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(error(at, "a second document begins", "use one file for each, without `---` between"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                refuse(at, anchor > 0, tag.is_some())?;
                let quoted = style != ScalarStyle::Plain;
                let null = !quoted && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL");
                let value = if null { Value::Null } else { Value::Scalar { text: text.into_owned(), quoted } };
                self.place(Node { at, value })?;
            }
            Event::SequenceStart(anchor, tag) => {
                refuse(at, anchor > 0, tag.is_some())?;
                self.begin(Open::List(at, Vec::new()), at)?;
            }
            Event::MappingStart(anchor, tag) => {
                refuse(at, anchor > 0, tag.is_some())?;
                self.begin(Open::Map(at, Vec::new(), None), at)?;
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(at, items)) => self.place(Node { at, value: Value::List(items) })?,
                Some(Open::Map(at, entries, _)) => self.place(Node { at, value: Value::Map(entries) })?,
                None => {}
            },
            Event::Alias(_) => {
                return Err(error(at, "`*` would repeat another part of the file, which a book may not", QUOTE_IT));
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn begin(&mut self, open: Open, at: Mark) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(error(at, "nested too deep", "a book has lists and keys at most four deep"));
        }
        if let Some(Open::Map(_, _, None)) = self.open.last() {
            return Err(error(at, "a key cannot be a list or a map", QUOTE_IT));
        }
        self.open.push(open);
        Ok(())
    }

    fn place(&mut self, node: Node) -> Result<(), YamlError> {
        match self.open.last_mut() {
            None => self.root = Some(node).filter(|node| node.value != Value::Null),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, next)) => match next.take() {
                Some(key) => {
                    // The first one stands, so that what it says is checked too.
                    if let Some((first, _)) = entries.iter().find(|(known, _)| known.name == key.name) {
                        let problem =
                            format!("the key `{}` stands here twice, first in line {}", key.name, first.at.line);
                        self.errors.push(error(key.at, problem, "keep one of them"));
                    } else {
                        entries.push((key, node));
                    }
                }
                None => match node.value {
                    Value::Scalar { text, .. } => *next = Some(Key { at: node.at, name: text }),
                    _ => return Err(error(node.at, "a key is missing before the `:`", QUOTE_IT)),
                },
            },
        }
        Ok(())
    }
}

fn refuse(at: Mark, anchor: bool, tag: bool) -> Result<(), YamlError> {
    if anchor || tag {
        let sign = if anchor { "&" } else { "!" };
        return Err(error(at, format!("`{sign}` at the beginning has a meaning of its own in YAML"), QUOTE_IT));
    }
    Ok(())
}
