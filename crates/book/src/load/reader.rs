//! Reads nodes as what they should be, and notes every mistake on the way: nothing here stops at the first one.

use super::keys::KeyRule;
use super::names::Names;
use super::suggest::did_you_mean;
use super::yaml::{Mark, Node, Value};
use crate::error::BookError;
use crate::phrases;

/// Where something stands: its file, mark and path.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) at: Mark,
    pub(super) path: String,
}

impl Place {
    fn child(&self, at: Mark, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { file: self.file.clone(), at, path }
    }

    fn item(&self, at: Mark, number: usize) -> Self {
        Self { file: self.file.clone(), at, path: format!("{}[{number}]", self.path) }
    }
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    pub(super) node: &'a Node,
    pub(super) place: Place,
}

/// An object whose keys are known.
#[derive(Debug)]
pub(super) struct Object<'a> {
    entries: Vec<(&'a str, Item<'a>)>,
}

impl<'a> Object<'a> {
    /// The value of `key`; nothing when it is missing or null.
    pub(super) fn get(&self, key: &str) -> Option<&Item<'a>> {
        self.entries.iter().find(|(name, _)| *name == key).map(|(_, item)| item)
    }
}

/// All mistakes, and all names, of a book so far.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) errors: Vec<BookError>,
    pub(super) names: Names,
}

impl Reader {
    pub(super) fn fail(&mut self, place: &Place, problem: impl Into<String>, remedy: impl Into<String>) {
        self.errors.push(BookError {
            file: place.file.clone(),
            line: place.at.line,
            column: place.at.column,
            path: place.path.clone(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// An object with the keys of `rules`: others are refused, missing ones named.
    pub(super) fn object<'a>(&mut self, item: &Item<'a>, rules: &[KeyRule]) -> Option<Object<'a>> {
        let Value::Map(map) = &item.node.value else {
            self.wrong_type(item, "keys with values");
            return None;
        };
        let mut entries = Vec::with_capacity(map.len());
        for (key, node) in map {
            let place = item.place.child(key.at, &key.name);
            if !rules.iter().any(|rule| rule.name == key.name) {
                self.fail(&place, "no such key", did_you_mean(&key.name, rules.iter().map(|rule| rule.name)));
            } else if node.value != Value::Null {
                entries.push((key.name.as_str(), Item { node, place: Place { at: node.at, ..place } }));
            }
        }
        let object = Object { entries };
        for rule in rules {
            if let (Some(remedy), None) = (rule.needed, object.get(rule.name)) {
                self.fail(&item.place, format!("`{}` is missing", rule.name), remedy);
            }
        }
        Some(object)
    }

    /// The items of a list; nothing when the key is missing.
    pub(super) fn list<'a>(&mut self, object: &Object<'a>, key: &str) -> Vec<Item<'a>> {
        object.get(key).map(|item| self.items(item)).unwrap_or_default()
    }

    pub(super) fn items<'a>(&mut self, item: &Item<'a>) -> Vec<Item<'a>> {
        let Value::List(nodes) = &item.node.value else {
            self.wrong_type(item, "a list");
            return Vec::new();
        };
        let numbered = nodes.iter().enumerate();
        numbered.map(|(number, node)| Item { node, place: item.place.item(node.at, number) }).collect()
    }

    /// The entries of a map whose keys are free.
    pub(super) fn entries<'a>(&mut self, item: &Item<'a>) -> Vec<(&'a str, Place, Item<'a>)> {
        let Value::Map(map) = &item.node.value else {
            self.wrong_type(item, "keys with values");
            return Vec::new();
        };
        let entry = |(key, node): &'a (super::yaml::Key, Node)| {
            let place = item.place.child(key.at, &key.name);
            (key.name.as_str(), place.clone(), Item { node, place: Place { at: node.at, ..place } })
        };
        map.iter().map(entry).collect()
    }

    /// A text that is not blank.
    pub(super) fn text<'a>(&mut self, item: &Item<'a>) -> Option<&'a str> {
        match &item.node.value {
            Value::Scalar { text, .. } if !text.trim().is_empty() => Some(text.trim()),
            Value::Scalar { .. } => {
                self.fail(&item.place, "the text is empty", "write something or take the line out");
                None
            }
            Value::Null => {
                self.fail(
                    &item.place,
                    "nothing stands here",
                    "a text that begins with `#` must be in quotes, else it is a comment",
                );
                None
            }
            Value::Map(_) => {
                self.fail(&item.place, "expected text, found keys with values", "put text that holds `: ` in quotes");
                None
            }
            Value::List(_) => {
                self.wrong_type(item, "text");
                None
            }
        }
    }

    /// The text of `key`; nothing when it is missing, which [`Reader::object`] has said if it matters.
    pub(super) fn text_of<'a>(&mut self, object: &Object<'a>, key: &str) -> Option<&'a str> {
        object.get(key).and_then(|item| self.text(item))
    }

    /// Texts of a list with their places.
    pub(super) fn texts_at<'a>(&mut self, object: &Object<'a>, key: &str) -> Vec<(&'a str, Place)> {
        let items = self.list(object, key);
        items.into_iter().filter_map(|item| self.text(&item).map(|text| (text, item.place))).collect()
    }

    /// Phrases of a list, each of which can be searched for.
    pub(super) fn phrases(&mut self, object: &Object<'_>, key: &str) -> Vec<String> {
        self.phrases_at(object, key).into_iter().map(|(phrase, _)| phrase).collect()
    }

    /// Phrases of a list that must hold at least one.
    pub(super) fn some_phrases(&mut self, object: &Object<'_>, key: &str) -> Vec<String> {
        self.some_phrases_at(object, key).into_iter().map(|(phrase, _)| phrase).collect()
    }

    pub(super) fn some_phrases_at(&mut self, object: &Object<'_>, key: &str) -> Vec<(String, Place)> {
        if let Some(item) = object.get(key)
            && matches!(&item.node.value, Value::List(nodes) if nodes.is_empty())
        {
            self.fail(&item.place, "the list is empty", "add at least one phrase");
        }
        self.phrases_at(object, key)
    }

    fn phrases_at(&mut self, object: &Object<'_>, key: &str) -> Vec<(String, Place)> {
        let items = self.list(object, key);
        items.into_iter().filter_map(|item| self.phrase(&item).map(|phrase| (phrase, item.place))).collect()
    }

    /// A text that can be searched for.
    pub(super) fn phrase(&mut self, item: &Item<'_>) -> Option<String> {
        let text = self.text(item)?;
        if let Err(error) = phrases::check(text) {
            self.fail(&item.place, error.to_string(), "");
            return None;
        }
        Some(text.to_owned())
    }

    pub(super) fn wrong_type(&mut self, item: &Item<'_>, expected: &str) {
        let found = match &item.node.value {
            Value::Scalar { text, .. } => format!("`{}`", text.chars().take(40).collect::<String>()),
            other => other.kind().to_owned(),
        };
        let remedy = match (&item.node.value, expected) {
            (Value::Scalar { text, .. }, "a list") => {
                format!("write `[{}]`", text.chars().take(40).collect::<String>())
            }
            (Value::Scalar { quoted: true, .. }, _) => "take the quotes away".to_owned(),
            _ => String::new(),
        };
        self.fail(&item.place, format!("expected {expected}, found {found}"), remedy);
    }
}

/// The text of a scalar without quotes.
pub(super) fn plain(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, quoted: false } => Some(text),
        _ => None,
    }
}
