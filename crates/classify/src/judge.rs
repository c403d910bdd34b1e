//! What every judge of mentions can do, and the baseline: rules and a lexicon, and beside them a model where one is given.
//!
//! Stage and commands see only the trait.

use std::sync::Arc;

use book::phrases::FoldedText;
use book::{Book, Tones};
use events::{
    AuthorRole, BrandId, Classification, EmotionFinding, HarmFinding, Intent, IntentFinding, Sentiment, Severity,
    TextSpan, Tone,
};

use crate::decide::register::Register;
use crate::decide::severity::{Grounds, severity};
use crate::decide::{brands, harm, hundredths, intensity, intent, sentiment, themes, tone, wants};
use crate::lexicon::{Cue, Lexicon, LexiconError, Meaning, RULES_VERSION};
use crate::model::{Answer, Model};
use crate::reading::{Hit, Reading};
use crate::terms::terms;

/// What is known of a mention besides its text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Situation<'a> {
    /// BCP 47 tag of the language; `und` counts as English.
    pub language: &'a str,
    /// Brands that it is about, surest first. Only their themes are looked for.
    pub brands: &'a [&'a BrandId],
    /// Where each of `brands` is named, in the same order; empty when nobody says.
    pub brand_spans: &'a [&'a [TextSpan]],
    /// Whether a link names its author as a customer.
    pub linked: bool,
    /// Whether it was said to the brand alone or on a page of its own.
    pub to_brand: bool,
    /// Whether it is an article rather than somebody speaking to the brand.
    pub article: bool,
    /// What the author is to the brand.
    pub role: AuthorRole,
    /// The author's followers or the reach that the source states; `None` when nobody says.
    pub reach: Option<i64>,
    /// Whether the platform vouches for the author.
    pub verified: bool,
}

/// What a judge makes of a mention.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The record's part.
    pub classification: Classification,
    /// A few informative words, for the drivers of an incident: no handles, numbers or names.
    pub terms: Vec<String>,
}

/// Judges one mention at a time, always in the same way.
pub trait Judge: Send + Sync {
    /// Judges `text`.
    fn judge(&self, text: &str, situation: &Situation<'_>) -> Judgement;

    /// Where the own words of one of `brands` hold phrases that its book asks to avoid.
    fn to_avoid(&self, text: &str, brands: &[&BrandId]) -> Vec<TextSpan>;
}

/// The baseline: rules and a lexicon of this project's own, and the phrases of the book.
#[derive(Debug)]
pub struct Baseline {
    book: Arc<Book>,
    lexicon: Lexicon,
    model: Option<&'static Model>,
    /// How much likelier each tone is with a brand of the book, by index, than where the head was measured. Empty where no brand says.
    tilts: Vec<Tones>,
    /// What decided, as records carry it.
    version: String,
}

impl Baseline {
    /// The baseline for `book`.
    ///
    /// # Errors
    /// A table of the lexicon or a phrase of the book cannot be used.
    pub fn new(book: Arc<Book>) -> Result<Self, LexiconError> {
        let lexicon = Lexicon::new(&book)?;
        Ok(Self { book, lexicon, model: None, tilts: Vec::new(), version: RULES_VERSION.to_owned() })
    }

    /// The same with a model's sentiment beside the lexicon's. Intents, themes and harms stay with the rules, which are better there.
    #[must_use]
    pub fn with_model(self, model: &'static Model) -> Self {
        let tilts = sentiment::tilts(&self.book);
        Self { version: format!("{RULES_VERSION}+{}", model.id()), model: Some(model), tilts, ..self }
    }

    /// The tilt of the first of the brands.
    fn tilt(&self, brands: &[&BrandId]) -> Tones {
        let first = brands.first().filter(|_| !self.tilts.is_empty());
        let at = first.and_then(|id| self.book.brands.iter().position(|brand| brand.id == **id));
        at.and_then(|at| self.tilts.get(at)).copied().unwrap_or(sentiment::UPRIGHT)
    }

