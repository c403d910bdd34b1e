//! Which words several accounts said lately.
//!
//! The window holds what was said within an hour of event time, up to a number of entries, and counts for each text the
//! accounts that said it. An entry counts at once, so that a mention knows those before it in its own turn, and is taken back when
//! the turn is aborted. What is counted depends on nothing but the sequence of entries, however it was cut into turns and
//! wherever reading began an hour and more ago: so a restored window equals the one that was.

use std::collections::VecDeque;

use events::{EventTime, SeenEntry, Span, person_hash};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// How long words are remembered: what is orchestrated comes in a burst, what everybody says comes all day.
const LATELY: Span = Span::hours(1);
/// Entries that are remembered in a partition: tables of 2^14 places that are not half full are tidied in place, and not doubled.
pub(super) const MOST: usize = 7_000;
/// With fewer followers an account may have been made for the purpose.
const FEW: i64 = 20;
/// With so many an account stands for somebody.
const MANY: i64 = 200;

/// The company in which a text is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Company {
    /// Accounts that said these words lately, each once.
    pub(crate) accounts: u32,
    /// Accounts that say the same words as whoever says others, at least 1: their mean.
    pub(crate) usual: f64,
    /// From -1, all who say it have many followers, to 1, all have few.
    pub(crate) fresh: f64,
}

/// What one account said.
#[derive(Debug, Clone, Copy)]
struct Entered {
    text: u64,
    /// The text and who said it.
    pair: u64,
    /// The highest event time until then.
    at: EventTime,
    /// 1 for few followers, -1 for many, 0 between and where the source does not tell.
    fresh: i8,
}

/// Who says a text.
#[derive(Debug, Clone, Copy)]
struct Text {
    text: u64,
    accounts: u32,
    mentions: u32,
    /// Sum over the mentions.
    fresh: i32,
}

/// The words of the last hour.
#[derive(Debug)]
pub(super) struct Copies {
    most: usize,
    /// Oldest first. The first `gone` are forgotten, the last `open` not committed yet.
    entered: VecDeque<Entered>,
    gone: usize,
    open: usize,
    texts: HashTable<Text>,
    /// How often an account said a text, by [`Entered::pair`].
    pairs: HashTable<(u64, u32)>,
    /// Sums over the texts: of their accounts, and of the squares of these.
    accounts: u64,
    squares: u64,
    newest: EventTime,
    /// `newest` when the last turn was committed.
    newest_before: EventTime,
}

impl Copies {
    /// Remembers at most `most` entries.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            entered: VecDeque::new(),
            gone: 0,
            open: 0,
            texts: HashTable::new(),
            pairs: HashTable::new(),
            accounts: 0,
            squares: 0,
            newest: EventTime::EPOCH,
            newest_before: EventTime::EPOCH,
        }
    }

    /// Takes in what `entry` said, if it counts, and tells in which company it is.
    pub(super) fn add(&mut self, entry: &SeenEntry) -> Option<Company> {
        let said = entry.said?;
        let text = said.copied_text as u64;
        let fresh = match said.followers {
            Some(..FEW) => 1,
            Some(MANY..) => -1,
            _ => 0,
        };
        self.newest = self.newest.max(entry.at);
        self.forget();
        let pair = text.rotate_left(32) ^ person_hash(&entry.person) as u64;
        let entered = Entered { text, pair, at: self.newest, fresh };
        self.entered.push_back(entered);
        self.open += 1;
        Some(self.count(&entered))
    }

    /// The turn is committed.
    pub(super) fn merge(&mut self) {
        self.entered.drain(..self.gone);
        (self.gone, self.open, self.newest_before) = (0, 0, self.newest);
    }

    /// The turn is aborted.
    pub(super) fn discard(&mut self) {
        while let Some(before) = self.gone.checked_sub(1) {
            self.gone = before;
            if let Some(entered) = self.entered.get(before).copied() {
                let _company = self.count(&entered);
            }
        }
        for _ in 0..std::mem::take(&mut self.open) {
            if let Some(entered) = self.entered.pop_back() {
                self.uncount(&entered);
            }
        }
        self.newest = self.newest_before;
    }

    /// Bytes in memory.
    pub(super) fn memory(&self) -> usize {
        self.entered.capacity() * size_of::<Entered>() + self.texts.allocation_size() + self.pairs.allocation_size()
    }

    /// Forgets what is old, and what must make room for one more.
    fn forget(&mut self) {
        let oldest = self.newest.minus(LATELY);
        while let Some(entered) = self.entered.get(self.gone).copied() {
            if entered.at >= oldest && self.entered.len() - self.gone < self.most {
                break;
            }
            self.gone += 1;
            self.uncount(&entered);
        }
    }

    fn count(&mut self, entered: &Entered) -> Company {
        let pair = self.pairs.entry(entered.pair, |(pair, _)| *pair == entered.pair, |(pair, _)| *pair);
        let another = matches!(pair, Entry::Vacant(_));
        pair.or_insert((entered.pair, 0)).into_mut().1 += 1;
        let text = self.texts.entry(entered.text, |text| text.text == entered.text, |text| text.text);
        let nobody = Text { text: entered.text, accounts: 0, mentions: 0, fresh: 0 };
        let text = text.or_insert(nobody).into_mut();
        text.mentions += 1;
        text.fresh += i32::from(entered.fresh);
        if another {
            self.accounts += 1;
            self.squares += 2 * u64::from(text.accounts) + 1;
            text.accounts += 1;
        }
        let own = u64::from(text.accounts);
        // Of an account that says another text, how many say it: a mean over accounts, hence the squares.
        let usual = (self.squares - own * own + 1) as f64 / (self.accounts - own + 1) as f64;
        Company { accounts: text.accounts, usual, fresh: f64::from(text.fresh) / f64::from(text.mentions) }
    }

    fn uncount(&mut self, entered: &Entered) {
        let Ok(mut pair) = self.pairs.find_entry(entered.pair, |(pair, _)| *pair == entered.pair) else { return };
        pair.get_mut().1 -= 1;
        let last = pair.get().1 == 0;
        if last {
            pair.remove();
        }
        let Ok(mut found) = self.texts.find_entry(entered.text, |text| text.text == entered.text) else { return };
        let text = found.get_mut();
        text.mentions -= 1;
        text.fresh -= i32::from(entered.fresh);
        if last {
            self.accounts -= 1;
            text.accounts -= 1;
            self.squares -= 2 * u64::from(text.accounts) + 1;
        }
        if text.mentions == 0 {
            found.remove();
        }
    }
}

#[cfg(test)]
mod tests;
