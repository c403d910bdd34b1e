//! Values that records are made of.

use super::super::fault::Fault;
use super::super::input::Input;
use super::super::write::long;
use super::{Datum, Writable};
use crate::{
    AuthorRole, BookVersion, BrandId, CallSubject, CaseId, CaseState, Clamped, ClockOutcome, EventTime, ExpressReason,
    HarmClass, IncidentId, IncidentMode, IncidentState, Intent, LanguageSource, MentionId, MentionKind, Partition,
    Person, Persons, Recipient, SubjectKind, ThemeId, Tone,
};

/// Items that a list makes room for on the word of its length alone.
const BELIEVED: usize = 16;

/// Types that one call reads and another writes. Nothing of them lies on the heap, so to pass over one is to read it.
macro_rules! plain {
    ($($type:ty: $read:expr, $write:expr;)+) => {$(
        impl Datum for $type {
            #[inline]
            fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
                $read(from)
            }
        }
        impl Writable for $type {
            #[inline]
            fn write(&self, into: &mut Vec<u8>) {
                $write(*self, into);
            }
        }
    )+};
}

plain! {
    bool: Input::boolean, |value, into: &mut Vec<u8>| into.push(u8::from(value));
    i64: Input::long, long;
    f64: |from: &mut Input<'_>| from.array().map(Self::from_le_bytes),
        |value: Self, into: &mut Vec<u8>| into.extend_from_slice(&value.to_le_bytes());
    EventTime: |from: &mut Input<'_>| from.long().map(Self::from_millis), |at: Self, into| long(at.millis(), into);
    Partition: |from: &mut Input<'_>| from.int().map(Self), |partition: Self, into| long(i64::from(partition.0), into);
}

fn bytes(bytes: &[u8], into: &mut Vec<u8>) {
    long(bytes.len() as i64, into);
    into.extend_from_slice(bytes);
}

macro_rules! texts {
    ($($type:ident: $read:expr),+ $(,)?) => {$(
        impl Datum for $type {
            #[inline]
            fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
                from.text().map($read)
            }
            #[inline]
            fn pass(from: &mut Input<'_>) -> Result<(), Fault> {
                from.pass_text()
            }
        }
        impl Writable for $type {
            fn write(&self, into: &mut Vec<u8>) {
                bytes(self.as_str().as_bytes(), into);
            }
        }
    )+};
}

texts! {
    String: str::to_owned, BookVersion: Self::from, BrandId: Self::from, CaseId: Self::from, IncidentId: Self::from,
    MentionId: Self::from, Person: Self::from, Recipient: Self::from, ThemeId: Self::from,
}

/// A union of null, which stands first in every schema, and the type.
impl<T: Datum> Datum for Option<T> {
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        if from.index(2)? == 0 { Ok(None) } else { T::read(from).map(Some) }
    }
    fn pass(from: &mut Input<'_>) -> Result<(), Fault> {
        if from.index(2)? == 0 { Ok(()) } else { T::pass(from) }
    }
}

impl<T: Writable> Writable for Option<T> {
    fn write(&self, into: &mut Vec<u8>) {
        match self {
            None => into.push(0),
            Some(value) => {
                into.push(2);
                value.write(into);
            }
        }
    }
}

/// An array, in one block.
impl<T: Datum> Datum for Vec<T> {
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        let mut count = from.block()?;
        let mut items = Self::with_capacity(count.min(BELIEVED));
        while count > 0 {
            for _ in 0..count {
                items.push(T::read(from)?);
            }
            count = from.block()?;
        }
        Ok(items)
    }
    fn pass(from: &mut Input<'_>) -> Result<(), Fault> {
        loop {
            let count = from.block()?;
            if count == 0 {
                return Ok(());
            }
            for _ in 0..count {
                T::pass(from)?;
            }
        }
    }
}

impl<T: Writable> Writable for Vec<T> {
    fn write(&self, into: &mut Vec<u8>) {
        if !self.is_empty() {
            long(self.len() as i64, into);
            self.iter().for_each(|item| item.write(into));
        }
        into.push(0);
    }
}

/// The sketch is bytes, and no array.
impl Datum for Persons {
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        let hashes = Datum::read(from)?;
        let sketch = if from.index(2)? == 0 { None } else { Some(from.bytes()?.to_vec()) };
        Ok(Self { hashes, sketch })
    }
}

impl Writable for Persons {
    fn write(&self, into: &mut Vec<u8>) {
        self.hashes.write(into);
        match &self.sketch {
            None => into.push(0),
            Some(sketch) => {
                into.push(2);
                bytes(sketch, into);
            }
        }
    }
}

/// Enums by their variants, in the order of the schema.
macro_rules! enums {
    ($($type:ident { $($variant:ident),+ })+) => {$(
        impl Datum for $type {
            fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
                const VARIANTS: &[$type] = &[$($type::$variant),+];
                from.index(VARIANTS.len()).map(|place| VARIANTS[place])
            }
        }
        impl Writable for $type {
            fn write(&self, into: &mut Vec<u8>) {
                long(*self as i64, into);
            }
        }
    )+};
}

enums! {
    MentionKind { Create, Edit, Delete, Unknown }
    Clamped { No, Past, Future, Unknown }
    ExpressReason { Threat, Allegation, Leak, Distress, Delete, BrandAnswer, Unknown }
    LanguageSource { Undetermined, Declared, Script, Detected, Unknown }
    AuthorRole { Public, Brand, Employee, Press, Unknown }
    Tone { Negative, Neutral, Positive, Unknown }
    Intent { Complaint, Query, Praise, Idea, Noise, Purchase, Other }
    HarmClass { Threat, Safety, Leak, Allegation, Distress, Hate, Unknown }
    SubjectKind { Volume, Theme, ThemePair, RequestedValue, RiskTerm, Thread, CopiedText, Unknown }
    IncidentState { Candidate, Open, Worsening, Easing, Resolved, Reopened, Unknown }
    IncidentMode { Normal, Crisis, Unknown }
    CaseState { New, Answered, Closed, Moved, Unknown }
    ClockOutcome { Running, Met, Breached, Cancelled, Unknown }
    CallSubject { Incident, Case, Objective, Unknown }
}
