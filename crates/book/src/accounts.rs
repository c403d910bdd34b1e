//! Whose account it is: asked for every mention, so nothing is built for the question.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use events::{Author, BrandId};

use crate::Book;

/// Who writes through an account of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// A brand itself.
    Brand(BrandId),
    /// Somebody of its staff.
    Staff,
    /// The press.
    Press,
}

/// The accounts that a book knows.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// By source, and by handle or id, in order. The book writes all in lower case and without `@`, each account once.
    by_source: Vec<(String, Vec<(String, Account)>)>,
}

impl Accounts {
    /// The accounts of `book`.
    pub fn of(book: &Book) -> Self {
        let of_brands = book.brands.iter().flat_map(|brand| {
            let own = brand.accounts.iter().map(|account| (account, Account::Brand(brand.id.clone())));
            own.chain(brand.staff.iter().map(|account| (account, Account::Staff)))
        });
        let mut by_source: BTreeMap<String, Vec<(String, Account)>> = BTreeMap::new();
        for (account, whose) in of_brands.chain(book.press.iter().map(|account| (account, Account::Press))) {
            if let Some((source, name)) = account.split_once(':') {
                by_source.entry(source.to_owned()).or_default().push((name.to_owned(), whose));
            }
        }
        by_source.values_mut().for_each(|accounts| accounts.sort_by(|(left, _), (right, _)| left.cmp(right)));
        Self { by_source: by_source.into_iter().collect() }
    }

    /// Whose account `author` writes through on `source`, by handle or else by id; upper case and `@` make no difference.
    pub fn find(&self, source: &str, author: &Author) -> Option<&Account> {
        let accounts = named(&self.by_source, source)?;
        let account = |name: &str| named(accounts, name.strip_prefix('@').unwrap_or(name));
        author.handle.as_deref().and_then(account).or_else(|| account(&author.id))
    }

    /// The brand that speaks itself when `author` writes on `source`.
    pub fn brand(&self, source: &str, author: &Author) -> Option<&BrandId> {
        match self.find(source, author) {
            Some(Account::Brand(brand)) => Some(brand),
            _ => None,
        }
    }
}

/// What stands under `name`, whatever its case, among what stands under lower case in order.
fn named<'a, T>(all: &'a [(String, T)], name: &str) -> Option<&'a T> {
    let at = match name.is_ascii() {
        true => all.binary_search_by(|(known, _)| compare_ascii(known, name)),
        false => {
            let lower = name.to_lowercase();
            all.binary_search_by(|(known, _)| known.as_str().cmp(&lower))
        }
    };
    all.get(at.ok()?).map(|(_, found)| found)
}

/// How `known` compares with the lower case of `name`, which is ASCII.
fn compare_ascii(known: &str, name: &str) -> Ordering {
    known.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    const BOOK: &str = r#"
name: Tern
brands: [{id: tern, name: Tern, names: [tern], accounts: ["X:@TernBank", "meta:77"], staff: ["x:kim"], owner: care}]
teams: [{id: care, name: Care, recipient: team:care}]
default_team: care
sources: {x: social, meta: social, news: news}
press: ["news:courier"]
"#;

    #[test]
    fn an_account_is_known_by_handle_or_id_however_it_is_written_and_on_its_own_source_alone() {
        let accounts = Accounts::of(&load(&[("book.yaml".into(), BOOK.into())]).unwrap());
        let find = |source: &str, id: &str, handle: Option<&str>| {
            let author = Author { id: id.into(), handle: handle.map(Into::into), ..Author::default() };
            accounts.find(source, &author).cloned()
        };
        let tern = Some(Account::Brand(BrandId::from("tern")));
        assert_eq!(find("x", "9", Some("ternbank")), tern);
        assert_eq!(find("X", "9", Some("@TERNbank")), tern);
        assert_eq!(find("meta", "77", Some("anything")), tern);
        assert_eq!(find("x", "@Kim", None), Some(Account::Staff));
        assert_eq!(find("news", "1", Some("Courier")), Some(Account::Press));
        for (source, id, handle) in [("meta", "9", Some("ternbank")), ("x", "9", Some("tern")), ("forum", "9", None)] {
            assert_eq!(find(source, id, handle), None, "{source} {handle:?}");
        }
    }
}
