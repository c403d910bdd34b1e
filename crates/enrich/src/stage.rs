//! The stage: mentions in, once each; enriched mentions and the volume of the batch out.

use std::sync::Arc;

use book::Book;
use book::phrases::{FoldedText, PhraseError};
use events::{
    Codec, DecodeError, EnrichedMention, Enrichment, Mention, MentionKind, Person, Role, SeenEntry, Span, TallySheet,
    Topic,
};
use stream::{
    Batch, Context, Decided, DropReason, Fault, Input, Output, Raw, Record, Route, Stage, State, StoredTable, Verdict,
};

use crate::brands::Brands;
use crate::language::language;
use crate::person::{Leaving, leaving};
use crate::role::Accounts;
use crate::seen::SeenTable;
use crate::tallies;
use crate::words::words;

/// This (id, revision) passed before.
const DUPLICATE: DropReason = DropReason("duplicate");
/// It names no brand of the book surely enough.
const NOT_THE_BRAND: DropReason = DropReason("not_the_brand");

/// Mentions to enriched mentions.
#[derive(Debug)]
pub struct Enrich {
    book: Arc<Book>,
    brands: Brands,
    accounts: Accounts,
}

impl Enrich {
    /// Enriches by `book`.
    ///
    /// # Errors
    /// A phrase of the book cannot be searched for.
    pub fn new(book: Arc<Book>) -> Result<Self, PhraseError> {
        Ok(Self { brands: Brands::of(&book)?, accounts: Accounts::of(&book), book })
    }
}

/// An accepted mention.
#[derive(Debug, Clone, PartialEq)]
pub struct RawMention(pub Mention);

impl Input for RawMention {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        let bytes = raw.value.as_ref().ok_or_else(|| DecodeError::Corrupt("a mention without a value".into()))?;
        codec.decode(bytes).map(Self)
    }
}

/// What enrich keeps of a partition: the ids that passed.
#[derive(Debug, Default)]
pub struct EnrichState {
    seen: SeenTable,
}

impl EnrichState {
    /// A state with another horizon or bound than the default.
    pub const fn with(seen: SeenTable) -> Self {
        Self { seen }
    }

    /// The ids that passed.
    pub const fn seen(&self) -> &SeenTable {
        &self.seen
    }
}

impl State for EnrichState {
    const FORMAT: i64 = 1;

    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.seen]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.seen]
    }

    fn horizon(&self) -> Option<Span> {
        Some(self.seen.horizon())
    }
}

impl Stage for Enrich {
    type In = RawMention;
    type State = EnrichState;
    const ROLE: Role = Role::Enrich;
    const INPUTS: &'static [Topic] = &[Topic::MentionsRawExpress, Topic::MentionsRaw];
    const DROPS: &'static [DropReason] = &[DUPLICATE, NOT_THE_BRAND];

    fn process(&self, batch: Batch<RawMention>, state: &mut EnrichState, cx: &Context) -> Result<Decided, Fault> {
        let mut sheet = TallySheet::new(Role::Enrich.stage(), batch.partition());
        let decided = batch.each(|record| Ok(self.decide(record, &mut state.seen, &mut sheet, cx)))?;
        Ok(decided.and(tallies::outputs(sheet)))
    }
}

impl Enrich {
    fn decide(
        &self,
        record: Record<RawMention>,
        seen: &mut SeenTable,
        sheet: &mut TallySheet,
        cx: &Context,
    ) -> Verdict {
        let RawMention(mut mention) = record.value;
        if seen.has(&mention.id, mention.revision) {
            return Verdict::Drop(DUPLICATE);
        }
        let known = seen.known(&mention.id);
        let deleted = known.as_ref().is_some_and(|known| known.deleted);
        let leaving = leaving(&mention, known, seen);
        let deletes = mention.kind == MentionKind::Delete;
        if deleted || deletes {
            empty(&mut mention);
        }
        let folded = FoldedText::new(&mention.text);
        let (author_role, speaks_for) = self.accounts.role(&mention);
        let found = self.brands.find(&mention, &folded, speaks_for);
        let goes_on = !found.brands.is_empty() || deletes || leaving.follows;
        seen.add(SeenEntry {
            id: mention.id.clone(),
            revision: mention.revision,
            deleted: deletes,
            // Who was dropped never left, and leaves nobody behind.
            person: if goes_on { leaving.person.clone() } else { Person::default() },
            at: mention.event_time,
        });
        if !goes_on {
            return Verdict::Drop(NOT_THE_BRAND);
        }
        let words = words(&folded, |word| self.brands.is_name(word));
        let Leaving { person, first, joined, .. } = leaving;
        let enrichment = Enrichment {
            person,
            first,
            language: language(&mention.text, mention.language.as_deref()),
            brands: found.brands,
            products: found.products,
            matched_rules: found.matched_rules,
            author_role,
            joined,
            copied_text: words.copied_text,
            book_version: cx.book_version.clone(),
        };
        tallies::count(sheet, &self.book, &mention, &enrichment, &words.terms, record.offset);
        let topic = if record.topic.express() { Topic::MentionsEnrichedExpress } else { Topic::MentionsEnriched };
        Verdict::Forward(vec![Output {
            topic,
            key: enrichment.person.as_str().to_owned(),
            route: Route::Key,
            timestamp: mention.event_time,
            payload: EnrichedMention { mention, enrichment }.into(),
        }])
    }
}

/// Takes away what was said: a delete is final, whatever comes after it.
fn empty(mention: &mut Mention) {
    mention.text.clear();
    mention.urls.clear();
    mention.media.clear();
}

#[cfg(test)]
mod tests;
