//! The straight way: events that every mention brings say themselves what they look like in Avro, field after field.
//!
//! Nothing is looked up in a plan, so it costs a fraction. What is written is byte for byte what the plan would write, and what is read
//! is what the plan would read: tests hold both against apache-avro. Only records of this build's own schema are read so, and
//! one that cannot be is left to the plan, which tells what is wrong with it and where.

use super::fault::Fault;
use super::input::Input;
use super::write::long;
use crate::{
    ApologyFinding, Author, AuthorRole, BookVersion, BrandId, BrandMatch, BrandTone, ChurnFinding, Clamped,
    Classification, ClassifiedMention, EmotionFinding, EnrichedMention, Enrichment, EventTime, ExpressReason,
    HarmClass, HarmFinding, Intent, IntentFinding, Language, LanguageSource, Media, Mention, MentionId, MentionKind,
    Person, PersonalData, PlaceMatch, ProductMatch, ProgrammeMatch, RequestFinding, Seen, SeenEntry, Sentiment,
    Severity, SeverityFactor, TextSpan, ThemeFinding, ThemeId, Tone,
};

/// Items that a list makes room for on the word of its length alone.
const BELIEVED: usize = 16;

/// How an event goes past its plan.
pub struct Straight<T> {
    pub(super) write: fn(&T, &mut Vec<u8>),
    pub(super) read: fn(&mut Input<'_>) -> Result<T, Fault>,
}

/// The straight way of a type that has one.
pub(crate) const fn straight<T: Datum>() -> Straight<T> {
    Straight { write: T::write, read: T::read }
}

impl<T> Straight<T> {
    /// The event that takes all of `datum`; `None` when it must be read by its plan.
    pub(super) fn read(&self, datum: &[u8]) -> Option<T> {
        let mut input = Input::new(datum);
        (self.read)(&mut input).ok().filter(|_| input.is_empty())
    }
}

/// What has one form in Avro: that which the schemas of this build give it.
pub(crate) trait Datum: Sized {
    /// Appends it.
    fn write(&self, into: &mut Vec<u8>);
    /// Reads it.
    fn read(from: &mut Input<'_>) -> Result<Self, Fault>;
}

impl Datum for bool {
    fn write(&self, into: &mut Vec<u8>) {
        into.push(u8::from(*self));
    }
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        from.boolean()
    }
}

impl Datum for i64 {
    fn write(&self, into: &mut Vec<u8>) {
        long(*self, into);
    }
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        from.long()
    }
}

impl Datum for f64 {
    fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.to_le_bytes());
    }
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        from.array().map(Self::from_le_bytes)
    }
}

impl Datum for EventTime {
    fn write(&self, into: &mut Vec<u8>) {
        long(self.millis(), into);
    }
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        from.long().map(Self::from_millis)
    }
}

impl Datum for String {
    fn write(&self, into: &mut Vec<u8>) {
        text(self, into);
    }
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        from.text().map(str::to_owned)
    }
}

fn text(text: &str, into: &mut Vec<u8>) {
    long(text.len() as i64, into);
    into.extend_from_slice(text.as_bytes());
}

/// A union of null, which stands first in every schema, and the type.
impl<T: Datum> Datum for Option<T> {
    fn write(&self, into: &mut Vec<u8>) {
        match self {
            None => into.push(0),
            Some(value) => {
                into.push(2);
                value.write(into);
            }
        }
    }
    fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
        if from.index(2)? == 0 { Ok(None) } else { T::read(from).map(Some) }
    }
}

/// An array, in one block.
impl<T: Datum> Datum for Vec<T> {
    fn write(&self, into: &mut Vec<u8>) {
        if !self.is_empty() {
            long(self.len() as i64, into);
            self.iter().for_each(|item| item.write(into));
        }
        into.push(0);
    }
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
}

macro_rules! texts {
    ($($type:ident),+) => {$(
        impl Datum for $type {
            fn write(&self, into: &mut Vec<u8>) {
                text(self.as_str(), into);
            }
            fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
                from.text().map(Self::from)
            }
        }
    )+};
}

texts!(BookVersion, BrandId, MentionId, Person, ThemeId);

/// Enums by their variants, in the order of the schema.
macro_rules! enums {
    ($($type:ident { $($variant:ident),+ })+) => {$(
        impl Datum for $type {
            fn write(&self, into: &mut Vec<u8>) {
                long(*self as i64, into);
            }
            fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
                const VARIANTS: &[$type] = &[$($type::$variant),+];
                from.index(VARIANTS.len()).map(|place| VARIANTS[place])
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
}

/// Records by their fields, in the order of the schema.
macro_rules! records {
    ($($type:ident { $($field:ident),+ $(,)? })+) => {$(
        impl Datum for $type {
            fn write(&self, into: &mut Vec<u8>) {
                $(self.$field.write(into);)+
            }
            fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
                Ok(Self { $($field: Datum::read(from)?),+ })
            }
        }
    )+};
}

records! {
    Mention {
        id, revision, kind, source, native_id, channel, owned_channel, from_brand, author, thread_id, parent_id, text,
        language, url, urls, media, reach, repost, published_at, received_at, event_time, clamped, brand_hints, express,
        drill,
    }
    Author { id, handle, name, followers, verified }
    Media { kind, url, alt_text }
    EnrichedMention { mention, enrichment }
    Enrichment {
        person, first, language, brands, products, matched_rules, author_role, joined, copied_text, book_version,
        programmes, geo, personal_data,
    }
    ProgrammeMatch { id, brand, span }
    PlaceMatch { id, alias, span }
    PersonalData { kind, span }
    Language { tag, confidence, source }
    BrandMatch { id, confidence, spans }
    ProductMatch { id, brand, alias, span, confidence }
    TextSpan { start, end }
    ClassifiedMention { mention, enrichment, classification }
    Classification {
        sentiment, intent, themes, main_theme, harm, firsthand, severity, unsure, model, book_version, brand_tones,
        emotion, offensive, hate, irony, requests, churn, wow, referral, apology, phrases_to_avoid,
    }
    Sentiment { label, negative, neutral, positive, spans }
    IntentFinding { label, confidence, spans, rule }
    ThemeFinding { id, brand, polarity, reason, span, confidence }
    HarmFinding { class, subclass, confidence, span, rule, target, time }
    Severity { score, factors }
    SeverityFactor { name, points, evidence }
    BrandTone { brand, tone }
    EmotionFinding { label, confidence }
    RequestFinding { parameter, value, span }
    ChurnFinding { risk, trigger, span, rule }
    ApologyFinding { due, rule }
    Seen { entries }
    SeenEntry { id, revision, deleted, person, at }
}
