//! The file of a model: a card, the weights, texts with their exact sums, and a checksum over all of it.
//!
//! Magic, length of the card and the card as JSON, zeros up to a multiple of 64, the weights row by row, the golden texts, SHA-256.
//! Whole numbers are little-endian. Whatever the bytes are, reading them ends in a model or in an error.

use sha2::{Digest, Sha256};

use super::card::Card;
use super::table::Table;

const MAGIC: &[u8; 8] = b"FBMODEL1";
const ALIGNMENT: usize = 64;
const CHECKSUM: usize = 32;
/// A card is no longer than this.
const LONGEST_CARD: usize = 1 << 20;

/// A file that is no model of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It does not begin as a model file does.
    #[error("this is no model file of this version: it does not begin with `FBMODEL1`")]
    Magic,
    /// It ends too early, or goes on too long.
    #[error("the model file is cut off or damaged at {0}")]
    Length(&'static str),
    /// Some byte has changed.
    #[error("the model file is damaged: its checksum does not match, get or train it again")]
    Checksum,
    /// The card cannot be read or used.
    #[error("the card of the model cannot be used: {0}")]
    Card(String),
    /// The program reads a text in another way than the trainer did.
    #[error(
        "the model gives other sums than it was trained to give for `{0}`: it needs another version of this program"
    )]
    Golden(String),
}

/// A text and its sums, by which a reader shows that it reads as the trainer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Golden {
    pub(crate) text: String,
    pub(crate) sums: Vec<i32>,
}

/// The parts of a file.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) card: Card,
    pub(crate) table: Table,
    pub(crate) golden: Vec<Golden>,
    /// SHA-256 of all before it.
    pub(crate) checksum: [u8; CHECKSUM],
}

/// Writes a file.
pub(crate) fn write(card: &Card, weights: &[i8], golden: &[Golden]) -> Result<Vec<u8>, ModelError> {
    let json = serde_json::to_vec(card).map_err(|error| ModelError::Card(error.to_string()))?;
    let mut bytes = Vec::with_capacity(json.len() + weights.len() + 16_384);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&(json.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&json);
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    bytes.extend(weights.iter().map(|weight| weight.to_le_bytes()[0]));
    bytes.extend_from_slice(&(golden.len() as u32).to_le_bytes());
    for Golden { text, sums } in golden {
        bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
        for sum in sums {
            bytes.extend_from_slice(&sum.to_le_bytes());
        }
    }
    let checksum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&checksum);
    Ok(bytes)
}

/// Reads a file; its golden texts are not held against the table yet.
pub(crate) fn read(bytes: &[u8]) -> Result<Parts, ModelError> {
    if !bytes.starts_with(MAGIC) {
        return Err(ModelError::Magic);
    }
    let behind = bytes.len().checked_sub(CHECKSUM).ok_or(ModelError::Length("its checksum"))?;
    let (content, stated) = bytes.split_at_checked(behind).ok_or(ModelError::Length("its checksum"))?;
    let checksum: [u8; CHECKSUM] = Sha256::digest(content).into();
    if checksum != *stated {
        return Err(ModelError::Checksum);
    }
    let mut cursor = Cursor { bytes: content, at: MAGIC.len() };
    let length = cursor.number("its card")? as usize;
    if length > LONGEST_CARD {
        return Err(ModelError::Length("its card"));
    }
    let card: Card = serde_json::from_slice(cursor.take(length, "its card")?)
        .map_err(|error| ModelError::Card(error.to_string()))?;
    if let Some(mistake) = card.mistake() {
        return Err(ModelError::Card(mistake));
    }
    cursor.take(cursor.at.next_multiple_of(ALIGNMENT) - cursor.at, "its weights")?;
    let outputs = card.outputs();
    let weights: Vec<i8> =
        cursor.take(outputs << card.rows_log2, "its weights")?.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
    let table = Table::new(card.rows_log2, outputs, &weights).ok_or(ModelError::Length("its weights"))?;
    let golden = golden(&mut cursor, outputs)?;
    if cursor.at != content.len() {
        return Err(ModelError::Length("its end"));
    }
    Ok(Parts { card, table, golden, checksum })
}

fn golden(cursor: &mut Cursor<'_>, outputs: usize) -> Result<Vec<Golden>, ModelError> {
    let part = "its golden texts";
    let mut golden = Vec::new();
    for _ in 0..cursor.number(part)? {
        let length = cursor.number(part)? as usize;
        let text = str::from_utf8(cursor.take(length, part)?).map_err(|_| ModelError::Length(part))?.to_owned();
        let sums = (0..outputs).map(|_| Ok(cursor.number(part)?.cast_signed())).collect::<Result<_, ModelError>>()?;
        golden.push(Golden { text, sums });
    }
    Ok(golden)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize, part: &'static str) -> Result<&'a [u8], ModelError> {
        let end = self.at.checked_add(length).ok_or(ModelError::Length(part))?;
        let taken = self.bytes.get(self.at..end).ok_or(ModelError::Length(part))?;
        self.at = end;
        Ok(taken)
    }

    fn number(&mut self, part: &'static str) -> Result<u32, ModelError> {
        let bytes = self.take(4, part)?.first_chunk().ok_or(ModelError::Length(part))?;
        Ok(u32::from_le_bytes(*bytes))
    }
}
