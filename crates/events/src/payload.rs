//! Any event, and which event each topic carries.

use serde::Serialize;

use crate::codec::{Codec, DecodeError, EncodeError, Event};
use crate::{
    Action, Business, Call, Case, ClassifiedMention, DeadLetter, EnrichedMention, Incident, Link, Mention,
    Notification, Position, Progress, Seen, Tally, Topic, Turn,
};

macro_rules! payloads {
    ($($variant:ident($event:ty) = $schema:literal),+ $(,)?) => {
        /// Any event. In JSON it is the event itself.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Payload {
            $(#[doc = concat!("A record of schema `", $schema, "`.")] $variant(Box<$event>),)+
        }

        $(
            impl Event for $event {
                const SCHEMA: &'static str = $schema;
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
    Mention(Mention) = "mention",
    Enriched(EnrichedMention) = "enrichment",
    Classified(ClassifiedMention) = "classification",
    Tally(Tally) = "tally",
    Incident(Incident) = "incident",
    Case(Case) = "case",
    Call(Call) = "call",
    Notification(Notification) = "notification",
    Action(Action) = "action",
    Link(Link) = "link",
    Business(Business) = "business",
    DeadLetter(DeadLetter) = "dead-letter",
    Seen(Seen) = "seen",
    Turn(Turn) = "turn",
    Progress(Progress) = "progress",
    Position(Position) = "position",
}

impl Payload {
    /// Reads a record of `topic`; null where the topic carries no event (`input`, `schemas`, a role's own state).
    ///
    /// # Errors
    /// As [`Codec::decode`].
    pub fn decode(topic: Topic, bytes: &[u8], codec: &Codec) -> Result<Option<Self>, DecodeError> {
        Ok(Some(match topic {
            Topic::MentionsRaw | Topic::MentionsRawExpress => codec.decode::<Mention>(bytes)?.into(),
            Topic::MentionsEnriched | Topic::MentionsEnrichedExpress => codec.decode::<EnrichedMention>(bytes)?.into(),
            Topic::MentionsClassified | Topic::MentionsClassifiedExpress => {
                codec.decode::<ClassifiedMention>(bytes)?.into()
            }
            Topic::Tallies => codec.decode::<Tally>(bytes)?.into(),
            Topic::Incidents => codec.decode::<Incident>(bytes)?.into(),
            Topic::Cases => codec.decode::<Case>(bytes)?.into(),
            Topic::Calls => codec.decode::<Call>(bytes)?.into(),
            Topic::Notifications => codec.decode::<Notification>(bytes)?.into(),
            Topic::Actions => codec.decode::<Action>(bytes)?.into(),
            Topic::Business => codec.decode::<Business>(bytes)?.into(),
            Topic::Links => codec.decode::<Link>(bytes)?.into(),
            Topic::DeadLetters => codec.decode::<DeadLetter>(bytes)?.into(),
            Topic::Seen => codec.decode::<Seen>(bytes)?.into(),
            Topic::Progress => codec.decode::<Progress>(bytes)?.into(),
            Topic::Turns(_) => codec.decode::<Turn>(bytes)?.into(),
            Topic::Input | Topic::Schemas | Topic::State(_) => return Ok(None),
        }))
    }
}
