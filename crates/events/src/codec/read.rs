//! From Avro bytes straight into serde types, by the plan of the writer's schema.

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::fault::Fault;
use super::input::Input;
use super::plan::{Node, Plan, Record};

/// Reads one `T` that takes all of `bytes`.
pub(super) fn read<'de, T: serde::Deserialize<'de>>(plan: &Plan, bytes: &'de [u8]) -> Result<T, Fault> {
    let mut input = Input::new(bytes);
    let value = T::deserialize(Value { input: &mut input, plan, node: plan.node(0) })?;
    if input.is_empty() { Ok(value) } else { Err(Fault::new("bytes are left over")) }
}

/// The value that comes next, of the type `node`.
struct Value<'a, 'de> {
    input: &'a mut Input<'de>,
    plan: &'a Plan,
    node: &'a Node,
}

impl<'de> Value<'_, 'de> {
    fn nested<V>(self, visit: impl FnOnce(&mut Input<'de>) -> Result<V, Fault>) -> Result<V, Fault> {
        self.input.deeper()?;
        let value = visit(self.input)?;
        self.input.shallower();
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for Value<'_, 'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Self { plan, node, .. } = self;
        match node {
            Node::Null => visitor.visit_unit(),
            Node::Boolean => visitor.visit_bool(self.input.boolean()?),
            Node::Int => visitor.visit_i32(self.input.int()?),
            Node::Long | Node::Instant => visitor.visit_i64(self.input.long()?),
            Node::Float => visitor.visit_f32(f32::from_le_bytes(self.input.array()?)),
            Node::Double => visitor.visit_f64(f64::from_le_bytes(self.input.array()?)),
            Node::Bytes => visitor.visit_borrowed_bytes(self.input.bytes()?),
            Node::String => visitor.visit_borrowed_str(self.input.text()?),
            Node::Fixed(size) => visitor.visit_borrowed_bytes(self.input.take(*size)?),
            Node::Enum(symbols) => visitor.visit_str(&symbols[self.input.index(symbols.len())?]),
            Node::Optional { null, some } => {
                if self.input.index(2)? == usize::from(*null) {
                    return visitor.visit_none();
                }
                visitor.visit_some(Self { node: plan.node(*some), ..self })
            }
            Node::Union(branches) => {
                let branch = branches[self.input.index(branches.len())?];
                self.nested(|input| Value { input, plan, node: plan.node(branch) }.deserialize_any(visitor))
            }
            Node::Array(item) => self.nested(|input| {
                let left = input.block()?;
                visitor.visit_seq(Items { input, plan, item: plan.node(*item), left })
            }),
            Node::Map(item) => self.nested(|input| {
                let left = input.block()?;
                visitor.visit_map(Items { input, plan, item: plan.node(*item), left })
            }),
            Node::Record(record) => self.nested(|input| visitor.visit_map(Fields { input, plan, record, next: 0 })),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let (Node::Long | Node::Instant) = self.node else {
            return self.deserialize_any(visitor);
        };
        visitor.visit_i64(self.input.long()?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Node::Double = self.node else {
            return self.deserialize_any(visitor);
        };
        visitor.visit_f64(f64::from_le_bytes(self.input.array()?))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Node::String = self.node else {
            return self.deserialize_any(visitor);
        };
        visitor.visit_borrowed_str(self.input.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node {
            Node::Null => visitor.visit_none(),
            Node::Optional { null, some } => {
                if self.input.index(2)? == usize::from(*null) {
                    return visitor.visit_none();
                }
                visitor.visit_some(Self { node: self.plan.node(*some), ..self })
            }
            // A union of more types with null in it, or a field that was not optional when this was written.
            Node::Union(branches) => {
                let branch = self.plan.node(branches[self.input.index(branches.len())?]);
                match branch {
                    Node::Null => visitor.visit_none(),
                    _ => visitor.visit_some(Self { node: branch, ..self }),
                }
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Self { plan, node, .. } = self;
        match node {
            Node::Record(record) if record.name != name => {
                Err(Fault::new(format!("a `{}` stands where a `{name}` should", record.name)))
            }
            Node::Record(record) => self.nested(|input| {
                let written = Fields { input, plan, record, next: 0 };
                // Same fields in the same order, which is the rule: read by place, without a look at their names.
                if record.has_exactly(fields) { visitor.visit_seq(written) } else { visitor.visit_map(written) }
            }),
            Node::Union(_) | Node::Optional { .. } => {
                let branch = self.branch()?;
                branch.deserialize_struct(name, fields, visitor)
            }
            _ => Err(Fault::new(format!("no `{name}`"))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.node {
            Node::Enum(symbols) => {
                let symbol: StrDeserializer<'_, Fault> =
                    symbols[self.input.index(symbols.len())?].as_str().into_deserializer();
                visitor.visit_enum(symbol)
            }
            Node::Union(_) | Node::Optional { .. } => self.branch()?.deserialize_enum(name, &[], visitor),
            _ => Err(Fault::new(format!("no `{name}`"))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.input.skip(self.plan, self.node)?;
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 char str bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier
    }
}

impl Value<'_, '_> {
    /// The branch of a union that was written, where the reader's type is not optional.
    fn branch(self) -> Result<Self, Fault> {
        let branch = match self.node {
            Node::Optional { null, some } if self.input.index(2)? != usize::from(*null) => *some,
            Node::Union(branches) => branches[self.input.index(branches.len())?],
            _ => return Err(Fault::new("null stands where a value should")),
        };
        Ok(Self { node: self.plan.node(branch), ..self })
    }
}

/// The fields of a record.
struct Fields<'a, 'de> {
    input: &'a mut Input<'de>,
    plan: &'a Plan,
    record: &'a Record,
    next: usize,
}

impl<'de> Fields<'_, 'de> {
    fn field<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (name, node) = &self.record.fields[self.next];
        self.next += 1;
        let value = Value { input: self.input, plan: self.plan, node: self.plan.node(*node) };
        seed.deserialize(value).map_err(|fault| fault.within(name))
    }
}

impl<'de> de::MapAccess<'de> for Fields<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((name, _)) = self.record.fields.get(self.next) else {
            return Ok(None);
        };
        let name: StrDeserializer<'_, Fault> = name.as_str().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        self.field(seed)
    }
}

impl<'de> de::SeqAccess<'de> for Fields<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<Option<V::Value>, Fault> {
        if self.next == self.record.fields.len() { Ok(None) } else { self.field(seed).map(Some) }
    }
}

/// The items of an array, or the entries of a map.
struct Items<'a, 'de> {
    input: &'a mut Input<'de>,
    plan: &'a Plan,
    item: &'a Node,
    left: usize,
}

impl<'de> Items<'_, 'de> {
    fn item<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = seed.deserialize(Value { input: self.input, plan: self.plan, node: self.item })?;
        self.left -= 1;
        if self.left == 0 {
            self.left = self.input.block()?;
        }
        Ok(value)
    }
}

impl<'de> de::SeqAccess<'de> for Items<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<Option<V::Value>, Fault> {
        if self.left == 0 { Ok(None) } else { self.item(seed).map(Some) }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> de::MapAccess<'de> for Items<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        if self.left == 0 {
            return Ok(None);
        }
        let key: BorrowedStrDeserializer<'de, Fault> = BorrowedStrDeserializer::new(self.input.text()?);
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        self.item(seed)
    }
}
