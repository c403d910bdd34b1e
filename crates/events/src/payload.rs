//! Any event, and which event each topic carries.

use serde::Serialize;

use crate::codec::{Codec, DecodeError, EncodeError, Event};
use crate::{
    Action, Business, Call, Case, ClassifiedMention, DeadLetter, EnrichedMention, Incident, Link, Mention,
    Notification, Position, Progress, Seen, Tally, Topic, Turn,
};

macro_rules! payloads {
    (@$straight:ident) => {
        Some(crate::codec::straight())
    };
    ($($variant:ident($event:ty) = $schema:literal $($straight:ident)?),+ $(,)?) => {
        /// Any event. In JSON it is the event itself.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Payload {
            $(#[doc = concat!("A record of schema `", $schema, "`.")] $variant(Box<$event>),)+
        }

        $(
            impl Event for $event {
                const SCHEMA: &'static str = $schema;
                $(const STRAIGHT: Option<crate::codec::Straight<Self>> = payloads!(@$straight);)?
            }
            impl From<$event> for Payload {
                fn from(event: $event) -> Self {
                    Self::$variant(Box::new(event))
                }
            }
        )+

        impl Payload {
            /// Names of all schemas: the folders under `schemas/`.
            pub const SCHEMAS: &'static [&'static str] = &[$($schema),+];

            /// Writes the event, framed.
            ///
            /// # Errors
            /// The event does not fit its schema.
            pub fn encode(&self, codec: &Codec) -> Result<Vec<u8>, EncodeError> {
                match self {
                    $(Self::$variant(event) => codec.encode(event.as_ref()),)+
                }
            }
        }
    };
}

payloads! {
    Mention(Mention) = "mention" straight,
    Enriched(EnrichedMention) = "enrichment" straight,
    Classified(ClassifiedMention) = "classification" straight,
    Tally(Tally) = "tally" straight,
    Incident(Incident) = "incident" straight,
    Case(Case) = "case" straight,
    Call(Call) = "call" straight,
    Notification(Notification) = "notification" straight,
    Action(Action) = "action",
    Link(Link) = "link",
    Business(Business) = "business",
    DeadLetter(DeadLetter) = "dead-letter",
    Seen(Seen) = "seen" straight,
    Turn(Turn) = "turn",
    Progress(Progress) = "progress",
    Position(Position) = "position",
}

/// What is done with the event of a topic, as type `$event`, and what where the topic carries none.
macro_rules! with_event_of {
    ($topic:expr, $event:ident => $does:expr, else $other:expr) => {
        with_event_of!(@ $topic, $event => $does, else $other;
            MentionsRaw | MentionsRawExpress = Mention,
            MentionsEnriched | MentionsEnrichedExpress = EnrichedMention,
            MentionsClassified | MentionsClassifiedExpress = ClassifiedMention,
            Tallies = Tally,
            Incidents = Incident,
            Cases = Case,
            Calls = Call,
            Notifications = Notification,
            Actions = Action,
            Business = Business,
            Links = Link,
            DeadLetters = DeadLetter,
            Seen = Seen,
            Progress = Progress)
    };
    (@ $topic:expr, $event:ident => $does:expr, else $other:expr; $($($of:ident)|+ = $is:ty),+) => {
        match $topic {
            $($(Topic::$of)|+ => { type $event = $is; $does })+
            Topic::Turns(_) => { type $event = Turn; $does }
            Topic::Input | Topic::Schemas | Topic::State(_) => $other,
        }
    };
}

impl Payload {
    /// Reads a record of `topic`; null where the topic carries no event (`input`, `schemas`, a role's own state).
    ///
    /// # Errors
    /// As [`Codec::decode`].
    pub fn decode(topic: Topic, bytes: &[u8], codec: &Codec) -> Result<Option<Self>, DecodeError> {
        Ok(with_event_of!(topic, E => Some(codec.decode::<E>(bytes)?.into()), else None))
    }

    /// The schema of the Avro records of `topic`, if there are any: of a role's state that of its positions.
    pub const fn schema_of(topic: Topic) -> Option<&'static str> {
        match topic {
            Topic::State(_) => Some(Position::SCHEMA),
            topic => with_event_of!(topic, E => Some(E::SCHEMA), else None),
        }
    }
}
