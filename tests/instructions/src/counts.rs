//! Counts as they are kept, and compared.

use std::collections::BTreeMap;

use anyhow::Context;

/// How much more a part may take, in percent: hash tables are seeded anew in every run, and compilers change.
const TOLERANCE: u64 = 3;

/// Instructions a mention, by part.
pub(crate) type Counts = BTreeMap<String, u64>;

/// What two counts say beside each other.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) table: String,
    /// Parts that take more than they may, with by how much.
    pub(crate) slower: Vec<String>,
}

/// What `counted` is for each of so many mentions.
pub(crate) fn each(counted: &BTreeMap<&'static str, u64>, mentions: u64) -> Counts {
    let name = |name: &str| name.rsplit("::").next().unwrap_or_default().replace('_', " ");
    counted.iter().map(|(function, count)| (name(function), count / mentions.max(1))).collect()
}

/// As text: a line a part.
pub(crate) fn write(counts: &Counts) -> String {
    counts.iter().map(|(part, count)| format!("{count:>8}  {part}\n")).collect()
}

/// What [`write`] wrote.
///
/// # Errors
/// A line is no number and a name.
pub(crate) fn read(text: &str) -> anyhow::Result<Counts> {
    let line = |line: &str| {
        let (count, part) = line.trim().split_once("  ").with_context(|| format!("`{line}` is no count and a name"))?;
        Ok((part.to_owned(), count.parse().with_context(|| format!("`{count}` is no count"))?))
    };
    text.lines().map(line).collect()
}

/// Counts of now beside those that were accepted. A part that was never accepted may take what it takes.
pub(crate) fn compare(accepted: &Counts, counted: &Counts) -> Comparison {
    let mut table = vec![format!("{:<24} {:>10} {:>10}  change", "instructions a mention", "accepted", "now")];
    let mut slower = Vec::new();
    for (part, now) in counted {
        let Some(before) = accepted.get(part) else {
            table.push(format!("{part:<24} {:>10} {now:>10}  new", "-"));
            continue;
        };
        let change = *now as f64 / *before as f64 - 1.0;
        table.push(format!("{part:<24} {before:>10} {now:>10}  {:+.1} %", change * 100.0));
        if *now * 100 > *before * (100 + TOLERANCE) {
            slower.push(format!("{part} by {:.1} %", change * 100.0));
        }
    }
    Comparison { table: table.join("\n"), slower }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(counts: &[(&str, u64)]) -> Counts {
        counts.iter().map(|(part, count)| ((*part).to_owned(), *count)).collect()
    }

    #[test]
    fn what_got_slower_is_named_and_what_stayed_within_the_tolerance_is_not() {
        let accepted = counts(&[("care", 1_000), ("enrich", 1_000), ("ingest", 1_000)]);
        let now = counts(&[("care", 1_030), ("enrich", 1_041), ("ingest", 700), ("watch", 5)]);
        assert_eq!(compare(&accepted, &now).slower, ["enrich by 4.1 %"]);
    }

    #[test]
    fn counts_survive_being_written() {
        let written = counts(&[("read a mention", 12_345), ("ingest", 7)]);
        assert_eq!(read(&write(&written)).unwrap(), written);
        assert!(read("ingest 7").is_err());
    }
}
