//! What watch keeps a series of: all mentions of a brand, its complaints, the complaints of one of its themes.

use book::Book;
use events::{Intent, SubjectKind, Tally, ThemeId};
use serde::{Deserialize, Serialize};

/// A series of a brand, the broadest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Subject {
    /// All mentions, as enrich counts them.
    Volume,
    /// Complaints, as classify counts them.
    Complaints,
    /// Mentions of a theme that complain or are negative; of a safety theme all but praise and noise.
    Theme(ThemeId),
}

impl Subject {
    /// The series that a tally adds to, and how many of its mentions count there.
    pub(super) fn of(book: &Book, tally: &Tally) -> Option<(Self, i64)> {
        match (tally.subject_kind, tally.intent, &tally.subject) {
            (SubjectKind::Volume, None, _) => Some((Self::Volume, tally.mentions)),
            (SubjectKind::Volume, Some(Intent::Complaint), _) => Some((Self::Complaints, tally.mentions)),
            (SubjectKind::Theme, intent, Some(theme)) => {
                let theme = ThemeId::from(theme.as_str());
                let safety = book.theme(&theme).is_some_and(|theme| theme.safety);
                let count = match intent {
                    Some(Intent::Complaint) => tally.mentions,
                    Some(Intent::Praise | Intent::Noise) => 0,
                    _ if safety => tally.mentions,
                    _ => tally.negative,
                };
                Some((Self::Theme(theme), count))
            }
            _ => None,
        }
    }

    /// The series' key among those of its brand.
    pub(super) fn key(&self, brand: &str) -> String {
        match self {
            Self::Volume => format!("{brand}/volume"),
            Self::Complaints => format!("{brand}/complaints"),
            Self::Theme(theme) => format!("{brand}/theme/{theme}"),
        }
    }

    /// The theme of a theme's series.
    pub(super) fn theme(&self) -> Option<&ThemeId> {
        match self {
            Self::Theme(theme) => Some(theme),
            _ => None,
        }
    }

    /// The name that an incident's id is made from.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Volume => "volume",
            Self::Complaints => "complaints",
            Self::Theme(theme) => theme.as_str(),
        }
    }
}
