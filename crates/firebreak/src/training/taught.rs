//! What a teacher said of the texts of some sets: numbers without texts, so that they may lie beside the recipe.
//!
//! A file of lines. The first names the form; then come the head, the teacher, and for each set its name, the digest of its texts
//! and an answer for each row in order, as two digits: the probability of yes in 255ths. The digest binds the numbers to the
//! texts as the recipe reads them, so that answers about other texts are refused, not believed.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use super::rows::Labelled;

const FORM: &str = "firebreak-taught 1";
/// Answers a line of the file.
const WIDTH: usize = 60;

/// The answers about one set.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answers {
    /// Digest of the texts that were asked about.
    texts: String,
    /// For each row the probability of yes in 255ths.
    numbers: Vec<u8>,
}

/// All that a teacher said for a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taught {
    head: String,
    teacher: String,
    sets: BTreeMap<String, Answers>,
}

impl Taught {
    /// Nothing said yet.
    pub(crate) const fn new(head: String, teacher: String) -> Self {
        Self { head, teacher, sets: BTreeMap::new() }
    }

    /// Takes down the probability of yes of each row of a set, 0 to 1.
    pub(crate) fn note(&mut self, set: &str, rows: &[Labelled], probabilities: impl Iterator<Item = f64>) {
        let numbers = probabilities.map(|probability| (probability * 255.0).round() as u8).collect();
        self.sets.insert(set.to_owned(), Answers { texts: digest(rows), numbers });
    }

    /// Reads a file that was made for `head` by `teacher`.
    ///
    /// # Errors
    /// It is no such file, or says who made it for what, and that is another.
    pub(crate) fn read(text: &str, head: &str, teacher: &str) -> Result<Self> {
        let mut lines = text.lines();
        ensure!(lines.next() == Some(FORM), "it does not begin with `{FORM}`");
        let mut named = |key: &str, expected: &str| {
            let found = lines.next().and_then(|line| line.strip_prefix(key)?.strip_prefix(' '));
            let found = found.with_context(|| format!("it names no {key}"))?;
            ensure!(found == expected, "its {key} is `{found}`, the recipe's `{expected}`");
            Ok(found.to_owned())
        };
        let mut taught = Self::new(named("head", head)?, named("teacher", teacher)?);
        let mut last: Option<&mut Answers> = None;
        for line in lines {
            if let Some(set) = line.strip_prefix("set ") {
                let (name, texts) = set.rsplit_once(' ').with_context(|| format!("`{line}` has no digest"))?;
                let answers = Answers { texts: texts.to_owned(), numbers: Vec::new() };
                last = Some(taught.sets.entry(name.to_owned()).insert_entry(answers).into_mut());
                continue;
            }
            let answers = last.as_mut().with_context(|| format!("`{line}` belongs to no set"))?;
            ensure!(line.is_ascii() && line.len().is_multiple_of(2), "`{line}` is no line of answers");
            for at in (0..line.len()).step_by(2) {
                let digits = line.get(at..at + 2).unwrap_or_default();
                let number = u8::from_str_radix(digits, 16);
                answers.numbers.push(number.with_context(|| format!("`{digits}` is no answer"))?);
            }
        }
        Ok(taught)
    }

    /// The file.
    pub(crate) fn file(&self) -> String {
        let mut file = format!("{FORM}\nhead {}\nteacher {}\n", self.head, self.teacher);
        for (name, answers) in &self.sets {
            file += &format!("set {name} {}\n", answers.texts);
            for line in answers.numbers.chunks(WIDTH) {
                for number in line {
                    file += &format!("{number:02x}");
                }
                file.push('\n');
            }
        }
        file
    }

    /// The probability of yes of each row of a set, 0 to 1.
    ///
    /// # Errors
    /// Nothing was asked about the set, or it had other texts then.
    pub(crate) fn of(&self, set: &str, rows: &[Labelled]) -> Result<Vec<f64>> {
        let Some(answers) = self.sets.get(set) else { bail!("there are no answers about the set `{set}`") };
        let same = answers.texts == digest(rows) && answers.numbers.len() == rows.len();
        ensure!(same, "the set `{set}` has other texts than those that the teacher was asked about");
        Ok(answers.numbers.iter().map(|number| f64::from(*number) / 255.0).collect())
    }
}

/// The digest of all texts in order.
fn digest(rows: &[Labelled]) -> String {
    let mut digest = Sha256::new();
    for row in rows {
        digest.update((row.text.len() as u64).to_be_bytes());
        digest.update(row.text.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(texts: &[&str]) -> Vec<Labelled> {
        let row =
            |text: &&str| Labelled { text: (*text).to_owned(), labels: Vec::new(), percent: 0, place: String::new() };
        texts.iter().map(row).collect()
    }

    fn taught() -> Taught {
        let mut taught = Taught::new("rude".to_owned(), "a colleague 1.0".to_owned());
        let many = vec!["the gate"; 100];
        taught.note("posts", &rows(&many), (0..100).map(|at| f64::from(at) / 99.0));
        taught.note("letters", &rows(&["thank you"]), std::iter::once(0.0));
        taught
    }

    #[test]
    fn what_was_said_is_read_again_and_holds_no_text() {
        let file = taught().file();
        assert!(!file.contains("gate") && !file.contains("thank"), "{file}");
        let read = Taught::read(&file, "rude", "a colleague 1.0").unwrap();
        assert_eq!(read, taught());
        let answers = read.of("posts", &rows(&["the gate"; 100])).unwrap();
        assert_eq!((answers.len(), answers[0], answers[99]), (100, 0.0, 1.0));
        assert!((answers[50] - 50.0 / 99.0).abs() < 0.002, "{}", answers[50]);
    }

    #[test]
    fn answers_for_others_or_about_other_texts_are_refused() {
        let file = taught().file();
        let refused =
            |file: &str, head: &str, teacher: &str| format!("{:#}", Taught::read(file, head, teacher).unwrap_err());
        assert!(refused(&file, "hate", "a colleague 1.0").contains("its head is `rude`, the recipe's `hate`"));
        assert!(refused(&file, "rude", "a colleague 2.0").contains("its teacher is `a colleague 1.0`"));
        assert!(
            refused(&file.replace("taught 1", "taught 2"), "rude", "a colleague 1.0").contains("firebreak-taught 1")
        );
        assert!(refused(&file.replace("00", "0x"), "rude", "a colleague 1.0").contains("`0x` is no answer"));
        let of = |set: &str, texts: &[&str]| taught().of(set, &rows(texts)).unwrap_err().to_string();
        assert!(of("letters", &["thank them"]).contains("has other texts"));
        assert!(of("mails", &["thank you"]).contains("no answers about the set `mails`"));
    }
}
