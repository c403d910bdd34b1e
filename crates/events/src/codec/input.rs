//! The bytes of a record, taken one Avro value at a time.
//!
//! They are not trusted: no length reserves memory beyond what is there, nesting has a limit, every end is checked.

use super::fault::Fault;
use super::plan::{MAX_DEPTH, Node, NodeId, Plan};

/// What is left of a record.
pub struct Input<'de> {
    bytes: &'de [u8],
    depth: usize,
}

impl<'de> Input<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> Self {
        Self { bytes, depth: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn shallower(&mut self) {
        self.depth -= 1;
    }

    #[inline]
    pub(super) fn take(&mut self, length: usize) -> Result<&'de [u8], Fault> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or_else(Fault::truncated)?;
        self.bytes = rest;
        Ok(taken)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>().ok_or_else(Fault::truncated)?;
        self.bytes = rest;
        Ok(*taken)
    }

    #[inline]
    pub(super) fn long(&mut self) -> Result<i64, Fault> {
        match self.bytes.split_first() {
            Some((byte, rest)) if *byte < 0x80 => {
                self.bytes = rest;
                Ok(i64::from(byte >> 1) ^ -i64::from(byte & 1))
            }
            _ => self.long_of_many(),
        }
    }

    fn long_of_many(&mut self) -> Result<i64, Fault> {
        let mut number = 0u64;
        for (i, byte) in self.bytes.iter().take(10).enumerate() {
            number |= u64::from(byte & 0x7f) << (7 * i);
            if byte & 0x80 == 0 {
                // The tenth byte has room for one bit only.
                if i == 9 && *byte > 1 {
                    break;
                }
                self.bytes = self.bytes.get(i + 1..).unwrap_or_default();
                return Ok((number >> 1) as i64 ^ -((number & 1) as i64));
            }
        }
        Err(if self.bytes.len() < 10 { Fault::truncated() } else { Fault::new("a number has too many bytes") })
    }

    pub(super) fn int(&mut self) -> Result<i32, Fault> {
        i32::try_from(self.long()?).map_err(|_| Fault::new("an int is out of range"))
    }

    #[inline]
    pub(super) fn index(&mut self, count: usize) -> Result<usize, Fault> {
        let index = usize::try_from(self.long()?).ok().filter(|index| *index < count);
        index.ok_or_else(|| Fault::new("a branch or symbol is out of range"))
    }

    #[inline]
    fn length(&mut self) -> Result<usize, Fault> {
        usize::try_from(self.long()?).map_err(|_| Fault::new("a length is out of range"))
    }

    #[inline]
    pub(super) fn bytes(&mut self) -> Result<&'de [u8], Fault> {
        let length = self.length()?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Result<&'de str, Fault> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Fault::no_text())
    }

    /// Passes over a text. Nearly all are ASCII, which is seen faster than UTF-8.
    pub(super) fn pass_text(&mut self) -> Result<(), Fault> {
        let bytes = self.bytes()?;
        if bytes.is_ascii() || std::str::from_utf8(bytes).is_ok() { Ok(()) } else { Err(Fault::no_text()) }
    }

    #[inline]
    pub(super) fn boolean(&mut self) -> Result<bool, Fault> {
        match self.array::<1>()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(Fault::new("a boolean is neither 0 nor 1")),
        }
    }

    /// Number of items in the next block of an array or map; 0 ends it. Every item takes a byte at least.
    pub(super) fn block(&mut self) -> Result<usize, Fault> {
        let count = self.long()?;
        if count < 0 {
            self.length()?;
        }
        let count = usize::try_from(count.unsigned_abs()).ok().filter(|count| *count <= self.bytes.len());
        count.ok_or_else(|| Fault::new("a block has more items than bytes"))
    }

    pub(super) fn deeper(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Fault::new("it nests too deep")) } else { Ok(()) }
    }

    /// Passes over a value that nobody asked for.
    pub(super) fn skip(&mut self, plan: &Plan, node: &Node) -> Result<(), Fault> {
        self.deeper()?;
        match node {
            Node::Null => {}
            Node::Boolean => self.boolean().map(drop)?,
            Node::Int | Node::Long | Node::Instant => self.long().map(drop)?,
            Node::Float => self.take(4).map(drop)?,
            Node::Double => self.take(8).map(drop)?,
            Node::Bytes => self.bytes().map(drop)?,
            Node::String => self.pass_text()?,
            Node::Fixed(size) => self.take(*size).map(drop)?,
            Node::Enum(symbols) => self.index(symbols.len()).map(drop)?,
            Node::Optional { null, some } => {
                if self.index(2)? != usize::from(*null) {
                    self.skip(plan, plan.node(*some))?;
                }
            }
            Node::Union(branches) => {
                let branch = branches[self.index(branches.len())?];
                self.skip(plan, plan.node(branch))?;
            }
            Node::Array(item) => self.skip_blocks(plan, *item, false)?,
            Node::Map(value) => self.skip_blocks(plan, *value, true)?,
            Node::Record(record) => {
                for (_, field) in &record.fields {
                    self.skip(plan, plan.node(*field))?;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn skip_blocks(&mut self, plan: &Plan, item: NodeId, keys: bool) -> Result<(), Fault> {
        loop {
            let count = self.block()?;
            if count == 0 {
                return Ok(());
            }
            for _ in 0..count {
                if keys {
                    self.pass_text()?;
                }
                self.skip(plan, plan.node(item))?;
            }
        }
    }
}
