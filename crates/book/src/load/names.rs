//! Who is called what: names are given while the files are read, and references are looked up when all of them are known.

use std::collections::BTreeMap;
use std::fmt;

use super::reader::{Item, Object, Place, Reader};
use super::suggest::did_you_mean;

/// What kind of thing has the name. Names of one kind are unique in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Brand,
    Team,
    Theme,
    Rule,
    Product,
    Programme,
    Place,
    Parameter,
    Route,
    Clock,
    HarmRule,
    Source,
    /// Accounts of brands, staff and press: one account is one of these.
    Account,
    /// Names that are sure by themselves.
    SureName,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Brand => "brand",
            Self::Team => "team",
            Self::Theme => "theme",
            Self::Rule => "tracking rule",
            Self::Product => "product",
            Self::Programme => "programme",
            Self::Place => "place",
            Self::Parameter => "parameter",
            Self::Route => "route",
            Self::Clock => "clock",
            Self::HarmRule => "rule of harm",
            Self::Source => "source",
            Self::Account => "account",
            Self::SureName => "name",
        })
    }
}

/// Names given and names referred to.
#[derive(Debug, Default)]
pub(super) struct Names {
    given: BTreeMap<(Kind, String), Place>,
    asked: Vec<(Kind, String, Place)>,
}

impl Reader {
    /// Gives the name `name`; a second time is a mistake.
    pub(super) fn give(&mut self, kind: Kind, name: &str, place: &Place) {
        let first = self.names.given.get(&(kind, name.to_owned())).cloned();
        match first {
            None => {
                self.names.given.insert((kind, name.to_owned()), place.clone());
            }
            Some(first) => {
                let problem =
                    format!("the {kind} `{name}` stands in the book twice, first at {}:{}", first.file, first.at.line);
                self.fail(place, problem, "rename or remove one of them");
            }
        }
    }

    /// Notes that `name` must be given somewhere.
    pub(super) fn ask(&mut self, kind: Kind, name: &str, place: &Place) {
        self.names.asked.push((kind, name.to_owned(), place.clone()));
    }

    /// Looks up every reference.
    pub(super) fn answer_all(&mut self) {
        for (kind, name, place) in std::mem::take(&mut self.names.asked) {
            if self.names.given.contains_key(&(kind, name.clone())) {
                continue;
            }
            let known = self.names.given.keys().filter(|(known, _)| *known == kind).map(|(_, name)| name.as_str());
            let remedy = did_you_mean(&name, known);
            self.fail(&place, format!("no {kind} `{name}`"), remedy);
        }
    }

    /// The `id` of an object, which is given to it. A blank one is a mistake, a missing one has been said.
    pub(super) fn id(&mut self, object: &Object<'_>, kind: Kind) -> Option<String> {
        let item = object.get("id")?;
        let id = self.id_text(item)?;
        self.give(kind, &id, &item.place);
        Some(id)
    }

    /// A text that can be an id.
    pub(super) fn id_text(&mut self, item: &Item<'_>) -> Option<String> {
        let text = self.text(item)?;
        let fits = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if !fits {
            self.fail(
                &item.place,
                format!("`{text}` cannot be an id"),
                "use letters, digits, `_`, `-` and `.`, without spaces",
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// The text of `key`, which must be the name of a `kind`.
    pub(super) fn reference(&mut self, object: &Object<'_>, key: &str, kind: Kind) -> Option<String> {
        let item = object.get(key)?;
        let text = self.text(item)?;
        self.ask(kind, text, &item.place);
        Some(text.to_owned())
    }

    /// The texts of `key`, each the name of a `kind`.
    pub(super) fn references(&mut self, object: &Object<'_>, key: &str, kind: Kind) -> Vec<String> {
        let items = self.list(object, key);
        let mut names = Vec::with_capacity(items.len());
        for item in &items {
            if let Some(text) = self.text(item) {
                self.ask(kind, text, &item.place);
                names.push(text.to_owned());
            }
        }
        names
    }
}
