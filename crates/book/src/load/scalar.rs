//! Reads numbers, truths and words out of a closed list.

use super::reader::{Item, Object, Reader, plain};
use super::suggest::did_you_mean;

impl Reader {
    /// A number within `range`.
    pub(super) fn number(&mut self, object: &Object<'_>, key: &str, range: Range) -> Option<f64> {
        let item = object.get(key)?;
        let number = plain(item.node).and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite());
        let Some(number) = number else {
            self.wrong_type(item, "a number");
            return None;
        };
        if !range.holds(number) {
            self.fail(&item.place, format!("{number} is out of range"), format!("write a number {range}"));
            return None;
        }
        Some(number)
    }

    /// A whole number from `from` to `to`.
    pub(super) fn whole(&mut self, object: &Object<'_>, key: &str, from: i64, to: i64) -> Option<i64> {
        let item = object.get(key)?;
        let Some(number) = plain(item.node).and_then(|text| text.parse::<i64>().ok()) else {
            self.wrong_type(item, "a whole number");
            return None;
        };
        if !(from..=to).contains(&number) {
            self.fail(
                &item.place,
                format!("{number} is out of range"),
                format!("write a whole number from {from} to {to}"),
            );
            return None;
        }
        Some(number)
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self, object: &Object<'_>, key: &str) -> Option<bool> {
        let item = object.get(key)?;
        match plain(item.node) {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => {
                self.wrong_type(item, "`true` or `false`");
                None
            }
        }
    }

    /// One of the words that `known` names.
    pub(super) fn word<T: Copy>(&mut self, item: &Item<'_>, known: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(item)?;
        let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            self.fail(
                &item.place,
                format!("`{text}` is no word that fits here"),
                did_you_mean(text, known.iter().map(|(name, _)| *name)),
            );
        }
        found
    }

    pub(super) fn words<T: Copy>(&mut self, object: &Object<'_>, key: &str, known: &[(&'static str, T)]) -> Vec<T> {
        let items = self.list(object, key);
        items.iter().filter_map(|item| self.word(item, known)).collect()
    }
}

/// Numbers that are allowed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Range {
    /// Above 0 and below 1.
    Inside01,
    /// Above 0 and at most 1.
    Share,
    /// Above the first, at most the second.
    Above(f64, f64),
    /// The first or more, at most the second.
    From(f64, f64),
}

impl Range {
    fn holds(self, number: f64) -> bool {
        match self {
            Self::Inside01 => number > 0.0 && number < 1.0,
            Self::Share => number > 0.0 && number <= 1.0,
            Self::Above(low, high) => number > low && number <= high,
            Self::From(low, high) => number >= low && number <= high,
        }
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inside01 => f.write_str("above 0 and below 1"),
            Self::Share => f.write_str("above 0 and up to 1"),
            Self::Above(low, high) => write!(f, "above {low} and up to {high}"),
            Self::From(low, high) => write!(f, "from {low} up to {high}"),
        }
    }
}
