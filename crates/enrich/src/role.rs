//! What an author is to the brand.

use book::{Account, Accounts};
use events::{AuthorRole, BrandId, Mention};

/// The role of a mention's author, and the brand that speaks through the account.
pub(crate) fn role<'a>(accounts: &'a Accounts, mention: &Mention) -> (AuthorRole, Option<&'a BrandId>) {
    match mention.author.as_ref().and_then(|author| accounts.find(&mention.source, author)) {
        Some(Account::Brand(brand)) => (AuthorRole::Brand, Some(brand)),
        _ if mention.from_brand => (AuthorRole::Brand, None),
        Some(Account::Staff) => (AuthorRole::Employee, None),
        Some(Account::Press) => (AuthorRole::Press, None),
        None => (AuthorRole::Public, None),
    }
}
