//! How surely a text is about a brand. Few numbers, and each says what it is for.

use events::TextSpan;

/// A name that is sure by itself.
const NAME: f64 = 0.95;
/// A name that also means other things, with one word of the brand's world; each further word adds a little.
const IN_CONTEXT: f64 = 0.7;
const MORE_CONTEXT: f64 = 0.05;
const MOST_CONTEXT: f64 = 0.9;
/// Such a name in a text that also speaks of the other thing.
const DISPUTED: f64 = 0.4;
/// Such a name by itself.
const ALONE: f64 = 0.3;
/// Such a name where only the other thing is spoken of.
const OTHER_THING: f64 = 0.08;
/// A tracking rule that holds: whoever wrote it meant this brand.
const RULED: f64 = 0.6;
/// A product that only this brand has, by a telling name; by a word that others use too.
const PRODUCT: f64 = 0.5;
const COMMON_PRODUCT: f64 = 0.2;

/// What speaks for and against a brand.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    pub(super) certain: bool,
    /// Whether all of it is enough.
    pub(super) about: bool,
    /// A name of the brand was found, sure or ambiguous.
    pub(super) named: bool,
    sure: bool,
    pub(super) context: u32,
    pub(super) false_friends: u32,
    pub(super) ruled: bool,
    telling_product: bool,
    any_product: bool,
    /// The words that named it.
    pub(super) spans: Vec<TextSpan>,
}

impl Evidence {
    pub(super) fn name(&mut self, span: TextSpan) {
        self.named = true;
        self.sure = true;
        self.stands(span);
    }

    pub(super) fn ambiguous(&mut self, span: TextSpan) {
        self.named = true;
        self.stands(span);
    }

    /// A word that names it stands there. Of words within each other the longest says it: `nova` inside `nova mobile`.
    fn stands(&mut self, span: TextSpan) {
        let within = |inner: TextSpan, outer: TextSpan| outer.start <= inner.start && inner.end <= outer.end;
        if !self.spans.iter().any(|known| within(span, *known)) {
            self.spans.retain(|known| !within(*known, span));
            self.spans.push(span);
        }
    }

    pub(super) fn product(&mut self, telling: bool, span: TextSpan) {
        self.any_product = true;
        if telling {
            self.telling_product = true;
            self.stands(span);
        }
    }
}

/// How surely a text with this evidence is about the brand, 0 to 1.
pub(super) fn confidence(evidence: &Evidence) -> f64 {
    if evidence.sure {
        return NAME;
    }
    let context = evidence.context + u32::from(evidence.any_product);
    let by_name = match (evidence.named, context, evidence.false_friends) {
        (false, _, _) => 0.0,
        (true, 0, 0) => ALONE,
        (true, 0, _) => OTHER_THING,
        // Rounded to hundredths, as every confidence is given.
        (true, more, 0) => {
            ((IN_CONTEXT + MORE_CONTEXT * f64::from(more - 1)).min(MOST_CONTEXT) * 100.0).round() / 100.0
        }
        (true, more, others) if more > others => IN_CONTEXT,
        (true, _, _) => DISPUTED,
    };
    if evidence.false_friends > 0 && evidence.named {
        return by_name;
    }
    let by_product = match (evidence.telling_product, evidence.any_product) {
        (true, _) => PRODUCT,
        (false, true) => COMMON_PRODUCT,
        (false, false) => 0.0,
    };
    let by_rule = if evidence.ruled { RULED } else { 0.0 };
    by_name.max(by_product).max(by_rule)
}
