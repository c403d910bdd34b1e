//! The straight way: events that every mention brings, and what comes of them, say themselves what they look like in Avro, field
//! after field.
//!
//! Nothing is looked up in a plan, so it costs a fraction. What is written is byte for byte what the plan would write, and what is read
//! is what the plan would read: tests hold both against apache-avro. Only records of this build's own schema are read so, and
//! one that cannot be is left to the plan, which tells what is wrong with it and where.

mod parts;
mod records;
mod values;

use super::fault::Fault;
use super::input::Input;

/// How an event goes past its plan.
pub struct Straight<T> {
    pub(super) write: fn(&T, &mut Vec<u8>),
    pub(super) read: Reader<T>,
}

/// Reads one value, and nothing of what follows it.
pub(super) type Reader<T> = fn(&mut Input<'_>) -> Result<T, Fault>;

/// The straight way of a type that has one.
pub(crate) const fn straight<T: Writable>() -> Straight<T> {
    Straight { write: T::write, read: T::read }
}

/// The value that takes all of `datum`; `None` when it must be read by its plan.
pub(super) fn read_all<T>(read: Reader<T>, datum: &[u8]) -> Option<T> {
    let mut input = Input::new(datum);
    read(&mut input).ok().filter(|_| input.is_empty())
}

/// What has one form in Avro: that which the schemas of this build give it.
pub trait Datum: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// The bytes are not of this form.
    fn read(from: &mut Input<'_>) -> Result<Self, Fault>;

    /// Passes over it: checked as if it were read, and not built.
    ///
    /// # Errors
    /// As [`Datum::read`].
    fn pass(from: &mut Input<'_>) -> Result<(), Fault> {
        Self::read(from).map(drop)
    }
}

/// What is written in that form.
pub(crate) trait Writable: Datum {
    /// Appends it.
    fn write(&self, into: &mut Vec<u8>);
}

/// Passes over a field of the record `W`, whatever its type is.
///
/// # Errors
/// As [`Datum::read`].
#[inline]
pub fn pass_over<W, F: Datum>(_: impl Fn(&W) -> &F, from: &mut Input<'_>) -> Result<(), Fault> {
    F::pass(from)
}
