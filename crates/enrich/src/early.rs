//! Answers of a brand that are here before what they answer.
//!
//! An answer travels on the express lane and may overtake its mention. It is kept until that mention comes, and leaves with its
//! person; or until the main lane is read up to the answer's own acceptance, when no mention can come any more that was there to
//! be answered. It lies in `state.enrich` meanwhile, with its words, which are the brand's own.

use events::{Codec, Mention, MentionId, Role, Topic};
use stream::{StoredTable, Table, TableValue, Timers};

/// What a timer's key begins with; the id of the answered mention follows.
const TIMER: &str = "early/";

/// Answers that wait, by the mention that they answer.
#[derive(Debug)]
pub(crate) struct EarlyAnswers(Table<Answers>);

/// Answers to one mention, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Default)]
struct Answers(Vec<Mention>);

impl Default for EarlyAnswers {
    fn default() -> Self {
        Self(Table::new("early", Topic::State(Role::Enrich)))
    }
}

impl EarlyAnswers {
    /// The table that is stored.
    pub(crate) const fn table(&self) -> &dyn StoredTable {
        &self.0
    }

    /// The same, to change it.
    pub(crate) const fn table_mut(&mut self) -> &mut dyn StoredTable {
        &mut self.0
    }

    /// Whether this revision of an answer waits.
    pub(crate) fn has(&self, answer: &Mention) -> bool {
        let waiting = answer.parent_id.as_ref().and_then(|parent| self.0.get(parent.as_str()));
        let same = |known: &Mention| known.id == answer.id && known.revision == answer.revision;
        waiting.is_some_and(|waiting| waiting.0.iter().any(same))
    }

    /// Keeps an answer to `parent`.
    pub(crate) fn keep(&mut self, parent: &MentionId, answer: Mention, timers: &mut Timers) {
        timers.set(answer.received_at, &format!("{TIMER}{parent}"));
        let mut waiting = self.0.get(parent.as_str()).cloned().unwrap_or_default();
        waiting.0.push(answer);
        self.0.put(parent.as_str(), waiting);
    }

    /// The answers to a mention that is here now; none waits any more.
    pub(crate) fn take(&mut self, parent: &MentionId, timers: &mut Timers) -> Vec<Mention> {
        let Some(waiting) = self.0.get(parent.as_str()).cloned() else { return Vec::new() };
        for answer in &waiting.0 {
            timers.cancel(answer.received_at, &format!("{TIMER}{parent}"));
        }
        self.0.remove(parent.as_str());
        waiting.0
    }
}

/// The mention that a timer is about; `None` when the timer is nobody's.
pub(crate) fn answered(timer: &str) -> Option<MentionId> {
    timer.strip_prefix(TIMER).map(MentionId::from)
}

/// Each mention as the length of its bytes and its bytes.
impl TableValue for Answers {
    fn write(&self, codec: &Codec) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        for mention in &self.0 {
            let bytes = codec.encode(mention).map_err(|error| error.to_string())?;
            let length = u32::try_from(bytes.len()).map_err(|error| error.to_string())?;
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&bytes);
        }
        Ok(out)
    }

    fn read(mut bytes: &[u8], codec: &Codec) -> Result<Self, String> {
        let mut answers = Vec::new();
        while !bytes.is_empty() {
            let cut = || "an answer is cut".to_owned();
            let (length, rest) = bytes.split_first_chunk().ok_or_else(cut)?;
            let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|error| error.to_string())?;
            let (mention, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
            answers.push(codec.decode(mention).map_err(|error| error.to_string())?);
            bytes = rest;
        }
        Ok(Self(answers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::mention;

    #[test]
    fn answers_survive_their_state_and_what_is_cut_is_told() {
        let codec = Codec::default();
        let answers = Answers(vec![mention("1", "we are on it"), mention("2", "done")]);
        let bytes = answers.write(&codec).unwrap();
        assert_eq!(Answers::read(&bytes, &codec).unwrap(), answers);
        for end in [1, 3, 10, bytes.len() - 1] {
            assert!(Answers::read(&bytes[..end], &codec).is_err(), "{end}");
        }
    }
}
