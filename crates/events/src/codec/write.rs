//! From serde types straight to Avro bytes, by the plan of this build's schema.
//!
//! Structs are written in the schema's order, which is their own: a test writes an example of each event.

use serde::ser::{self, Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::fault::Fault;
use super::plan::{Node, Plan, Record};

/// Appends `value` to `bytes`.
pub(super) fn write<T: Serialize>(plan: &Plan, value: &T, bytes: &mut Vec<u8>) -> Result<(), Fault> {
    value.serialize(Writer { plan, node: plan.node(0), bytes })
}

struct Writer<'a> {
    plan: &'a Plan,
    node: &'a Node,
    bytes: &'a mut Vec<u8>,
}

pub(super) fn long(number: i64, bytes: &mut Vec<u8>) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    while rest > 0x7f {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

impl Writer<'_> {
    #[cold]
    fn mismatch<T>(&self, value: &str) -> Result<T, Fault> {
        Err(Fault::new(match self.node {
            Node::Record(record) => format!("{value} where the schema has record `{}`", record.name),
            node => format!("{value} where the schema has {node:?}"),
        }))
    }

    fn number(self, number: i64) -> Result<(), Fault> {
        match self.node {
            Node::Long | Node::Instant => {}
            Node::Int if i32::try_from(number).is_ok() => {}
            _ => return self.mismatch("a whole number"),
        }
        long(number, self.bytes);
        Ok(())
    }

    fn counted(self, content: &[u8]) {
        long(content.len() as i64, self.bytes);
        self.bytes.extend_from_slice(content);
    }
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Impossible<(), Fault>;
    type SerializeTupleStruct = Impossible<(), Fault>;
    type SerializeTupleVariant = Impossible<(), Fault>;
    type SerializeMap = Impossible<(), Fault>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Impossible<(), Fault>;

    fn serialize_bool(self, value: bool) -> Result<(), Fault> {
        let Node::Boolean = self.node else {
            return self.mismatch("a boolean");
        };
        self.bytes.push(u8::from(value));
        Ok(())
    }
    fn serialize_i8(self, value: i8) -> Result<(), Fault> {
        self.number(value.into())
    }
    fn serialize_i16(self, value: i16) -> Result<(), Fault> {
        self.number(value.into())
    }
    fn serialize_i32(self, value: i32) -> Result<(), Fault> {
        self.number(value.into())
    }
    fn serialize_i64(self, value: i64) -> Result<(), Fault> {
        self.number(value)
    }
    fn serialize_u8(self, value: u8) -> Result<(), Fault> {
        self.number(value.into())
    }
    fn serialize_u16(self, value: u16) -> Result<(), Fault> {
        self.number(value.into())
    }
    fn serialize_u32(self, value: u32) -> Result<(), Fault> {
        self.number(value.into())
    }
    fn serialize_u64(self, value: u64) -> Result<(), Fault> {
        match i64::try_from(value) {
            Ok(value) => self.number(value),
            Err(_) => self.mismatch("a number beyond a long"),
        }
    }
    fn serialize_f32(self, value: f32) -> Result<(), Fault> {
        let Node::Float = self.node else {
            return self.mismatch("a float");
        };
        self.bytes.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }
    fn serialize_f64(self, value: f64) -> Result<(), Fault> {
        let Node::Double = self.node else {
            return self.mismatch("a double");
        };
        self.bytes.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }
    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        let Node::String = self.node else {
            return self.mismatch("a text");
        };
        self.counted(value.as_bytes());
        Ok(())
    }
    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        let Node::Bytes = self.node else {
            return self.mismatch("bytes");
        };
        self.counted(value);
        Ok(())
    }
    fn serialize_none(self) -> Result<(), Fault> {
        let Node::Optional { null, .. } = self.node else {
            return self.mismatch("null");
        };
        self.bytes.push(null << 1);
        Ok(())
    }
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Fault> {
        let Node::Optional { null, some } = self.node else {
            return self.mismatch("an optional value");
        };
        self.bytes.push((1 - null) << 1);
        value.serialize(Writer { node: self.plan.node(*some), ..self })
    }
    fn serialize_unit(self) -> Result<(), Fault> {
        let Node::Null = self.node else {
            return self.mismatch("null");
        };
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        self.mismatch("a struct without fields")
    }
    fn serialize_unit_variant(self, _: &'static str, index: u32, variant: &'static str) -> Result<(), Fault> {
        let Node::Enum(symbols) = self.node else {
            return self.mismatch("an enum");
        };
        let index = index as usize;
        let same = symbols.get(index).is_some_and(|symbol| symbol == variant);
        match if same { Some(index) } else { symbols.iter().position(|symbol| symbol == variant) } {
            Some(place) => long(place as i64, self.bytes),
            None => return self.mismatch(variant),
        }
        Ok(())
    }
    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<(), Fault> {
        self.mismatch(variant)
    }
    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'a>, Fault> {
        let (Node::Array(item), Some(length)) = (self.node, length) else {
            return self.mismatch("a list");
        };
        if length > 0 {
            long(length as i64, self.bytes);
        }
        Ok(Items { plan: self.plan, item: self.plan.node(*item), bytes: self.bytes })
    }
    fn serialize_tuple(self, _: usize) -> Result<Impossible<(), Fault>, Fault> {
        self.mismatch("a tuple")
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Impossible<(), Fault>, Fault> {
        self.mismatch("a tuple")
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Fault>, Fault> {
        self.mismatch(variant)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Impossible<(), Fault>, Fault> {
        self.mismatch("a map")
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Fields<'a>, Fault> {
        match self.node {
            Node::Record(record) if record.name == name => {
                Ok(Fields { plan: self.plan, record, next: 0, bytes: self.bytes })
            }
            _ => self.mismatch(name),
        }
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Fault>, Fault> {
        self.mismatch(variant)
    }
    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The items of an array, in one block.
struct Items<'a> {
    plan: &'a Plan,
    item: &'a Node,
    bytes: &'a mut Vec<u8>,
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        value.serialize(Writer { plan: self.plan, node: self.item, bytes: self.bytes })
    }

    fn end(self) -> Result<(), Fault> {
        self.bytes.push(0);
        Ok(())
    }
}

/// The fields of a record.
struct Fields<'a> {
    plan: &'a Plan,
    record: &'a Record,
    next: usize,
    bytes: &'a mut Vec<u8>,
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        let Some(node) = self.record.field(self.next, key) else {
            return Err(ser::Error::custom(format!("field `{key}` is not where the schema has it")));
        };
        self.next += 1;
        let field = Writer { plan: self.plan, node: self.plan.node(node), bytes: self.bytes };
        value.serialize(field).map_err(|fault| fault.within(key))
    }

    fn end(self) -> Result<(), Fault> {
        match self.record.fields.get(self.next) {
            Some((name, _)) => Err(ser::Error::custom(format!("field `{name}` is missing"))),
            None => Ok(()),
        }
    }
}
