//! Mentions with sensible defaults: change the fields that a test is about with struct update or assignment.

use events::{
    Author, AuthorRole, BrandId, BrandMatch, Clamped, Classification, ClassifiedMention, EnrichedMention, Enrichment,
    EventTime, Intent, IntentFinding, Language, LanguageSource, Mention, MentionId, MentionKind, Person, Sentiment,
    Severity, SeverityFactor, TextSpan, ThemeFinding, ThemeId, Tone,
};

use super::{AT, book_version};

/// A first post of `author` on X.
pub fn mention(native_id: &str, author: &str, text: &str) -> Mention {
    Mention {
        id: MentionId::of("x", native_id),
        revision: 0,
        kind: MentionKind::Create,
        source: "x".into(),
        native_id: native_id.into(),
        channel: "post".into(),
        owned_channel: false,
        from_brand: false,
        author: Some(self::author(author)),
        thread_id: None,
        parent_id: None,
        text: text.into(),
        language: None,
        url: Some(format!("https://x.example/{author}/{native_id}")),
        urls: Vec::new(),
        media: Vec::new(),
        reach: None,
        repost: false,
        published_at: AT,
        received_at: AT,
        event_time: AT,
        clamped: Clamped::No,
        brand_hints: Vec::new(),
        express: None,
        drill: None,
    }
}

/// An author of this id and handle with a few followers.
pub fn author(id: &str) -> Author {
    Author { id: id.into(), handle: Some(id.into()), followers: Some(120), ..Author::default() }
}

/// The mention as published and received at `at`.
#[must_use]
pub fn at(mention: Mention, at: EventTime) -> Mention {
    Mention { published_at: at, received_at: at, event_time: at, ..mention }
}

/// The mention as enrich passes it on: English, about `brand`, of its author.
pub fn enriched(mention: Mention, brand: &str) -> EnrichedMention {
    let person = mention.author_key().unwrap_or_else(|| format!("mention:{}", mention.id));
    let enrichment = Enrichment {
        person: Person::new(person),
        first: true,
        language: Language { tag: "en".into(), confidence: 0.95, source: LanguageSource::Detected },
        brands: vec![BrandMatch { id: BrandId::from(brand), confidence: 0.9, spans: Vec::new() }],
        products: Vec::new(),
        matched_rules: Vec::new(),
        author_role: AuthorRole::Public,
        joined: true,
        copied_text: None,
        book_version: book_version(),
        programmes: Vec::new(),
        geo: None,
        personal_data: Vec::new(),
        coordination: None,
    };
    EnrichedMention { mention, enrichment }
}

/// The enriched mention as classify passes it on: of this intent, with `theme` of its first brand as main theme, and a tone
/// and a severity that fit the intent.
pub fn classified(enriched: EnrichedMention, intent: Intent, theme: Option<&str>) -> ClassifiedMention {
    let EnrichedMention { mention, enrichment } = enriched;
    let tone = match intent {
        Intent::Complaint => Tone::Negative,
        Intent::Praise => Tone::Positive,
        Intent::Query | Intent::Idea | Intent::Noise | Intent::Purchase | Intent::Other => Tone::Neutral,
    };
    let share = |of: Tone| if tone == of { 0.8 } else { 0.1 };
    let span = TextSpan { start: 0, end: mention.text.len() as i64 };
    let points = if intent == Intent::Complaint { 30 } else { 0 };
    let factor = SeverityFactor { name: "intent".into(), points, evidence: intent.name().into() };
    let brand = enrichment.brands.first().map(|brand| brand.id.clone()).unwrap_or_default();
    let finding = |theme: &str| ThemeFinding {
        id: ThemeId::from(theme),
        brand: brand.clone(),
        polarity: Some(tone),
        reason: None,
        span,
        confidence: 0.9,
    };
    let classification = Classification {
        sentiment: Sentiment {
            label: Some(tone),
            negative: share(Tone::Negative),
            neutral: share(Tone::Neutral),
            positive: share(Tone::Positive),
            spans: vec![span],
        },
        intent: IntentFinding { label: Some(intent), confidence: 0.9, spans: vec![span], rule: None },
        themes: theme.map(finding).into_iter().collect(),
        main_theme: theme.map(ThemeId::from),
        harm: Vec::new(),
        firsthand: true,
        severity: Severity { score: points, factors: if points > 0 { vec![factor] } else { Vec::new() } },
        unsure: Vec::new(),
        model: "rules-test".into(),
        book_version: book_version(),
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
    ClassifiedMention { mention, enrichment, classification }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_mention_is_one_that_the_stages_could_have_made() {
        let built =
            classified(enriched(mention("1", "jo", "my bag is lost"), "skyline"), Intent::Complaint, Some("lost_bag"));
        assert_eq!(AT.to_string(), "2026-11-02T02:05:00Z");
        assert_eq!(built.enrichment.person, Person::from("x:jo"));
        let Sentiment { negative, neutral, positive, .. } = built.classification.sentiment;
        assert!((negative + neutral + positive - 1.0).abs() < 1e-9);
        let sum: i64 = built.classification.severity.factors.iter().map(|factor| factor.points).sum();
        assert_eq!(sum, built.classification.severity.score);
    }
}
