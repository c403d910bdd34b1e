//! Which topics a role reads and writes, and what is said when they are not as declared.

use std::collections::BTreeSet;

use events::{Role, Topic};
use stream::kafka::Difference;
use stream::progress::{Wait, waits};

use crate::failure::Failure;

/// The topics that a role reads, `inputs` being those of its group.
pub(super) fn read_by(role: Role, inputs: &[Topic]) -> BTreeSet<Topic> {
    let inputs = inputs.iter().filter(|topic| **topic != Topic::Input);
    let progress = (!waits(role).iter().all(Wait::is_for_nobody)).then_some(Topic::Progress);
    inputs.copied().chain(tables(role)).chain(progress).chain([Topic::Schemas]).collect()
}

/// The topics that a role writes.
pub(super) fn written_by(role: Role) -> BTreeSet<Topic> {
    let products: &[Topic] = match role {
        Role::Ingest => &[Topic::MentionsRaw, Topic::MentionsRawExpress, Topic::Actions, Topic::Links, Topic::Business],
        Role::Enrich => &[Topic::MentionsEnriched, Topic::MentionsEnrichedExpress, Topic::Tallies],
        Role::Classify => &[Topic::MentionsClassified, Topic::MentionsClassifiedExpress, Topic::Tallies],
        Role::Call => &[Topic::Calls],
        Role::Tell => &[Topic::Notifications],
        Role::Watch | Role::Care | Role::SinkNotify | Role::SinkFiles | Role::SinkPostgres => &[],
    };
    // Stores have no turns: their own offsets tell what they know.
    let turns = (!matches!(role, Role::SinkFiles | Role::SinkPostgres)).then_some(Topic::Turns(role));
    let tells = role == Role::Ingest || waits(role).iter().any(|wait| wait.lane.is_some());
    let progress = tells.then_some(Topic::Progress);
    let own = tables(role).into_iter().chain(turns).chain(progress).chain([Topic::Schemas, Topic::DeadLetters]);
    products.iter().copied().chain(own).collect()
}

/// The topics that hold what a role keeps.
fn tables(role: Role) -> Vec<Topic> {
    let product = match role {
        Role::Classify | Role::Tell | Role::SinkFiles | Role::SinkPostgres => return Vec::new(),
        Role::Enrich => Some(Topic::Seen),
        Role::Watch => Some(Topic::Incidents),
        Role::Care => Some(Topic::Cases),
        Role::Ingest | Role::Call | Role::SinkNotify => None,
    };
    product.into_iter().chain([Topic::State(role)]).collect()
}

/// The topics that a role reads or writes.
pub fn touched(role: Role, inputs: &[Topic]) -> BTreeSet<Topic> {
    read_by(role, inputs).into_iter().chain(written_by(role)).collect()
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
mod tests;