    fn grounds<'a>(
        &self,
        reading: &Reading<'_>,
        situation: &Situation<'_>,
        judged: &'a Classification,
        loud: &intensity::Intensity,
    ) -> Grounds<'a> {
        let themes = judged.themes.iter().filter(|theme| theme.polarity != Some(Tone::Positive));
        let points = themes.filter_map(|found| self.book.theme(&found.id).map(|theme| (found.id.as_str(), theme)));
        let theme = points.map(|(id, theme)| (id, theme.points, theme.safety));
        Grounds {
            negative: reading.english.then_some(judged.sentiment.negative),
            intent: judged.intent.label,
            harm: gravest(&judged.harm).map(|finding| (finding.class, finding.rule.as_str())),
            theme: theme.reduce(|best, other| if points_of(other) > points_of(best) { other } else { best }),
            legal: reading.says(Cue::Legal),
            profanity: loud.profanity,
            intensity: loud.points,
            reach: situation.reach,
            verified: situation.verified || situation.role == AuthorRole::Press,
        }
    }
}

fn points_of(theme: (&str, i64, bool)) -> i64 {
    theme.1 + if theme.2 { 20 } else { 0 }
}

/// The gravest harm that is sure enough to count.
pub(crate) fn gravest(harm: &[HarmFinding]) -> Option<&HarmFinding> {
    harm.iter().find(|finding| counts(finding))
}

/// Whether a harm is sure enough to count for severity, lane and register.
pub(crate) fn counts(finding: &HarmFinding) -> bool {
    finding.confidence >= harm::COUNTS_FROM
}

impl Judge for Baseline {
    fn judge(&self, text: &str, situation: &Situation<'_>) -> Judgement {
        let folded = FoldedText::new(text);
        let reading = Reading::new(text, &folded, &self.lexicon, english(situation.language));
        let toned = tone::toned(&reading);
        let sarcastic = tone::sarcastic(&reading, &toned);
        let loud = intensity::intensity(&reading, &self.lexicon);
        let costs = &self.book.costs;
        let sentiment = sentiment::sentiment(&reading, &toned, &loud, sarcastic, costs.sentiment.sure_from());
        let candidates = themes::candidates(&reading, &self.book, situation.brands);
        // "b0mb", "k i l l": what is hidden from readers like this one is read as it is meant, for harm alone.
        let unmasked = FoldedText::unmasked(text);
        let unmasked = unmasked.as_ref().map(|folded| Reading::new(text, folded, &self.lexicon, reading.english));
        let harm = harm::harm(unmasked.as_ref().unwrap_or(&reading), situation.role, sentiment.positive);
        let register = Register::of(&reading, &toned, &harm, themes::of_safety(&reading, &candidates));
        let grounds = intent::Grounds {
            sentiment: &sentiment,
            directed: directed(&reading, situation),
            theme: !candidates.is_empty(),
            trouble_theme: candidates.iter().any(themes::Candidate::is_trouble),
            sarcastic,
            addressed: situation.to_brand || text.contains('@'),
            register: &register,
            sure_from: costs.intent.sure_from(),
        };
        let intent = intent::intent(&reading, &toned, grounds);
        let themes = themes::findings(&reading, &toned, &candidates, sentiment.label, intent.label);
        let terms = terms(&reading, &themes);
        // Rules rest on the lexicon's tones, whose words they can point at; what is reported is what measures best.
        let answers = self.model.filter(|_| reading.english).map(|model| model.answers(text)).unwrap_or_default();
        let answer = |head: &str| answers.iter().find(|answer| answer.head.name == head);
        let sentiment = match answer("sentiment") {
            Some(answer) => {
                let tilt = self.tilt(situation.brands);
                sentiment::beside(sentiment, answer, &reading, tilt, costs.sentiment.sure_from())
            }
            None => sentiment,
        };
        let emotion = answer("emotion").and_then(|answer| emotion(answer, costs.emotion.sure_from()));
        let (wow, referral) = wants::delight(&reading, intent.label, sentiment.positive, sarcastic);
        let mut judged = Classification {
            main_theme: themes.first().map(|theme| theme.id.clone()),
            unsure: unsure(
                emotion.is_none() && self.model.is_some(),
                intent.label.is_none(),
                sentiment.label.is_none(),
            ),
            brand_tones: brands::tones(&reading, &toned, situation.brands, situation.brand_spans, sentiment.label),
            emotion,
            offensive: answer("offensive").and_then(yes),
            hate: answer("hate").and_then(yes),
            irony: sarcastic,
            requests: wants::requests(&reading, &self.book, situation.brands),
            churn: wants::churn(&reading, &intent, &themes, situation.linked),
            wow,
            referral,
            apology: wants::apology(&reading, &intent, register.firsthand),
            phrases_to_avoid: Vec::new(),
            sentiment,
            intent,
            themes,
            harm,
            firsthand: register.firsthand,
            severity: Severity::default(),
            model: self.version.clone(),
            book_version: self.book.version.clone(),
        };
        judged.severity = severity(&self.grounds(&reading, situation, &judged, &loud));
        Judgement { classification: judged, terms }
    }

