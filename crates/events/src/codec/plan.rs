//! A schema as the reader and the writer walk it: flat, names resolved, optional fields told apart from other unions.

use std::sync::atomic::{AtomicUsize, Ordering};

use apache_avro::Schema;
use apache_avro::schema::{
    DecimalSchema, InnerDecimalSchema, Name, RecordField, RecordSchema, UnionSchema, UuidSchema,
};

use super::SchemaError;

/// Place of a node in its plan.
pub(super) type NodeId = usize;

/// Types deeper than this are refused; so is data that nests deeper, where a schema contains itself.
pub(super) const MAX_DEPTH: usize = 64;

/// A compiled schema. The root is the first node.
#[derive(Debug)]
pub(super) struct Plan {
    nodes: Vec<Node>,
}

/// One type of a schema.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Boolean,
    Int,
    Long,
    /// Milliseconds since the epoch: a long, which JSON shows as RFC 3339.
    Instant,
    Float,
    Double,
    Bytes,
    String,
    Fixed(usize),
    Enum(Vec<String>),
    Array(NodeId),
    Map(NodeId),
    /// A union of null and one other type, which is an `Option`.
    Optional {
        null: u8,
        some: NodeId,
    },
    Union(Vec<NodeId>),
    Record(Record),
}

/// A record: its name without the namespace, and its fields in order.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) fields: Vec<(String, NodeId)>,
    /// What stands before each field's value in JSON: `{"name":` or `,"name":`. Avro names need no escapes.
    pub(super) json: Vec<Vec<u8>>,
    /// Address of the last list of names that was found to be exactly these fields; 0 before.
    known: AtomicUsize,
    /// By field: address of the last static name that was found to be its name; 0 before.
    written: Vec<AtomicUsize>,
}

impl Record {
    /// The node of the field at `place`, if `name` is its name. Compares them once for each static name.
    pub(super) fn field(&self, place: usize, name: &'static str) -> Option<NodeId> {
        let ((field, node), written) = (self.fields.get(place)?, self.written.get(place)?);
        let address = name.as_ptr().addr();
        // The length too: linkers let one text lie inside another.
        if field.len() != name.len() {
            return None;
        }
        if written.load(Ordering::Relaxed) != address {
            if field != name {
                return None;
            }
            written.store(address, Ordering::Relaxed);
        }
        Some(*node)
    }

    /// Whether the fields are these, in this order. Compares names once for each list: a static one never changes.
    pub(super) fn has_exactly(&self, names: &'static [&'static str]) -> bool {
        let address = names.as_ptr().addr();
        if self.fields.len() != names.len() {
            return false;
        }
        if self.known.load(Ordering::Relaxed) == address {
            return true;
        }
        let same = self.fields.iter().zip(names).all(|((field, _), name)| field == name);
        if same {
            self.known.store(address, Ordering::Relaxed);
        }
        same
    }
}

impl Plan {
    /// Compiles a schema that contains every type it names.
    pub(super) fn new(schema: &Schema) -> Result<Self, SchemaError> {
        let mut building = Building { nodes: Vec::new(), named: Vec::new() };
        building.add(schema, 0)?;
        Ok(Self { nodes: building.nodes })
    }

    /// The node at a place that this plan gave out.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }
}

struct Building<'s> {
    nodes: Vec<Node>,
    named: Vec<(&'s Name, NodeId)>,
}

impl<'s> Building<'s> {
    fn add(&mut self, schema: &'s Schema, depth: usize) -> Result<NodeId, SchemaError> {
        if depth > MAX_DEPTH {
            return Err(SchemaError(format!("its types nest deeper than {MAX_DEPTH}")));
        }
        if let Schema::Ref { name } = schema {
            let known = self.named.iter().find(|(known, _)| *known == name);
            return known.map(|(_, id)| *id).ok_or_else(|| SchemaError(format!("it does not contain type `{name}`")));
        }
        // The place is taken before the parts are added: they may refer to it.
        let id = self.nodes.len();
        self.nodes.push(Node::Null);
        if let Some(name) = schema.name() {
            self.named.push((name, id));
        }
        self.nodes[id] = self.node(schema, depth + 1)?;
        Ok(id)
    }

    fn node(&mut self, schema: &'s Schema, depth: usize) -> Result<Node, SchemaError> {
        Ok(match schema {
            Schema::Null => Node::Null,
            Schema::Boolean => Node::Boolean,
            Schema::Int | Schema::Date | Schema::TimeMillis => Node::Int,
            Schema::Long
            | Schema::TimeMicros
            | Schema::TimestampMicros
            | Schema::TimestampNanos
            | Schema::LocalTimestampMillis
            | Schema::LocalTimestampMicros
            | Schema::LocalTimestampNanos => Node::Long,
            Schema::TimestampMillis => Node::Instant,
            Schema::Float => Node::Float,
            Schema::Double => Node::Double,
            Schema::Bytes
            | Schema::BigDecimal
            | Schema::Uuid(UuidSchema::Bytes)
            | Schema::Decimal(DecimalSchema { inner: InnerDecimalSchema::Bytes, .. }) => Node::Bytes,
            Schema::String | Schema::Uuid(UuidSchema::String) => Node::String,
            Schema::Fixed(fixed)
            | Schema::Duration(fixed)
            | Schema::Uuid(UuidSchema::Fixed(fixed))
            | Schema::Decimal(DecimalSchema { inner: InnerDecimalSchema::Fixed(fixed), .. }) => Node::Fixed(fixed.size),
            Schema::Enum(symbols) => Node::Enum(symbols.symbols.clone()),
            Schema::Array(array) => Node::Array(self.add(&array.items, depth)?),
            Schema::Map(map) => Node::Map(self.add(&map.types, depth)?),
            Schema::Union(union) => self.union(union, depth)?,
            Schema::Record(record) => self.record(record, depth)?,
            Schema::Ref { name } => return Err(SchemaError(format!("type `{name}` stands for itself"))),
        })
    }

    fn union(&mut self, union: &'s UnionSchema, depth: usize) -> Result<Node, SchemaError> {
        let branches = union.variants().iter().map(|branch| self.add(branch, depth)).collect::<Result<Vec<_>, _>>()?;
        Ok(match (union.variants(), branches.as_slice()) {
            ([Schema::Null, _], [_, some]) => Node::Optional { null: 0, some: *some },
            ([_, Schema::Null], [some, _]) => Node::Optional { null: 1, some: *some },
            _ => Node::Union(branches),
        })
    }

    fn record(&mut self, record: &'s RecordSchema, depth: usize) -> Result<Node, SchemaError> {
        let field = |field: &'s RecordField| Ok((field.name.clone(), self.add(&field.schema, depth)?));
        let fields = record.fields.iter().map(field).collect::<Result<Vec<_>, _>>()?;
        let before = |(place, (name, _)): (usize, &(String, NodeId))| {
            format!("{}\"{name}\":", if place == 0 { '{' } else { ',' }).into_bytes()
        };
        let json = fields.iter().enumerate().map(before).collect();
        let written = fields.iter().map(|_| AtomicUsize::new(0)).collect();
        let name = record.name.name().to_owned();
        Ok(Node::Record(Record { name, fields, json, known: AtomicUsize::new(0), written }))
    }
}
