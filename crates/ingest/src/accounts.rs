//! The brands' own accounts, found without building a key for each author.

use std::collections::BTreeMap;

use book::Book;
use events::{Author, BrandId};

/// Own accounts of all brands of a book.
#[derive(Debug)]
pub(crate) struct Accounts {
    /// By source, lower case: handle or id, lower case, and its brand.
    by_source: BTreeMap<String, Vec<(String, BrandId)>>,
}

impl Accounts {
    /// The accounts of `book`.
    pub(crate) fn of(book: &Book) -> Self {
        let mut by_source: BTreeMap<String, Vec<(String, BrandId)>> = BTreeMap::new();
        for brand in &book.brands {
            for account in &brand.accounts {
                if let Some((source, name)) = account.split_once(':') {
                    let name = name.trim_start_matches('@').to_lowercase();
                    by_source.entry(source.to_lowercase()).or_default().push((name, brand.id.clone()));
                }
            }
        }
        Self { by_source }
    }

    /// The brand that `author` on `source` speaks for.
    pub(crate) fn brand(&self, source: &str, author: &Author) -> Option<&BrandId> {
        let lower = source.to_lowercase();
        let own = self.by_source.get(&lower)?;
        let names = [Some(author.id.as_str()), author.handle.as_deref()];
        own.iter().find(|(name, _)| names.into_iter().flatten().any(|given| same(given, name))).map(|(_, brand)| brand)
    }
}

/// Whether `given` is `name`, which is lower case, but for case.
fn same(given: &str, name: &str) -> bool {
    let given = given.strip_prefix('@').unwrap_or(given);
    given.chars().flat_map(char::to_lowercase).eq(name.chars())
}
