//! The shape of a judgement for outside programs.

use book::{Cost, Costs};
use classify::model::{Answer, Kind, Weighed};
use enrich::InText;
use events::{Classification, TextSpan, Tone};
use serde_json::{Map, Value, json};

use super::Item;

/// All that is known of a text.
pub(super) struct Judged<'a> {
    pub(super) item: &'a Item,
    pub(super) found: &'a InText,
    pub(super) judged: &'a Classification,
    /// Of the book.
    pub(super) costs: Costs,
    /// Of the weights that come with the program.
    pub(super) answers: &'a [Answer<'a>],
    /// Of the weights that were asked for.
    pub(super) others: &'a [Answer<'a>],
    /// Words by head.
    pub(super) explained: Vec<(String, Vec<Value>)>,
}

/// The object of a line.
pub(super) fn object(all: &Judged<'_>) -> Value {
    let Judged { item, found, judged, costs, answers, others, explained } = all;
    let language = &found.language;
    let mut unsure = judged.unsure.clone();
    let mut head = |name: &str, cost: Cost| {
        let Some(answer) = answers.iter().find(|answer| answer.head.name == name) else {
            unsure.push(name.to_owned());
            return json!({"label": null, "score": null});
        };
        let told = answer.name_from(cost.sure_from()).filter(|_| knows(answer, &language.tag));
        if told.is_none() {
            unsure.push(name.to_owned());
        }
        match answer.head.kind {
            Kind::OneOf => json!({"label": told, "scores": scores(answer)}),
            Kind::YesNo => {
                let yes = answer.probabilities.get(1).copied().map(hundredths);
                let told = told.map(|label| answer.head.labels.get(1).is_some_and(|yes| yes == label));
                json!({"label": told, "score": yes, "low_confidence": answer.head.low_confidence})
            }
        }
    };
    let (emotion, offensive, hate) =
        (head("emotion", costs.emotion), head("offensive", costs.offensive), head("hate", costs.hate));
    // No set of irony may be passed on, so a rule says it, without a probability.
    let known = matches!(language.tag.split('-').next().unwrap_or_default(), "en" | "und");
    if !known {
        unsure.push("irony".to_owned());
    }
    let irony = json!({
        "label": known.then_some(judged.irony), "score": null, "rule": judged.irony.then_some("cue.sarcasm"),
    });
    let heads: Map<String, Value> = others
        .iter()
        .map(|answer| {
            let told = answer.name().filter(|_| knows(answer, &language.tag));
            (answer.head.name.clone(), json!({"label": told, "scores": scores(answer)}))
        })
        .collect();
    unsure.extend(heads.iter().filter(|(_, head)| head["label"].is_null()).map(|(name, _)| name.clone()));
    unsure.sort_unstable();
    unsure.dedup();
    let sentiment = &judged.sentiment;
    let intent = judged.intent.label.map(events::Intent::name);
    let mut object = json!({
        "line": item.line,
        "id": item.id,
        "language": {"tag": language.tag, "confidence": hundredths(language.confidence)},
        "sentiment": {
            "label": sentiment.label.map(tone),
            "scores": {"negative": sentiment.negative, "neutral": sentiment.neutral, "positive": sentiment.positive},
            "spans": spans(&sentiment.spans),
        },
        "intent": {
            "label": intent,
            "scores": intent.map(|name| json!({name: judged.intent.confidence})).unwrap_or_else(|| json!({})),
            "spans": spans(&judged.intent.spans),
            "rule": judged.intent.rule,
        },
        "emotion": emotion,
        "offensive": offensive,
        "hate": hate,
        "irony": irony,
        "harm": judged.harm.iter().map(|harm| json!({
            "class": harm.class.name(), "subclass": harm.subclass, "confidence": harm.confidence,
            "span": span(harm.span), "rule": harm.rule, "target": harm.target.map(span), "time": harm.time.map(span),
        })).collect::<Vec<_>>(),
        "main_theme": judged.main_theme,
        "themes": judged.themes.iter().map(|theme| json!({
            "id": theme.id, "brand": theme.brand, "polarity": theme.polarity.map(tone), "reason": theme.reason,
            "span": span(theme.span), "confidence": theme.confidence,
        })).collect::<Vec<_>>(),
        "brands": found.brands.iter().map(|brand| json!({
            "id": brand.id, "confidence": brand.confidence, "spans": spans(&brand.spans),
        })).collect::<Vec<_>>(),
        "products": found.products.iter().map(|product| json!({
            "id": product.id, "brand": product.brand, "alias": product.alias, "span": span(product.span),
            "confidence": product.confidence,
        })).collect::<Vec<_>>(),
        "programmes": found.programmes.iter().map(|programme| json!({
            "id": programme.id, "brand": programme.brand, "span": span(programme.span),
        })).collect::<Vec<_>>(),
        "geo": found.geo.as_ref().map(|place| json!({"id": place.id, "alias": place.alias, "span": span(place.span)})),
        "pii": found.personal_data.iter().map(|data| json!({
            "kind": data.kind, "span": span(data.span),
        })).collect::<Vec<_>>(),
        "brand_tones": judged.brand_tones.iter().map(|brand| json!({
            "brand": brand.brand, "tone": brand.tone.map(tone),
        })).collect::<Vec<_>>(),
        "requests": judged.requests.iter().map(|request| json!({
            "parameter": request.parameter, "value": request.value, "span": span(request.span),
        })).collect::<Vec<_>>(),
        "churn": judged.churn.as_ref().map(|churn| json!({
            "risk": churn.risk, "trigger": churn.trigger, "span": span(churn.span), "rule": churn.rule,
        })),
        "wow": judged.wow,
        "referral": judged.referral,
        "apology": judged.apology,
        "severity": judged.severity,
        "heads": heads,
        "unsure": unsure,
        "model": judged.model,
    });
    if !explained.is_empty()
        && let Some(object) = object.as_object_mut()
    {
        let explained: Map<String, Value> =
            explained.iter().map(|(name, words)| (name.clone(), Value::from(words.clone()))).collect();
        object.insert("explained".to_owned(), Value::Object(explained));
    }
    object
}

/// Whether the head knows the language. That of a text too short to tell counts as known.
fn knows(answer: &Answer<'_>, language: &str) -> bool {
    language == "und" || answer.head.knows(language)
}

fn scores(answer: &Answer<'_>) -> Value {
    let scores = answer.head.labels.iter().zip(&answer.probabilities);
    Value::Object(scores.map(|(label, score)| (label.clone(), json!(thousandths(*score)))).collect())
}

pub(super) fn weighed(text: &str, weighed: &Weighed) -> Value {
    let Weighed { span: at, points } = weighed;
    let words = text.get(at.start as usize..at.end as usize).unwrap_or_default();
    json!({"words": words, "span": span(*at), "points": hundredths(*points)})
}

fn span(span: TextSpan) -> Value {
    json!([span.start, span.end])
}

fn spans(all: &[TextSpan]) -> Value {
    all.iter().copied().map(span).collect()
}

const fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Negative => "negative",
        Tone::Neutral => "neutral",
        Tone::Positive => "positive",
        Tone::Unknown => "unknown",
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Of dozens of labels most have less than a hundredth.
fn thousandths(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
