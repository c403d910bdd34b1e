//! How a book bears on judgements: when to say nothing, how often a brand hears what, and what is harm to it.

use events::HarmClass;
use serde::Serialize;

/// What answers cost, question by question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Costs {
    /// Negative, neutral or positive.
    pub sentiment: Cost,
    /// What the author wants.
    pub intent: Cost,
    /// What the author feels.
    pub emotion: Cost,
    /// Whether it offends.
    pub offensive: Cost,
    /// Whether it hates.
    pub hate: Cost,
}

/// What an answer costs if it is wrong, and what it costs to give none: in any unit, for only their ratio counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cost {
    /// A wrong answer, above 0.
    pub wrong: f64,
    /// None, 0 to the cost of a wrong one.
    pub unsure: f64,
}

impl Cost {
    /// The probability from which an answer costs no more than none: 0 to 1.
    pub fn sure_from(self) -> f64 {
        1.0 - self.unsure / self.wrong
    }
}

impl Default for Costs {
    fn default() -> Self {
        // Of several labels the likeliest may well have less than one half; of yes and no the likelier has more.
        let several = Cost { wrong: 20.0, unsure: 11.0 };
        let yes_no = Cost { wrong: 20.0, unsure: 9.0 };
        Self { sentiment: several, intent: several, emotion: several, offensive: yes_no, hate: yes_no }
    }
}

impl Costs {
    /// Whether a book need not say so.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Shares of mentions by tone, each above 0, adding up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tones {
    /// Negative.
    pub negative: f64,
    /// Neutral.
    pub neutral: f64,
    /// Positive.
    pub positive: f64,
}

/// Words that are harm to the brands of a book, with sentences that test them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HarmRule {
    /// Its id, which is the subclass of what it finds; unique in the book.
    pub id: String,
    /// The class of what it finds.
    pub class: HarmClass,
    /// Phrases of which one must occur.
    pub any: Vec<String>,
    /// Look-alikes: where one of these touches a phrase, the phrase does not count. It holds for all rules of the class.
    pub none: Vec<String>,
    /// How sure the words are by themselves, above 0 and at most 1. From one half on they count for severity and lane.
    pub confidence: f64,
    /// Sentences in which the harm must be found.
    pub finds: Vec<String>,
    /// Sentences that seem like it, in which it must not be found.
    pub passes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_given_from_where_both_cost_the_same() {
        assert!((Cost { wrong: 10.0, unsure: 2.5 }.sure_from() - 0.75).abs() < 1e-9);
        assert!(Cost { wrong: 3.0, unsure: 3.0 }.sure_from().abs() < 1e-9, "then any answer is better than none");
        assert!((Cost { wrong: 1.0, unsure: 0.0 }.sure_from() - 1.0).abs() < 1e-9, "then only what is certain is said");
        assert!((Costs::default().sentiment.sure_from() - 0.45).abs() < 1e-9);
    }
}
