//! A head whose labels are themes of the book decides together with the book's rules: a few hundred labels refine them, and do not
//! forget what the book says.

use book::Book;
use classify::model::{Answer, Kind};
use events::{Classification, ThemeFinding};

/// How much the head's logarithm counts.
const HEAD: f64 = 0.7;
/// What a theme that was found adds to the logarithm, for each part of its confidence, and what the main theme adds beside. Chosen on
/// development rows of the airline reasons, where any values near these measure alike.
const FOUND: f64 = 0.5;
const MAIN: f64 = 1.0;

/// The answer with the themes of the record beside it; as it is, where its labels are other things than the book's themes.
pub(super) fn beside<'m>(answer: Answer<'m>, judged: &Classification, book: &Book) -> Answer<'m> {
    let is_theme = |label: &String| book.themes.iter().any(|theme| theme.id.as_str() == label);
    if answer.head.kind != Kind::OneOf || !answer.head.labels.iter().all(is_theme) {
        return answer;
    }
    let weight = |label: &str, probability: f64| {
        let found = |theme: &&ThemeFinding| theme.id.as_str() == label;
        let confidence = judged.themes.iter().find(found).map_or(0.0, |theme| theme.confidence);
        let main = judged.main_theme.as_ref().is_some_and(|main| main.as_str() == label);
        probability.max(1e-4).powf(HEAD) * (FOUND * confidence + if main { MAIN } else { 0.0 }).exp()
    };
    let weights: Vec<f64> =
        answer.head.labels.iter().zip(&answer.probabilities).map(|(label, known)| weight(label, *known)).collect();
    let all: f64 = weights.iter().sum();
    let probabilities: Vec<f64> = weights.into_iter().map(|weight| weight / all).collect();
    let together = Answer { probabilities, label: None, ..answer };
    let best = together.best();
    let sure = together.probabilities.get(best).is_some_and(|best| *best >= together.head.unsure_below);
    Answer { label: sure.then_some(best), ..together }
}
