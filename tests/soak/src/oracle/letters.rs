//! Dead letters: exactly what was poison, with its bytes.

use std::collections::BTreeMap;

use events::DeadLetter;

/// What was poison, and what was found.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// Bytes of lines that were posted, and of records sent past the webhook, with how many letters of them are there.
    poison: BTreeMap<Vec<u8>, Poison>,
    letters: usize,
}

#[derive(Debug, Default)]
struct Poison {
    /// Whether its sender was told that it is taken.
    due: bool,
    /// A line that a sender repeats may be rejected each time.
    may_repeat: bool,
    letters: usize,
}

impl Letters {
    /// A line that cannot become a mention goes out.
    pub(super) fn posted(&mut self, bytes: &[u8]) {
        self.poison.entry(bytes.to_vec()).or_default().may_repeat = true;
    }

    /// It was taken, or is in the topic.
    pub(super) fn acknowledged(&mut self, bytes: &[u8]) {
        self.poison.entry(bytes.to_vec()).or_default().due = true;
    }

    /// A record that nobody can read is put into a topic, past the webhook.
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        self.poison.entry(bytes.to_vec()).or_default();
    }

    /// A dead letter.
    ///
    /// # Errors
    /// It is of no poison, or the second of one.
    pub(super) fn letter(&mut self, letter: &DeadLetter) -> Result<(), String> {
        self.letters += 1;
        let bytes = letter.value.clone().unwrap_or_default();
        let told = || {
            let text: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
            format!("{} {} offset {}: {} ({text})", letter.stage, letter.topic, letter.offset.0, letter.detail)
        };
        let Some(poison) = self.poison.get_mut(&bytes) else {
            return Err(format!("a dead letter of what was no poison: {}", told()));
        };
        poison.letters += 1;
        if poison.letters > 1 && !poison.may_repeat {
            return Err(format!("a second dead letter: {}", told()));
        }
        Ok(())
    }

    /// Poison without a letter.
    pub(super) fn wrong(&self) -> impl Iterator<Item = String> + '_ {
        let missing = self.poison.iter().filter(|(_, poison)| poison.due && poison.letters == 0);
        missing.map(|(bytes, _)| {
            let text: String = String::from_utf8_lossy(bytes).chars().take(120).collect();
            format!("no dead letter of {text}")
        })
    }

    /// How many letters there are.
    pub(super) const fn len(&self) -> usize {
        self.letters
    }
}
