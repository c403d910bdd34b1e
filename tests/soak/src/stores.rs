//! What the stores hold at the end: PostgreSQL, files and the receiver of notifications, against the topics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use events::{Partition, Topic};
use testkit::receiver::Receiver;
use tokio::runtime::Builder;
use tokio_postgres::{Client, NoTls, Row};

use crate::load::number_of;
use crate::oracle::Oracle;

/// What lies in a partition: where the last committed record ends, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Held {
    /// After the last committed record.
    pub(crate) end: i64,
    /// Committed records.
    pub(crate) records: usize,
}

/// What lies in the partitions of all topics.
pub(crate) type Ends = BTreeMap<(Topic, Partition), Held>;

/// Everything in PostgreSQL and at the receiver that differs, each with its check.
pub(crate) fn differences(
    (url, schema): (&str, &str),
    receiver: &Receiver,
    (oracle, ends): (&Oracle, &Ends),
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut wrong = Vec::new();
    let rows = connected(url, async |client| Rows::read(client, schema).await)?;
    rows.compare(oracle, ends, &mut wrong);
    let (received, said) = (receiver.received(), oracle.notifications());
    let missing = said.iter().filter(|id| !received.contains_key(*id));
    wrong.extend(missing.map(|id| ("notifications", format!("{id} was never delivered"))));
    let strange = received.keys().filter(|id| !said.contains(*id));
    wrong.extend(strange.map(|id| ("notifications", format!("{id} was delivered, and nobody said it"))));
    let reworded = received.iter().filter(|(_, words)| words.len() != 1);
    wrong.extend(reworded.map(|(id, _)| ("notifications", format!("{id} was delivered with other words"))));
    Ok(wrong)
}

/// Has the database note whoever turns an offset back, from now on: rows hide it, for they are told apart by their ids.
///
/// # Errors
/// The database refuses, or its tables are not there yet.
pub(crate) fn watch_offsets(url: &str, schema: &str) -> anyhow::Result<()> {
    let watch = format!(
        "CREATE TABLE {schema}.turned_back (topic text, partition integer, stood bigint, next bigint);
         CREATE FUNCTION {schema}.note_turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             INSERT INTO {schema}.turned_back VALUES (NEW.topic, NEW.partition, OLD.next, NEW.next);
             RETURN NEW;
         END $$;
         CREATE TRIGGER note_turn AFTER UPDATE ON {schema}.kafka_offset FOR EACH ROW
             WHEN (NEW.next < OLD.next) EXECUTE FUNCTION {schema}.note_turn()"
    );
    connected(url, async |client| Ok(client.batch_execute(&watch).await?))
}

/// Offsets that were turned back since then.
///
/// # Errors
/// The database does not answer.
pub(crate) fn turned_back(url: &str, schema: &str) -> anyhow::Result<Vec<String>> {
    let question = format!("SELECT topic, partition, stood, next FROM {schema}.turned_back");
    let rows = connected(url, async |client| Ok(client.query(&question, &[]).await?))?;
    let told = |row: &Row| {
        let (topic, partition): (&str, i32) = (row.get(0), row.get(1));
        let (stood, next): (i64, i64) = (row.get(2), row.get(3));
        format!("the offset of `{topic}`, partition {partition} was turned back from {stood} to {next}")
    };
    Ok(rows.iter().map(told).collect())
}

fn connected<T>(url: &str, ask: impl AsyncFnOnce(&Client) -> anyhow::Result<T>) -> anyhow::Result<T> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        // It ends with the client.
        drop(tokio::spawn(connection));
        ask(&client).await
    })
}

/// What PostgreSQL holds.
struct Rows {
    /// Number and revision of each mention.
    mentions: Vec<(u32, Option<i64>)>,
    deleted: BTreeSet<u32>,
    cases: BTreeMap<String, i64>,
    notifications: BTreeSet<String>,
    next: BTreeMap<(String, i32), i64>,
}

