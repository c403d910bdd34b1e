//! Reads how the book bears on judgements: costs of answers, shares of tones, and rules of harm with the sentences that test them.

use super::keys::{COST, COSTS, HARM_RULE, TONES};
use super::names::Kind;
use super::reader::{Item, Object, Reader};
use super::response::HARM;
use super::scalar::Range;
use crate::judging::{Cost, Costs, HarmRule, Tones};

/// More than this is no cost, but a slip of the finger.
const DEAREST: f64 = 1_000_000.0;
/// How sure the words of a rule are, where the book does not say.
const CONFIDENCE: f64 = 0.8;

impl Reader {
    pub(super) fn costs(&mut self, item: &Item<'_>) -> Option<Costs> {
        let object = self.object(item, COSTS)?;
        let mut costs = Costs::default();
        for (key, cost) in [
            ("sentiment", &mut costs.sentiment),
            ("intent", &mut costs.intent),
            ("emotion", &mut costs.emotion),
            ("offensive", &mut costs.offensive),
            ("hate", &mut costs.hate),
        ] {
            if let Some(said) = object.get(key).cloned().and_then(|item| self.cost(&item)) {
                *cost = said;
            }
        }
        Some(costs)
    }

    fn cost(&mut self, item: &Item<'_>) -> Option<Cost> {
        let object = self.object(item, COST)?;
        let wrong = self.number(&object, "wrong", Range::Above(0.0, DEAREST));
        let unsure = self.number(&object, "unsure", Range::From(0.0, DEAREST));
        let (wrong, unsure) = (wrong?, unsure?);
        if unsure > wrong {
            let problem = format!("to give no answer costs {unsure}, more than a wrong one, which costs {wrong}");
            self.fail(&item.place, problem, "write the same cost twice where any answer is better than none");
            return None;
        }
        Some(Cost { wrong, unsure })
    }

    pub(super) fn tones(&mut self, item: &Item<'_>) -> Option<Tones> {
        let object = self.object(item, TONES)?;
        let mut share = |key| self.number(&object, key, Range::Inside01);
        let (negative, neutral, positive) = (share("negative"), share("neutral"), share("positive"));
        let (negative, neutral, positive) = (negative?, neutral?, positive?);
        let sum = negative + neutral + positive;
        if (sum - 1.0).abs() > 0.01 {
            self.fail(&item.place, format!("the shares add up to {sum:.2}"), "write shares that add up to 1");
            return None;
        }
        Some(Tones { negative, neutral, positive })
    }

    pub(super) fn harm_rule(&mut self, item: &Item<'_>) -> Option<HarmRule> {
        let object = self.object(item, HARM_RULE)?;
        let id = self.id(&object, Kind::HarmRule);
        let class = object.get("class").cloned().and_then(|item| self.word(&item, &HARM));
        let any = self.some_phrases(&object, "any");
        let none = self.phrases(&object, "none");
        let confidence = self.number(&object, "confidence", Range::Share);
        let finds = self.some_sentences(&object, "finds");
        let passes = self.some_sentences(&object, "passes");
        let confidence = confidence.unwrap_or(CONFIDENCE);
        Some(HarmRule { id: id?, class: class?, any, none, confidence, finds, passes })
    }

    fn some_sentences(&mut self, object: &Object<'_>, key: &str) -> Vec<String> {
        let sentences: Vec<String> = self.texts_at(object, key).into_iter().map(|(text, _)| text.to_owned()).collect();
        if let (true, Some(item)) = (sentences.is_empty(), object.get(key)) {
            self.fail(&item.place, "there is no sentence", "write at least one");
        }
        sentences
    }
}

#[cfg(test)]
mod tests {
    use crate::{Costs, load};

    const BOOK: &str = "
name: Nova
brands: [{id: nova, name: Nova, names: [nova mobile], owner: care}]
teams: [{id: care, name: Care}]
default_team: care
";

    fn mistakes(more: &str) -> Vec<String> {
        let files = [("book.yaml".to_owned(), format!("{BOOK}{more}"))];
        load(&files).map(|_| Vec::new()).unwrap_or_else(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_a_book_does_not_say_costs_what_it_costs_everybody() {
        let files = [("book.yaml".to_owned(), format!("{BOOK}costs: {{sentiment: {{wrong: 4, unsure: 1}}}}\n"))];
        let costs = load(&files).unwrap().costs;
        assert!((costs.sentiment.sure_from() - 0.75).abs() < 1e-9);
        assert_eq!(costs.hate, Costs::default().hate);
    }

    #[test]
    fn every_mistake_says_what_to_do() {
        for (more, said) in [
            ("costs: {sentimnet: {wrong: 4, unsure: 1}}", "sentiment"),
            ("costs: {sentiment: {wrong: 4}}", "what it costs to give none"),
            ("costs: {sentiment: {wrong: 4, unsure: 5}}", "more than a wrong one"),
            ("costs: {sentiment: {wrong: 0, unsure: 0}}", "above 0"),
            ("costs: {sentiment: {wrong: 1, unsure: -1}}", "from 0"),
            ("harm: [{id: a, class: leek, any: [gate code], finds: [x], passes: [y]}]", "leak"),
            ("harm: [{id: a, class: leak, any: [gate code], finds: [x]}]", "seems like it and is none"),
            ("harm: [{id: a, class: leak, any: [gate code], finds: [], passes: [y]}]", "there is no sentence"),
        ] {
            let found = mistakes(more);
            assert!(found.len() == 1 && found[0].contains(said), "{more}: {found:?}");
        }
        let tones = |shares: &str| mistakes(&BOOK.replace("owner: care", &format!("tones: {{{shares}}}, owner: care")));
        assert!(!tones("negative: 0.5, neutral: 0.5, positive: 0.5").is_empty());
    }
}
