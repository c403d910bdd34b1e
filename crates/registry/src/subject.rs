//! What a registry calls the schemas of a topic.

use std::fmt;

use events::Payload;
use events::Topic;
use events::codec::{EmbeddedSchema, embedded};

/// The name under which a registry keeps the versions of a topic's schema: `<topic>-value`, which the serializers of all
/// languages take unless they are told otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject(String);

impl Subject {
    /// The subject of the records of a topic, whose name in the cluster begins with `namespace`.
    pub fn of(namespace: &str, topic: Topic) -> Self {
        Self(format!("{namespace}{topic}-value"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The subjects of these topics, with the schema that this build writes there. Topics that carry no Avro have none.
pub fn subjects(namespace: &str, topics: impl IntoIterator<Item = Topic>) -> Vec<(Subject, EmbeddedSchema)> {
    let schema = |topic: Topic| {
        let name = Payload::schema_of(topic)?;
        let schema = embedded().find(|schema| schema.name == name)?;
        Some((Subject::of(namespace, topic), schema))
    };
    topics.into_iter().filter_map(schema).collect()
}

#[cfg(test)]
mod tests {
    use events::Role;

    use super::*;

    #[test]
    fn a_topic_has_the_subject_that_serializers_take_by_default() {
        let topics = [Topic::Cases, Topic::Input, Topic::State(Role::Care), Topic::Schemas];
        let found: Vec<(String, &str)> =
            subjects("eu.", topics).into_iter().map(|(subject, schema)| (subject.to_string(), schema.name)).collect();
        let expected = [("eu.cases-value", "case"), ("eu.state.escalate.care-value", "position")];
        assert_eq!(found, expected.map(|(subject, name)| (subject.to_owned(), name)));
    }
}