impl Rows {
    async fn read(client: &Client, schema: &str) -> anyhow::Result<Self> {
        let of = async |what: &str| {
            client.query(&format!("SELECT {what}").replace("FROM ", &format!("FROM {schema}.")), &[]).await
        };
        let mut this = Self {
            mentions: Vec::new(),
            deleted: BTreeSet::new(),
            cases: BTreeMap::new(),
            notifications: BTreeSet::new(),
            next: BTreeMap::new(),
        };
        for row in of("native_id, revision, deleted_at IS NOT NULL FROM mentions").await? {
            let native_id: &str = row.get(0);
            let number = number_of(native_id).with_context(|| format!("row of `{native_id}`, which nobody posted"))?;
            this.mentions.push((number, row.get(1)));
            if row.get(2) {
                this.deleted.insert(number);
            }
        }
        this.cases.extend(of("case_id, revision FROM cases").await?.iter().map(|row| (row.get(0), row.get(1))));
        this.notifications
            .extend(of("notification_id FROM notifications").await?.iter().map(|row| row.get::<_, String>(0)));
        let offsets = of("topic, partition, next FROM kafka_offset").await?;
        this.next.extend(offsets.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))));
        Ok(this)
    }

    fn compare(&self, oracle: &Oracle, ends: &Ends, wrong: &mut Vec<(&'static str, String)>) {
        let highest = oracle.highest();
        let rows: BTreeMap<u32, Option<i64>> = self.mentions.iter().copied().collect();
        for (number, revision) in &highest {
            match rows.get(number) {
                None => wrong.push(("postgresql", format!("there is no row of m{number}"))),
                Some(found) if *found != Some(i64::from(*revision)) && !self.deleted.contains(number) => {
                    wrong.push(("postgresql", format!("the row of m{number} has revision {found:?}, not {revision}")));
                }
                Some(_) => {}
            }
        }
        let strange = rows.keys().filter(|number| !highest.contains_key(*number));
        wrong.extend(
            strange.map(|number| ("postgresql", format!("there is a row of m{number}, which was not classified"))),
        );
        if self.cases != oracle.cases() {
            let (rows, cases) = (self.cases.len(), oracle.cases().len());
            wrong.push(("postgresql", format!("{rows} rows of cases differ from {cases} cases")));
        }
        if self.notifications != oracle.notifications() {
            wrong.push(("postgresql", format!("{} rows of notifications differ", self.notifications.len())));
        }
        for ((topic, partition), next) in &self.next {
            let end = ends.iter().find(|((of, at), _)| of.name() == *topic && at.0 == *partition);
            let end = end.map_or(0, |(_, held)| held.end);
            if *next != end {
                wrong.push((
                    "postgresql",
                    format!("offset {next} of `{topic}`, partition {partition} is not its end {end}"),
                ));
            }
        }
    }
}

/// Lines of files against the records of the topics, once every store has published what it has.
pub(crate) fn file_differences(root: &Path, ends: &Ends) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for ((topic, partition), held) in ends {
        let folder = root.join(topic.name()).join(partition.0.to_string());
        if !folder.exists() {
            continue;
        }
        let (mut seen, mut next) = (BTreeSet::new(), 0);
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "ndjson") {
                continue;
            }
            for line in std::fs::read_to_string(&path)?.lines() {
                let value: serde_json::Value = serde_json::from_str(line)?;
                if let Some(trailer) = value["next_offset"].as_i64() {
                    next = next.max(trailer);
                } else if !seen.insert(value["offset"].as_i64()) {
                    wrong.push(format!("`{topic}`, partition {} has a line twice: {}", partition.0, value["offset"]));
                }
            }
        }
        if (next, seen.len()) != (held.end, held.records) {
            let (lines, place) = (seen.len(), format!("`{topic}`, partition {}", partition.0));
            wrong.push(format!("files of {place} have {lines} records up to {next}, the topic {held:?}"));
        }
    }
    Ok(wrong)
}
