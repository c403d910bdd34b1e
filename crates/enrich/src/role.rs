//! What an author is to the brand.

use book::Book;
use events::{Author, AuthorRole, BrandId, Mention};
use hashbrown::{HashMap, HashSet};

/// The accounts that a book knows.
#[derive(Debug)]
pub(crate) struct Accounts {
    /// Sources on which any account is known: on others nothing need be looked up.
    sources: HashSet<String>,
    /// By `<source>:<handle or id>`, lower case.
    known: HashMap<String, (AuthorRole, Option<BrandId>)>,
}

impl Accounts {
    /// The accounts of `book`: who is both is the brand before staff, and staff before press.
    pub(crate) fn of(book: &Book) -> Self {
        let mut known = HashMap::new();
        let press = book.press.iter().map(|account| (account, AuthorRole::Press, None));
        let staff = book.brands.iter().flat_map(|brand| {
            brand.staff.iter().map(|account| (account, AuthorRole::Employee, Some(brand.id.clone())))
        });
        let own = book.brands.iter().flat_map(|brand| {
            brand.accounts.iter().map(|account| (account, AuthorRole::Brand, Some(brand.id.clone())))
        });
        for (account, role, brand) in press.chain(staff).chain(own) {
            known.insert(account.to_lowercase().replace(":@", ":"), (role, brand));
        }
        let sources = known.keys().filter_map(|account| account.split_once(':')).map(|(source, _)| source.to_owned());
        Self { sources: sources.collect(), known }
    }

    /// The author's role, and the brand that speaks through the account.
    pub(crate) fn role(&self, mention: &Mention) -> (AuthorRole, Option<&BrandId>) {
        let found = mention.author.as_ref().and_then(|author| self.find(&mention.source, author));
        match found {
            Some((AuthorRole::Brand, brand)) => (AuthorRole::Brand, brand.as_ref()),
            _ if mention.from_brand => (AuthorRole::Brand, None),
            Some((role, _)) => (*role, None),
            None => (AuthorRole::Public, None),
        }
    }

    fn find(&self, source: &str, author: &Author) -> Option<&(AuthorRole, Option<BrandId>)> {
        let source = source.to_lowercase();
        if !self.sources.contains(&source) {
            return None;
        }
        let names = [author.handle.as_ref(), Some(&author.id)];
        let keys = names.into_iter().flatten().map(|name| format!("{source}:{}", name.to_lowercase()));
        keys.filter_map(|key| self.known.get(&key)).next()
    }
}
