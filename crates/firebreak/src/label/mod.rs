//! Texts in, judgements out: the stages' own language, brands and rules over single texts, and the heads of the model beside them.
//!
//! Nothing is decided here. A text has no author, thread or history, so what depends on them is not said.

mod json;
mod lines;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use book::{Book, Costs, Detection};
use classify::model::{Answer, Clue, Model, clues, shipped};
use classify::{Baseline, Judge, Situation};
use enrich::{Enrich, InText};
use events::{BookVersion, BrandId, Clamped, Classification, EventTime, Mention, MentionId, MentionKind, TextSpan};
use serde_json::Value;

pub use lines::{Format, Item, Lines};

/// Judges texts one by one.
pub struct Labeller {
    book: Arc<Book>,
    enrich: Enrich,
    judge: Baseline,
    shipped: &'static Model,
    other: Option<Model>,
    explain: bool,
}

impl Labeller {
    /// Judges by `book`, or without brands and themes; the heads of `other` are added. `explain` adds the words that weighed most.
    ///
    /// # Errors
    /// A phrase of the book cannot be searched for.
    pub fn new(book: Option<Book>, other: Option<Model>, explain: bool) -> Result<Self> {
        let book = Arc::new(book.unwrap_or_else(no_book));
        let judge = Baseline::new(book.clone())?.with_model(shipped());
        Ok(Self { enrich: Enrich::new(book.clone())?, judge, shipped: shipped(), other, explain, book })
    }

    /// The object for one line.
    pub fn label(&self, item: &Item) -> Value {
        let text = match &item.text {
            Ok(text) => text,
            Err(error) => return serde_json::json!({"line": item.line, "error": error}),
        };
        let found = self.enrich.in_text(&self.mention(item, text));
        let judged = self.judged(text, &found);
        let answers = self.shipped.answers(text);
        let others = self.other.as_ref().map(|model| model.answers_beside(text, &clues(&judged))).unwrap_or_default();
        let others: Vec<Answer<'_>> =
            others.into_iter().map(|answer| rules::beside(answer, &judged, &self.book)).collect();
        let explained = if self.explain { self.explained(text, &answers, &others) } else { Vec::new() };
        json::object(&json::Judged {
            item,
            found: &found,
            judged: &judged,
            costs: self.book.costs,
            answers: &answers,
            others: &others,
            explained,
        })
    }

    /// What the rules say of a text, for a head that learns beside them.
    pub(crate) fn clues(&self, text: &str) -> Vec<Clue> {
        let found = self.enrich.in_text(&self.mention(&Item::of_text(text), text));
        clues(&self.judged(text, &found))
    }

    fn judged(&self, text: &str, found: &InText) -> Classification {
        let sure: Vec<&BrandId> = found
            .brands
            .iter()
            .filter(|found| self.book.brand(&found.id).is_some_and(|brand| found.confidence >= brand.threshold))
            .map(|found| &found.id)
            .collect();
        let spans = |brand: &&BrandId| {
            found.brands.iter().find(|found| found.id == **brand).map(|found| found.spans.as_slice())
        };
        let spans: Vec<&[TextSpan]> = sure.iter().filter_map(spans).collect();
        let situation =
            Situation { language: &found.language.tag, brands: &sure, brand_spans: &spans, ..Situation::default() };
        self.judge.judge(text, &situation).classification
    }

    /// The text as a mention. Where the book has one brand only, it is about that one.
    fn mention(&self, item: &Item, text: &str) -> Mention {
        let only = match self.book.brands.as_slice() {
            [brand] => vec![brand.id.clone()],
            _ => Vec::new(),
        };
        Mention {
            id: MentionId::default(),
            revision: 0,
            kind: MentionKind::Create,
            source: String::new(),
            native_id: String::new(),
            channel: String::new(),
            owned_channel: false,
            from_brand: false,
            author: None,
            thread_id: None,
            parent_id: None,
            text: text.to_owned(),
            language: item.language.clone(),
            url: None,
            urls: Vec::new(),
            media: Vec::new(),
            reach: None,
            repost: false,
            published_at: EventTime::EPOCH,
            received_at: EventTime::EPOCH,
            event_time: EventTime::EPOCH,
            clamped: Clamped::No,
            brand_hints: only,
            express: None,
            drill: None,
        }
    }

    /// For each head with an answer, the words that weighed most for its likeliest label.
    fn explained(&self, text: &str, answers: &[Answer<'_>], others: &[Answer<'_>]) -> Vec<(String, Vec<Value>)> {
        let own = answers.iter().map(|answer| (self.shipped, answer));
        let other = self.other.iter().flat_map(|model| others.iter().map(move |answer| (model, answer)));
        own.chain(other)
            .map(|(model, answer)| {
                let label = answer.head.labels.get(answer.best()).map(String::as_str).unwrap_or_default();
                let weighed = model.explain(text, &answer.head.name, label, 5);
                (answer.head.name.clone(), weighed.iter().map(|weighed| json::weighed(text, weighed)).collect())
            })
            .collect()
    }
}

/// A book of nobody: only what needs no book is judged.
pub(crate) fn no_book() -> Book {
    Book {
        version: BookVersion::new("none"),
        name: String::new(),
        brands: Vec::new(),
        teams: Vec::new(),
        themes: Vec::new(),
        routes: Vec::new(),
        default_team: String::new(),
        clocks: Vec::new(),
        sources: BTreeMap::new(),
        press: Vec::new(),
        detection: Detection::default(),
        costs: Costs::default(),
        harm: Vec::new(),
    }
}
