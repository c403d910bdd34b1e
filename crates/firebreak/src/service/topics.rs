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
    let list: Vec<String> = differences.iter().map(|difference| format!("- {difference}")).collect();
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
