//! The weights that come with the program.

use std::sync::OnceLock;

use super::Model;

const BYTES: &[u8] = include_bytes!("../../weights/shipped.model");

/// The model that comes with the program, read and verified when first asked for.
pub fn shipped() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "a test reads the same bytes: a build with others does not pass")]
    MODEL.get_or_init(|| Model::read(BYTES).expect("the weights in the program are whole"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_are_whole_small_and_made_of_what_may_be_passed_on() {
        let model = shipped();
        assert!(BYTES.len() < 3 << 20, "{} bytes", BYTES.len());
        assert_eq!(model.card().name, "shipped");
        let learnt = model.card().data.iter().filter(|set| set.trained > 0).collect::<Vec<_>>();
        assert!(!learnt.is_empty() && learnt.iter().all(|set| set.ship), "{learnt:?}");
        for head in &model.card().heads {
            // Of emotions, whose rare labels are to be found as well as the frequent ones, it is 0.057.
            assert!(head.measured["calibration_error"] <= 0.06, "{}: {:?}", head.name, head.measured);
        }
    }

    #[test]
    fn plain_words_are_judged_as_anybody_would() {
        let said = |text: &str, head: &str| {
            let answers = shipped().answers(text);
            answers.into_iter().find(|answer| answer.head.name == head).and_then(|answer| answer.name())
        };
        for (text, head, label) in [
            ("I love this, thank you so much, best day ever", "sentiment", "positive"),
            ("this is the worst service I have ever seen, I hate it", "sentiment", "negative"),
            ("the meeting is on Tuesday at ten in Leeds", "sentiment", "neutral"),
            ("I am so sad and lonely tonight", "emotion", "sadness"),
            ("this makes me furious, I am so angry", "emotion", "anger"),
            ("shut up you stupid bitch", "offensive", "offensive"),
            ("what a lovely garden you have", "offensive", "not-offensive"),
        ] {
            assert_eq!(said(text, head), Some(label), "{text}: {head}");
        }
    }
}
