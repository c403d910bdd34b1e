//! The sentences that test a book's own rules of harm.

use std::sync::Arc;

use book::{Book, HarmRule};
use events::HarmFinding;

use crate::judge::{Baseline, Judge, Situation, counts};
use crate::lexicon::LexiconError;

/// Sentences of the book that its rules judge otherwise than it says, each as a sentence for people.
///
/// # Errors
/// A phrase of the book cannot be used.
pub fn misjudged(book: &Arc<Book>) -> Result<Vec<String>, LexiconError> {
    if book.harm.is_empty() {
        return Ok(Vec::new());
    }
    let judge = Baseline::new(book.clone())?;
    let situation = Situation { language: "en", ..Situation::default() };
    let found = |rule: &HarmRule, text: &String| {
        let own = |finding: &HarmFinding| {
            finding.class == rule.class && finding.subclass.as_ref() == Some(&rule.id) && counts(finding)
        };
        judge.judge(text, &situation).classification.harm.iter().any(own)
    };
    let mut misjudged = Vec::new();
    for rule in &book.harm {
        let id = &rule.id;
        let missed = rule.finds.iter().filter(|text| !found(rule, text));
        misjudged.extend(missed.map(|text| format!("the rule of harm `{id}` does not find `{text}`")));
        let alarmed = rule.passes.iter().filter(|text| found(rule, text));
        misjudged.extend(alarmed.map(|text| format!("the rule of harm `{id}` finds `{text}`, which should pass")));
    }
    Ok(misjudged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = "
name: Skyline
brands: [{id: skyline, name: Skyline, names: [skyline air], owner: care}]
teams: [{id: care, name: Care}]
default_team: care
harm:
  - id: gate_code
    class: leak
    any: [gate code, crew door code]
    none: [gate code changed]
    finds: [the gate code is 4411, 'crew door code, anyone? it is 0000']
    passes: [why has the gate code changed again]
";

    fn misjudged_in(text: &str) -> Vec<String> {
        let book = book::load(&[("book.yaml".to_owned(), text.to_owned())]).unwrap();
        misjudged(&Arc::new(book)).unwrap()
    }

    #[test]
    fn a_rule_of_the_book_finds_and_passes_what_it_says() {
        assert_eq!(misjudged_in(BOOK), Vec::<String>::new());
    }

    #[test]
    fn a_sentence_that_is_judged_otherwise_is_named() {
        let found = misjudged_in(&BOOK.replace("none: [gate code changed]", "none: [door code]"));
        assert_eq!(
            found,
            [
                "the rule of harm `gate_code` does not find `crew door code, anyone? it is 0000`",
                "the rule of harm `gate_code` finds `why has the gate code changed again`, which should pass",
            ]
        );
    }

    #[test]
    fn a_rule_that_is_too_unsure_to_count_finds_nothing() {
        let found = misjudged_in(&BOOK.replace("class: leak", "class: leak\n    confidence: 0.4"));
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
