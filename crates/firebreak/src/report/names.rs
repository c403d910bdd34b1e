//! Names for people instead of ids.

use std::collections::BTreeMap;

use book::Book;

/// Names of what a report speaks of; an id without a name stands for itself.
#[derive(Debug, Clone, Default)]
pub struct Names {
    brands: BTreeMap<String, String>,
    themes: BTreeMap<String, String>,
    teams: BTreeMap<String, String>,
    recipients: BTreeMap<String, String>,
}

impl Names {
    /// The names of a book.
    pub fn of(book: &Book) -> Self {
        Self {
            brands: book.brands.iter().map(|brand| (brand.id.to_string(), brand.name.clone())).collect(),
            themes: book.themes.iter().map(|theme| (theme.id.to_string(), theme.name.clone())).collect(),
            teams: book.teams.iter().map(|team| (team.id.clone(), team.name.clone())).collect(),
            recipients: book.teams.iter().map(|team| (team.recipient.to_string(), team.name.clone())).collect(),
        }
    }

    pub(crate) fn brand<'a>(&'a self, id: &'a str) -> &'a str {
        self.brands.get(id).map_or(id, String::as_str)
    }

    pub(crate) fn theme<'a>(&'a self, id: &'a str) -> &'a str {
        self.themes.get(id).map_or(id, String::as_str)
    }

    pub(crate) fn team<'a>(&'a self, id: &'a str) -> &'a str {
        self.teams.get(id).map_or(id, String::as_str)
    }

    pub(super) fn recipient<'a>(&'a self, id: &'a str) -> &'a str {
        self.recipients.get(id).map_or(id, String::as_str)
    }
}

/// What a role does, in plain words.
pub(super) fn stage(role: &str) -> &str {
    match role {
        "ingest" => "taking mentions in",
        "enrich" => "finding brand and person",
        "classify" => "understanding the text",
        "escalate.watch" => "watching for a rise",
        "escalate.care" => "cases and response clocks",
        "escalate.call" => "deciding whom to call",
        "escalate.tell" => "writing notifications",
        "sink.notify" => "showing notifications",
        "sink.files" => "storing files",
        other => other,
    }
}
