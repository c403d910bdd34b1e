//! classify: what is meant, how bad, and why, one mention at a time.
//!
//! Pure: a [`Judge`] reads the text, this stage fits it to records, tallies and lanes. It drops nothing: noise goes on with its
//! intent, and whoever reads decides. A figure over many mentions is a view of a sink, not a matter of this crate.

pub mod decide;
mod drift;
mod judge;
mod lane;
mod lexicon;
pub mod measure;
pub mod model;
mod reading;
mod sentences;
mod tallies;
mod terms;
pub mod train;

use std::sync::Arc;

use book::{Book, SourceClass};
use events::{
    AuthorRole, BrandId, ClassifiedMention, Codec, DecodeError, EnrichedMention, Mention, MentionKind, Role,
    TallySheet, TextSpan, Topic,
};
use stream::{Batch, Context, Decided, DropReason, Fault, Input, NoState, Output, Raw, Record, Route, Stage, Verdict};

use drift::Drift;
pub use judge::{Baseline, Judge, Judgement, Situation};
pub use lexicon::{LexiconError, RULES_VERSION, phrases};
pub use sentences::misjudged;
pub use terms::informs;

/// What classify reads: an enriched mention of either lane.
#[derive(Debug, Clone, PartialEq)]
pub struct ToClassify(pub EnrichedMention);

impl Input for ToClassify {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        codec.decode(raw.value.as_deref().unwrap_or_default()).map(Self)
    }
}

/// The stage.
pub struct Classify {
    book: Arc<Book>,
    judge: Box<dyn Judge>,
}

impl Classify {
    /// The stage with the baseline judge for `book`, and the model that comes with the program beside it.
    ///
    /// # Errors
    /// A table of the lexicon or a phrase of the book cannot be used.
    pub fn new(book: Arc<Book>) -> Result<Self, LexiconError> {
        let judge = Box::new(Baseline::new(book.clone())?.with_model(model::shipped()));
        Ok(Self::with_judge(book, judge))
    }

    /// The stage with another judge.
    pub fn with_judge(book: Arc<Book>, judge: Box<dyn Judge>) -> Self {
        Self { book, judge }
    }

    /// A mention with what this stage makes of it.
    pub fn judge(&self, enriched: EnrichedMention) -> ClassifiedMention {
        self.classify(enriched).0
    }

    fn classify(&self, enriched: EnrichedMention) -> (ClassifiedMention, Vec<String>) {
        let EnrichedMention { mention, enrichment } = enriched;
        let class = self.book.source_class(&mention.source);
        let brands = brands(&self.book, &enrichment);
        let silent = mention.kind == MentionKind::Delete || of_brand(&mention, enrichment.author_role);
        let spans: Vec<&[TextSpan]> = brands.iter().map(|brand| spans_of(&enrichment, brand)).collect();
        let judgement = if silent {
            let mut nothing = judge::nothing_to_judge(&self.book);
            nothing.classification.phrases_to_avoid = self.judge.to_avoid(&mention.text, &brands);
            nothing
        } else {
            let author = mention.author.as_ref();
            self.judge.judge(
                &mention.text,
                &Situation {
                    language: &enrichment.language.tag,
                    brands: &brands,
                    brand_spans: &spans,
                    linked: enrichment.person.as_str().starts_with("customer:"),
                    to_brand: mention.owned_channel || class == SourceClass::Direct,
                    article: class == SourceClass::News,
                    role: enrichment.author_role,
                    reach: mention.reach.max(author.and_then(|author| author.followers)),
                    verified: author.and_then(|author| author.verified).unwrap_or_default(),
                },
            )
        };
        let Judgement { classification, terms } = judgement;
        (ClassifiedMention { mention, enrichment, classification }, terms)
    }
}

/// The brands that a mention is sure enough to be about, as the book sees it.
pub fn brands<'a>(book: &Book, enrichment: &'a events::Enrichment) -> Vec<&'a BrandId> {
    let sure =
        |found: &&events::BrandMatch| book.brand(&found.id).is_some_and(|brand| found.confidence >= brand.threshold);
    enrichment.brands.iter().filter(sure).map(|found| &found.id).collect()
}

/// Where a brand is named.
fn spans_of<'a>(enrichment: &'a events::Enrichment, brand: &BrandId) -> &'a [TextSpan] {
    enrichment.brands.iter().find(|found| found.id == *brand).map(|found| found.spans.as_slice()).unwrap_or_default()
}

/// Whether the brand itself speaks: its own words are no complaint about it.
fn of_brand(mention: &Mention, role: AuthorRole) -> bool {
    mention.from_brand || role == AuthorRole::Brand
}

impl Stage for Classify {
    type In = ToClassify;
    type State = NoState;
    const ROLE: Role = Role::Classify;
    const INPUTS: &'static [Topic] = &[Topic::MentionsEnrichedExpress, Topic::MentionsEnriched];
    const DROPS: &'static [DropReason] = &[];

    fn process(&self, batch: Batch<ToClassify>, _: &mut NoState, _: &Context) -> Result<Decided, Fault> {
        let mut sheet = TallySheet::new(Self::ROLE.name(), batch.partition());
        let mut drift = Drift::default();
        let decided = batch.together(|records| {
            let mut judged: Vec<Record<ClassifiedMention>> = Vec::with_capacity(records.len());
            for Record { topic, offset, timestamp, key, value } in records {
                let (value, terms) = self.classify(value.0);
                drift.count(&value.classification);
                tallies::count(&mut sheet, &self.book, &value, &terms, offset);
                judged.push(Record { topic, offset, timestamp, key, value });
            }
            lane::promote(&mut judged);
            Ok(judged.into_iter().map(forward).collect())
        })?;
        Ok(decided.and(tallies::outputs(sheet)).labelled(drift.labels()))
    }
}

/// The record as it goes on, on its own lane or the express one.
fn forward(record: Record<ClassifiedMention>) -> Verdict {
    let express = record.topic.express() || record.value.mention.express.is_some();
    Verdict::Forward(vec![Output {
        topic: if express { Topic::MentionsClassifiedExpress } else { Topic::MentionsClassified },
        key: record.key,
        route: Route::Key,
        timestamp: record.value.mention.event_time,
        payload: record.value.into(),
    }])
}
