//! Why a registry could not do as asked, by what the caller must do.

/// Why a registry could not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// It does not answer, or cannot now: the same may work later.
    #[error("the schema registry at `{url}` cannot be used now: {what}")]
    Away {
        /// Where it is.
        url: String,
        /// What it did.
        what: String,
    },
    /// It answers, and will answer the same again: a login, a right, an address or a schema is wrong.
    #[error("the schema registry at `{url}` refuses: {what}")]
    Refused {
        /// Where it is.
        url: String,
        /// What it said, and what to do.
        what: String,
    },
}
