//! What a book may say and probably does not mean.

use std::collections::{BTreeMap, BTreeSet};

use events::Intent;

use crate::model::{Book, Condition, Theme};
use crate::phrases::FoldedText;

/// Warnings, each a sentence: themes that nobody routes, phrases in two themes, teams without work. None of them keeps a book from use.
pub fn lint(book: &Book) -> Vec<String> {
    let mut warnings = unrouted_themes(book);
    warnings.extend(shared_phrases(book));
    warnings.extend(idle_teams(book));
    warnings
}

/// Themes for which only the default team is left. A route without themes takes in every theme of its brands.
fn unrouted_themes(book: &Book) -> Vec<String> {
    let routed = |theme: &Theme| book.routes.iter().any(|route| takes(&route.when, theme));
    let unrouted = book.themes.iter().filter(|theme| !routed(theme));
    unrouted
        .map(|theme| {
            format!("no route takes theme `{}`: its cases go to the default team `{}`", theme.id, book.default_team)
        })
        .collect()
}

/// Whether complaints about the theme can meet the condition. One that asks for harm, sources or hours is for special cases only.
fn takes(when: &Condition, theme: &Theme) -> bool {
    let special =
        !when.harm.is_empty() || !when.sources.is_empty() || when.min_severity.is_some() || when.hours.is_some();
    let special = special || !when.languages.is_empty() || when.intents == [Intent::Purchase];
    let themes = when.themes.contains(&theme.id) || (when.themes.is_empty() && !special && !when.intents.is_empty());
    let brands = when.brands.is_empty()
        || theme.brands.is_empty()
        || theme.brands.iter().any(|brand| when.brands.contains(brand));
    themes && brands
}

/// Phrases that mean two themes of one brand.
fn shared_phrases(book: &Book) -> Vec<String> {
    let mut themes_of: BTreeMap<String, Vec<&Theme>> = BTreeMap::new();
    for theme in &book.themes {
        let phrases: BTreeSet<String> =
            theme.any.iter().map(|phrase| FoldedText::new(phrase).as_str().to_owned()).collect();
        for phrase in phrases {
            themes_of.entry(phrase).or_default().push(theme);
        }
    }
    let mut warnings = Vec::new();
    for (phrase, themes) in &themes_of {
        for (i, theme) in themes.iter().enumerate() {
            for other in themes.iter().skip(i + 1).filter(|other| share_a_brand(theme, other)) {
                warnings.push(format!("the phrase `{phrase}` is in theme `{}` and in theme `{}`", theme.id, other.id));
            }
        }
    }
    warnings
}

fn share_a_brand(a: &Theme, b: &Theme) -> bool {
    a.brands.is_empty() || b.brands.is_empty() || a.brands.iter().any(|brand| b.brands.contains(brand))
}

/// Teams that no route, theme or brand names.
fn idle_teams(book: &Book) -> Vec<String> {
    let routed = book.routes.iter().map(|route| route.team.as_str());
    let owners = book.themes.iter().filter_map(|theme| theme.owner.as_deref());
    let brands = book.brands.iter().map(|brand| brand.owner.as_str());
    let busy: BTreeSet<&str> = routed.chain(owners).chain(brands).chain([book.default_team.as_str()]).collect();
    let idle = book.teams.iter().filter(|team| !busy.contains(team.id.as_str()));
    idle.map(|team| format!("the team `{}` has nothing to do: no route, theme or brand names it", team.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = r"
name: Nova
brands: [{id: nova, name: Nova, names: [nova mobile], owner: care}, {id: tern, name: Tern, names: [tern bank], owner: care}]
teams: [{id: care, name: Care}, {id: idle, name: Idle}]
themes:
  - {id: bill, name: Bills, brands: [nova], any: [my bill, Roaming], owner: care}
  - {id: abroad, name: Abroad, any: [roaming], owner: care}
  - {id: fees, name: Fees, brands: [tern], any: [my bill], owner: care}
default_team: care
routes: [{id: bills, when: {themes: [bill]}, team: care}, {id: tern, when: {brands: [tern], intents: [complaint]}, team: care}]
";

    fn warnings(text: &str) -> Vec<String> {
        lint(&crate::load(&[("book.yaml".into(), text.into())]).unwrap())
    }

    #[test]
    fn unrouted_themes_shared_phrases_and_idle_teams_are_named() {
        assert_eq!(
            warnings(&BOOK.replace("brands: [tern], intents: [complaint]", "harm: [threat]")),
            [
                "no route takes theme `abroad`: its cases go to the default team `care`",
                "no route takes theme `fees`: its cases go to the default team `care`",
                "the phrase `roaming` is in theme `bill` and in theme `abroad`",
                "the team `idle` has nothing to do: no route, theme or brand names it",
            ]
        );
    }

    #[test]
    fn a_route_by_brand_and_intent_takes_the_themes_of_the_brand() {
        let warnings = warnings(BOOK);
        assert!(!warnings.iter().any(|warning| warning.contains("no route takes")), "{warnings:?}");
    }

    #[test]
    fn themes_of_different_brands_may_share_a_phrase() {
        assert!(!warnings(BOOK).iter().any(|warning| warning.contains("my bill")));
    }
}