    fn to_avoid(&self, text: &str, brands: &[&BrandId]) -> Vec<TextSpan> {
        if self.book.brands.iter().all(|brand| brand.avoid.is_empty()) {
            return Vec::new();
        }
        let folded = FoldedText::new(text);
        let reading = Reading::new(text, &folded, &self.lexicon, false);
        let own = |brand: usize| self.book.brands.get(brand).is_some_and(|brand| brands.contains(&&brand.id));
        let avoided = |hit: &&Hit<'_>| matches!(hit.meaning, Meaning::Avoid(brand) if own(*brand));
        reading.hits.iter().filter(avoided).map(|hit| hit.span).collect()
    }
}

/// The emotion that a head is sure of.
fn emotion(answer: &Answer<'_>, sure_from: f64) -> Option<EmotionFinding> {
    let label = answer.name_from(sure_from)?;
    Some(EmotionFinding { label: label.to_owned(), confidence: hundredths(answer.probability(label)) })
}

/// The probability of yes.
fn yes(answer: &Answer<'_>) -> Option<f64> {
    answer.probabilities.get(1).copied().map(hundredths)
}

/// Heads that abstain, sorted.
fn unsure(emotion: bool, intent: bool, sentiment: bool) -> Vec<String> {
    [("emotion", emotion), ("intent", intent), ("sentiment", sentiment)]
        .into_iter()
        .filter(|(_, abstains)| *abstains)
        .map(|(head, _)| head.to_owned())
        .collect()
}

/// Whether the words of English may be read: the language is English, or not known.
fn english(language: &str) -> bool {
    let primary = language.split('-').next().unwrap_or_default();
    matches!(primary, "" | "en" | "und")
}

/// Whether it speaks to or about a brand, rather than reports on it.
fn directed(reading: &Reading<'_>, situation: &Situation<'_>) -> bool {
    let answers = reading.text.trim_start().starts_with('@');
    !situation.article && (answers || situation.to_brand || !situation.brands.is_empty() || reading.says(Cue::Address))
}

/// The judgement of a mention that says nothing to judge: taken back, or the brand's own words.
pub(crate) fn nothing_to_judge(book: &Book) -> Judgement {
    let classification = Classification {
        sentiment: Sentiment {
            label: Some(Tone::Neutral),
            negative: 0.0,
            neutral: 1.0,
            positive: 0.0,
            spans: Vec::new(),
        },
        intent: IntentFinding { label: Some(Intent::Other), confidence: 1.0, spans: Vec::new(), rule: None },
        themes: Vec::new(),
        main_theme: None,
        harm: Vec::new(),
        firsthand: true,
        severity: Severity::default(),
        unsure: Vec::new(),
        model: RULES_VERSION.to_owned(),
        book_version: book.version.clone(),
        brand_tones: Vec::new(),
        emotion: None,
        offensive: None,
        hate: None,
        irony: false,
        requests: Vec::new(),
        churn: None,
        wow: false,
        referral: false,
        apology: None,
        phrases_to_avoid: Vec::new(),
    };
    Judgement { classification, terms: Vec::new() }
}
