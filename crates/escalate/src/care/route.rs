//! Which team gets a case, and which policy sets its clock: the first rule of the book that matches.

use book::{Book, ClockPolicy, Condition};
use events::{BrandId, EventTime, HarmClass, ThemeId};

use super::heard::HarmFinding;
use super::said::Asks;

/// What a condition is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matter<'a> {
    pub(super) brand: &'a BrandId,
    pub(super) asks: &'a Asks,
}

/// The queue of a matter and why.
pub(super) fn route(book: &Book, matter: Matter<'_>) -> (String, String) {
    let mut fitting = book.routes.iter().filter(|rule| fits(&rule.when, matter));
    let Some(first) = fitting.next() else {
        return (book.default_team.clone(), "no route matches: default team".to_owned());
    };
    let why = reasons(&first.when, matter);
    // Put together piece by piece, here and below: every case that opens says this, and the formatting machinery takes thrice as long.
    let reason = match fitting.next() {
        Some(next) => ["route `", &first.id, "`: ", &why, "; runner-up `", &next.id, "`"].concat(),
        None => ["route `", &first.id, "`: ", &why].concat(),
    };
    (first.team.clone(), reason)
}

/// The clock policy of a matter.
pub(super) fn clock<'a>(book: &'a Book, matter: Matter<'_>) -> Option<&'a ClockPolicy> {
    book.clocks.iter().find(|policy| fits(&policy.when, matter))
}

fn fits(when: &Condition, matter: Matter<'_>) -> bool {
    let Matter { brand, asks } = matter;
    (when.brands.is_empty() || when.brands.contains(brand))
        && (when.intents.is_empty() || when.intents.contains(&asks.intent))
        && (when.themes.is_empty() || asks.theme.as_ref().is_some_and(|theme| when.themes.contains(theme)))
        && (when.harm.is_empty() || asks.harm.iter().any(|class| when.harm.contains(class)))
        && (when.languages.is_empty() || when.languages.iter().any(|tag| speaks(&asks.language, tag)))
        && (when.sources.is_empty() || when.sources.contains(&asks.source))
        && when.min_severity.is_none_or(|least| asks.severity >= least)
        && when.owned.is_none_or(|owned| asks.owned == owned)
        && when.hours.is_none_or(|hours| within(asks.received_at, hours))
}

/// `de` covers `de` and `de-AT`.
fn speaks(language: &str, tag: &str) -> bool {
    language.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Whether a time lies in these hours of the day in UTC; `22 to 6` goes over midnight.
fn within(at: EventTime, (from, to): (u8, u8)) -> bool {
    let hour = (at.hour_of_week() % 24) as u8;
    if from <= to { (from..to).contains(&hour) } else { hour >= from || hour < to }
}

/// What a condition asked for, in words.
fn reasons(when: &Condition, matter: Matter<'_>) -> String {
    let Matter { brand, asks } = matter;
    let mut parts: Vec<String> = Vec::new();
    let mut name = |condition: bool, kind: &str, value: &str| {
        if condition {
            parts.push([kind, value].concat());
        }
    };
    name(!when.brands.is_empty(), "brand ", brand.as_str());
    name(!when.intents.is_empty(), "intent ", asks.intent.name());
    name(!when.themes.is_empty(), "theme ", asks.theme.as_ref().map_or("none", ThemeId::as_str));
    let harm = asks.harm.iter().find(|class| when.harm.contains(class));
    name(harm.is_some(), "harm ", harm.map_or("none", |class| class.name()));
    name(!when.languages.is_empty(), "language ", &asks.language);
    name(!when.sources.is_empty(), "source ", &asks.source);
    if let Some(least) = when.min_severity {
        parts.push(format!("severity {} of at least {least}", asks.severity));
    }
    if let Some(owned) = when.owned {
        parts.push(if owned { "owned channel".into() } else { "not an owned channel".into() });
    }
    if let Some((from, to)) = when.hours {
        parts.push(format!("between {from} and {to} UTC"));
    }
    if parts.is_empty() { "matches everything".to_owned() } else { parts.join(", ") }
}

/// From this confidence a finding of harm is acted on; below, it is only on the record: news, jokes, denials.
const ACTED_ON: f64 = 0.5;

/// The classes of harm that count.
pub(super) fn counted(findings: &[HarmFinding]) -> impl Iterator<Item = HarmClass> {
    findings.iter().filter(|finding| finding.confidence >= ACTED_ON).map(|finding| finding.class)
}

/// Whether harm of a class, where it counts, opens a case whatever its author wants.
pub(super) fn opens(class: HarmClass) -> bool {
    !matches!(class, HarmClass::Hate | HarmClass::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_go_over_midnight_and_end_before_their_end() {
        let at = |text: &str| EventTime::parse(text).unwrap();
        assert!(within(at("2026-11-02T23:00:00Z"), (22, 6)));
        assert!(within(at("2026-11-02T05:59:59Z"), (22, 6)));
        assert!(!within(at("2026-11-02T06:00:00Z"), (22, 6)));
        assert!(within(at("2026-11-02T06:00:00Z"), (6, 22)));
    }

    #[test]
    fn a_language_covers_its_regions_and_no_other_language() {
        assert!(speaks("de-AT", "de") && speaks("de", "de"));
        assert!(!speaks("den", "de") && !speaks("en", "de"));
    }
}
