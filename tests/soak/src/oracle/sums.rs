//! The sums of tallies against the sums over marked records, counted apart from the stages.

use std::collections::BTreeMap;

use events::{AuthorRole, Clamped, ClassifiedMention, EnrichedMention, Enrichment, Mention, SubjectKind, Tally};

/// What is summed: brand, subject and minute, and the intent where it is counted by intent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Of {
    brand: String,
    subject: String,
    intent: String,
    minute: i64,
}

/// Differences that are not zero: marked records less tallies.
#[derive(Debug, Default)]
pub(super) struct Sums(BTreeMap<Of, i64>);

const MINUTE: i64 = 60_000;

impl Sums {
    /// A tally of either stage.
    pub(super) fn tally(&mut self, tally: &Tally) {
        let subject = match (tally.subject_kind, &tally.subject) {
            (SubjectKind::Volume, _) => "volume".to_owned(),
            (SubjectKind::Theme, Some(theme)) => format!("theme {theme}"),
            _ => return,
        };
        let intent = match tally.subject_kind {
            SubjectKind::Volume => format!("{:?}", tally.intent),
            _ => String::new(),
        };
        self.add(tally.brand.as_str(), subject, intent, tally.minute.millis(), -tally.mentions);
    }

    /// What enrich passed on: the volume of its brands.
    pub(super) fn enriched(&mut self, record: &EnrichedMention) {
        let EnrichedMention { mention, enrichment } = record;
        if is_counted(mention, enrichment) {
            for brand in &enrichment.brands {
                let intent = format!("{:?}", None::<events::Intent>);
                self.add(brand.id.as_str(), "volume".to_owned(), intent, mention.event_time.millis(), 1);
            }
        }
    }

    /// What classify passed on: its intent, where it has one, and its themes.
    pub(super) fn classified(&mut self, record: &ClassifiedMention) {
        let ClassifiedMention { mention, enrichment, classification } = record;
        if !is_counted(mention, enrichment) {
            return;
        }
        let at = mention.event_time.millis();
        for brand in &enrichment.brands {
            if classification.intent.label.is_some() {
                let intent = format!("{:?}", classification.intent.label);
                self.add(brand.id.as_str(), "volume".to_owned(), intent, at, 1);
            }
        }
        for theme in &classification.themes {
            let subject = format!("theme {}", theme.id.as_str());
            self.add(theme.brand.as_str(), subject, String::new(), at, 1);
        }
    }

    /// What does not come to zero.
    pub(super) fn wrong(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|(of, left)| format!("tallies of {of:?} differ from marked records by {left}"))
    }

    fn add(&mut self, brand: &str, subject: String, intent: String, at: i64, by: i64) {
        let of = Of { brand: brand.to_owned(), subject, intent, minute: at.div_euclid(MINUTE) };
        let sum = self.0.entry(of.clone()).or_default();
        *sum += by;
        if *sum == 0 {
            self.0.remove(&of);
        }
    }
}

fn is_counted(mention: &Mention, enrichment: &Enrichment) -> bool {
    let own_voice = mention.from_brand || enrichment.author_role == AuthorRole::Brand;
    enrichment.first && mention.clamped == Clamped::No && !own_voice
}
