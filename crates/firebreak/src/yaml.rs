//! YAML as a tree in which every value knows its line: mistakes are noted, all of them, with the nearest known key.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde_json::Value;

use crate::nearest::hint;

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) data: Data,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Reads nodes and notes every mistake as `file:line:column: what`.
#[derive(Debug)]
pub(crate) struct Reader {
    file: String,
    pub(crate) mistakes: Vec<String>,
}

impl Reader {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), mistakes: Vec::new() }
    }

    /// The one document of the file.
    pub(crate) fn document(&mut self, text: &str) -> Option<Node> {
        let documents = match MarkedYaml::load_from_str(text) {
            Ok(documents) => documents,
            Err(error) => {
                self.mistakes.push(format!("{}: this is no YAML: {error}", self.file));
                return None;
            }
        };
        let [document] = documents.as_slice() else {
            let found = documents.len();
            self.mistakes.push(format!("{}: it must be one YAML document, and there are {found}", self.file));
            return None;
        };
        self.convert(document)
    }

    fn convert(&mut self, yaml: &MarkedYaml<'_>) -> Option<Node> {
        let (line, column) = (yaml.span.start.line(), yaml.span.start.col() + 1);
        let data = match &yaml.data {
            YamlData::Value(scalar) => Data::Scalar(scalar_value(scalar)),
            YamlData::Sequence(items) => Data::List(items.iter().filter_map(|item| self.convert(item)).collect()),
            YamlData::Mapping(pairs) => {
                let mut entries = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let (Some(key), Some(value)) = (self.convert(key), self.convert(value)) else {
                        continue;
                    };
                    match key.data {
                        Data::Scalar(Value::String(name)) => entries.push((name, value)),
                        Data::Scalar(other) => entries.push((other.to_string(), value)),
                        _ => self.note(&key, "a key must be a word"),
                    }
                }
                Data::Map(entries)
            }
            _ => {
                let node = Node { line, column, data: Data::Scalar(Value::Null) };
                self.note(&node, "tags and aliases are not read here: write the value itself");
                return None;
            }
        };
        Some(Node { line, column, data })
    }

    /// Notes a mistake at a node.
    pub(crate) fn note(&mut self, node: &Node, what: impl AsRef<str>) {
        self.mistakes.push(format!("{}:{}:{}: {}", self.file, node.line, node.column, what.as_ref()));
    }

    /// The entries of a map; any key that is not `known` is a mistake.
    pub(crate) fn map<'a>(&mut self, node: &'a Node, known: &[&str]) -> Option<Fields<'a>> {
        let Data::Map(entries) = &node.data else {
            self.note(node, format!("here must be keys with values: {}", known.join(", ")));
            return None;
        };
        for (name, value) in entries {
            if !known.contains(&name.as_str()) {
                let hint = hint(name, known.iter().copied());
                self.note(value, format!("there is no key `{name}` here{hint}; the keys are {}", known.join(", ")));
            }
        }
        Some(Fields { node, entries })
    }

    pub(crate) fn list<'a>(&mut self, node: &'a Node) -> &'a [Node] {
        if let Data::List(items) = &node.data {
            return items;
        }
        self.note(node, "here must be a list");
        &[]
    }

    pub(crate) fn text(&mut self, node: &Node) -> Option<String> {
        match &node.data {
            Data::Scalar(Value::String(text)) => Some(text.clone()),
            Data::Scalar(other) if !other.is_null() => Some(other.to_string()),
            _ => {
                self.note(node, "here must be a text");
                None
            }
        }
    }

    pub(crate) fn count(&mut self, node: &Node) -> Option<u64> {
        if let Data::Scalar(Value::Number(number)) = &node.data
            && let Some(number) = number.as_u64()
        {
            return Some(number);
        }
        self.note(node, "here must be a whole number, 0 or more");
        None
    }

    pub(crate) fn number(&mut self, node: &Node) -> Option<f64> {
        if let Data::Scalar(Value::Number(number)) = &node.data {
            return number.as_f64();
        }
        self.note(node, "here must be a number");
        None
    }

    pub(crate) fn flag(&mut self, node: &Node) -> bool {
        if let Data::Scalar(Value::Bool(flag)) = &node.data {
            return *flag;
        }
        self.note(node, "here must be true or false");
        false
    }
}

/// The entries of a map.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    pub(crate) node: &'a Node,
    pub(crate) entries: &'a [(String, Node)],
}

impl<'a> Fields<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&'a Node> {
        self.entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

impl Node {
    /// The value as JSON.
    pub(crate) fn json(&self) -> Value {
        match &self.data {
            Data::Scalar(value) => value.clone(),
            Data::List(items) => Value::Array(items.iter().map(Self::json).collect()),
            Data::Map(entries) => {
                Value::Object(entries.iter().map(|(key, value)| (key.clone(), value.json())).collect())
            }
        }
    }
}

fn scalar_value(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(flag) => Value::Bool(*flag),
        Scalar::Integer(number) => Value::from(*number),
        Scalar::FloatingPoint(number) => Value::from(number.into_inner()),
        Scalar::String(text) => Value::from(text.as_ref()),
    }
}
