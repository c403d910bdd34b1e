//! Which topics a role touches, and what is said when they are not as declared.

use std::collections::BTreeSet;

use events::{Role, Topic};
use stream::kafka::Difference;

use crate::failure::Failure;

/// The topics that a role reads or writes.
pub fn touched(role: Role, inputs: &[Topic]) -> BTreeSet<Topic> {
    let outputs: &[Topic] = match role {
        Role::Ingest => &[Topic::MentionsRaw, Topic::MentionsRawExpress, Topic::Actions, Topic::Links, Topic::Business],
        Role::Enrich => &[Topic::MentionsEnriched, Topic::MentionsEnrichedExpress, Topic::Tallies, Topic::Seen],
        Role::Classify => &[Topic::MentionsClassified, Topic::MentionsClassifiedExpress, Topic::Tallies],
        Role::Watch => &[Topic::Incidents],
        Role::Care => &[Topic::Cases],
        Role::Call => &[Topic::Calls],
        Role::Tell => &[Topic::Notifications],
        Role::SinkNotify | Role::SinkFiles | Role::SinkPostgres => &[],
    };
    let own = [Topic::State(role), Topic::Turns(role), Topic::Progress, Topic::Schemas, Topic::DeadLetters];
    let read = inputs.iter().filter(|topic| **topic != Topic::Input);
    read.chain(outputs).copied().chain(own).collect()
}

/// Says that topics are not as declared, and both ways out.
pub fn refused(differences: &[Difference]) -> Failure {
    let list: Vec<String> = alike(differences, Difference::how).into_iter().map(|line| format!("- {line}")).collect();
    let mut ways = Vec::new();
    if differences.iter().any(Difference::can_be_applied) {
        ways.push("`firebreak topics apply` creates what is missing and sets what is set otherwise");
    }
    if differences.iter().any(|difference| !difference.can_be_applied()) {
        ways.push(
            "a number of partitions or brokers is never changed in place, for keys would move: set `--partitions` and \
             `--replication` to what the cluster has, or start with empty topics under another `--namespace`",
        );
    } else {
        ways.push(
            "or name the installation and how its topics were set up by `--namespace`, `--replication` and `--clock`",
        );
    }
    let many = if differences.len() == 1 { "a topic is" } else { "topics are" };
    Failure::Configuration(format!("{many} not as declared:\n{}\n{}", list.join("\n"), ways.join(";\n")))
}

/// One line for all topics of which the same is said: a cluster that is set up otherwise differs in every topic.
pub fn alike<'a>(
    differences: impl IntoIterator<Item = &'a Difference>,
    say: impl Fn(&Difference) -> String,
) -> Vec<String> {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for difference in differences {
        let (what, topic) = (say(difference), format!("`{}`", difference.topic()));
        match said.iter_mut().find(|(known, _)| *known == what) {
            Some((_, topics)) => topics.push(topic),
            None => said.push((what, vec![topic])),
        }
    }
    let line = |(what, topics): (String, Vec<String>)| match topics.as_slice() {
        [topic] => format!("topic {topic} {what}"),
        topics => format!("each of {} topics {what}: {}", topics.len(), topics.join(", ")),
    };
    said.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_of_many_topics_is_said_once_with_their_names() {
        let lies = |topic| Difference::Replication { topic, declared: 3, found: 1 };
        let missing = Difference::Missing { topic: Topic::Cases };
        let differences = [lies(Topic::Calls), missing, lies(Topic::Tallies)];
        let expected =
            ["each of 2 topics lies on 1 broker, declared are 3: `calls`, `tallies`", "topic `cases` is missing"];
        assert_eq!(alike(&differences, Difference::how), expected);
        assert_eq!(alike(&differences[1..2], Difference::done), ["topic `cases` was created"]);
    }
}
