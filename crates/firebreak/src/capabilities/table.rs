//! The table of capabilities.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::bail;
use serde::Serialize;

use crate::book_test::Outcome;

/// How far a capability is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Status {
    /// By all its files, with no clause left out.
    #[serde(rename = "passes")]
    Passes,
    /// By all its files, which leave clauses out.
    #[serde(rename = "partly")]
    Partly,
    /// By no file, or a file fails.
    #[serde(rename = "not yet")]
    NotYet,
}

/// One capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its number, such as `C20`.
    pub row: String,
    /// What it is.
    pub title: String,
    /// How far it is shown.
    pub status: Status,
    /// What is missing: clauses that no file asserts, and tests that fail.
    pub missing: Vec<String>,
    /// The files that were run.
    pub files: Vec<String>,
}

/// Every capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    rows: Vec<Row>,
    #[serde(skip)]
    failed: usize,
}

impl Table {
    /// A table of rows without a file.
    pub fn new(titles: BTreeMap<String, String>) -> Self {
        let rows = titles.into_iter().map(|(row, title)| Row {
            row,
            title,
            status: Status::NotYet,
            missing: Vec::new(),
            files: Vec::new(),
        });
        Self { rows: rows.collect(), failed: 0 }
    }

    /// Takes in what came of a file.
    ///
    /// # Errors
    /// The file does not name its row, or one that there is not.
    pub fn add(&mut self, outcome: &Outcome) -> anyhow::Result<()> {
        let file = &outcome.file;
        let Some(name) = &outcome.row else { bail!("`{file}` does not say which `row` it shows") };
        let Some(row) = self.rows.iter_mut().find(|row| row.row == *name) else {
            bail!("`{file}` shows row `{name}`, which is not in `rows.yaml`");
        };
        let first = row.files.is_empty();
        row.files.push(file.clone());
        row.missing.extend(outcome.partly.iter().cloned());
        let failing = outcome.tests.iter().filter(|(_, _, unmet)| !unmet.is_empty());
        row.missing.extend(failing.map(|(line, name, _)| format!("{file}:{line} `{name}` fails")));
        let shown = match (outcome.passed(), outcome.partly.is_empty()) {
            (false, _) => Status::NotYet,
            (true, false) => Status::Partly,
            (true, true) => Status::Passes,
        };
        row.status = if first { shown } else { row.status.max(shown) };
        self.failed += usize::from(!outcome.passed());
        Ok(())
    }

    /// Files that fail.
    pub fn failed(&self) -> usize {
        self.failed
    }

    fn count(&self, status: Status) -> usize {
        self.rows.iter().filter(|row| row.status == status).count()
    }
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Partly => "partly",
            Self::NotYet => "not yet",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.title.chars().count()).max().unwrap_or_default();
        for row in &self.rows {
            writeln!(f, "{}  {:width$}  {}", row.row, row.title, row.status.name())?;
            for missing in &row.missing {
                writeln!(f, "     - {missing}")?;
            }
        }
        let [passes, partly, not_yet] =
            [Status::Passes, Status::Partly, Status::NotYet].map(|status| self.count(status));
        writeln!(f, "{passes} pass, {partly} partly, {not_yet} not yet")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book_test::Unmet;

    fn outcome(row: &str, partly: &[&str], passes: bool) -> Outcome {
        let unmet = Unmet { line: 3, about: "cases".into(), rows: Vec::new() };
        Outcome {
            file: format!("{row}-a.yaml"),
            row: Some(row.into()),
            partly: partly.iter().map(|&clause| clause.to_owned()).collect(),
            tests: vec![(1, "claim".into(), if passes { Vec::new() } else { vec![unmet] })],
        }
    }

    fn table() -> Table {
        Table::new(["C01", "C02", "C03", "C04"].into_iter().map(|row| (row.to_owned(), "title".to_owned())).collect())
    }

    #[test]
    fn a_row_is_as_good_as_its_worst_file() {
        let mut table = table();
        table.add(&outcome("C01", &[], true)).unwrap();
        table.add(&outcome("C02", &["the other half"], true)).unwrap();
        table.add(&outcome("C02", &[], true)).unwrap();
        table.add(&outcome("C03", &[], true)).unwrap();
        table.add(&outcome("C03", &[], false)).unwrap();
        let statuses: Vec<_> = table.rows.iter().map(|row| row.status).collect();
        assert_eq!(statuses, [Status::Passes, Status::Partly, Status::NotYet, Status::NotYet]);
        let shown = table.to_string();
        assert!(shown.contains("- the other half") && shown.contains("- C03-a.yaml:1 `claim` fails"), "{shown}");
        assert!(shown.ends_with("1 pass, 1 partly, 2 not yet\n"), "{shown}");
        assert_eq!(table.failed(), 1);
    }

    #[test]
    fn a_file_without_a_known_row_is_refused() {
        assert!(table().add(&outcome("C77", &[], true)).is_err());
        assert!(table().add(&Outcome { row: None, ..outcome("C01", &[], true) }).is_err());
    }
}
