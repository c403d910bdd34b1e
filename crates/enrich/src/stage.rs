//! The stage: mentions in, once each; enriched mentions and the volume of the batch out.

use std::sync::Arc;

use book::phrases::{FoldedText, PhraseError};
use book::{Accounts, Book};
use events::{
    Codec, DecodeError, EnrichedMention, Enrichment, Mention, MentionId, MentionKind, Offset, Person, Role, SeenEntry,
    Span, TallySheet, Topic,
};
use stream::{
    Batch, Context, Decided, DropReason, DueTimer, Fault, Input, Output, Raw, Record, Route, Stage, State, StoredTable,
    Timers, Verdict,
};

use crate::brands::Brands;
use crate::coordination::{coordination, said};
use crate::early::{EarlyAnswers, answered};
use crate::language::language;
use crate::person::{Leaving, leaving};
use crate::personal::personal;
use crate::role::role;
use crate::seen::{SeenKey, SeenTable};
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

    pub(crate) const fn brands(&self) -> &Brands {
        &self.brands
    }

    pub(crate) const fn accounts(&self) -> &Accounts {
        &self.accounts
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

/// What enrich keeps of a partition: the ids that passed, and answers that are here before what they answer.
#[derive(Debug)]
pub struct EnrichState {
    seen: SeenTable,
    early: EarlyAnswers,
    timers: Timers,
}

impl Default for EnrichState {
    fn default() -> Self {
        Self::with(SeenTable::default())
    }
}

impl EnrichState {
    /// A state with another horizon or bound than the default.
    pub fn with(seen: SeenTable) -> Self {
        Self { seen, early: EarlyAnswers::default(), timers: Timers::new(Role::Enrich) }
    }

    /// The ids that passed.
    pub const fn seen(&self) -> &SeenTable {
        &self.seen
    }
}

impl State for EnrichState {
    const FORMAT: i64 = 2;

    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.seen, self.early.table(), &self.timers]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.seen, self.early.table_mut(), &mut self.timers]
    }

    fn timers(&mut self) -> Option<&mut Timers> {
        Some(&mut self.timers)
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
        let decided = batch.each(|record| Ok(self.decide(record, state, &mut sheet, cx)))?;
        Ok(decided.and(tallies::outputs(sheet)))
    }

    /// Nothing can come any more that these answers wait for: they leave alone.
    fn fire(&self, timer: &DueTimer, state: &mut EnrichState, cx: &Context) -> Result<Vec<Output>, Fault> {
        let Some(parent) = answered(&timer.key) else {
            return Err(Fault::Broken(format!("timer `{}` is nobody's", timer.key)));
        };
        let answers = state.early.take(&parent, &mut state.timers).into_iter();
        Ok(answers.filter_map(|answer| self.leave_alone(answer, &mut state.seen, cx)).collect())
    }
}

impl Enrich {
    fn decide(
        &self,
        record: Record<RawMention>,
        state: &mut EnrichState,
        sheet: &mut TallySheet,
        cx: &Context,
    ) -> Verdict {
        let RawMention(mention) = record.value;
        let key = SeenKey::of(&mention.id);
        if state.seen.has(key, mention.revision) || state.early.has(&mention) {
            return Verdict::Drop(DUPLICATE);
        }
        if let Some(parent) = mention.parent_id.clone().filter(|parent| self.is_early(&mention, parent, &state.seen)) {
            state.early.keep(&parent, mention, &mut state.timers);
            return Verdict::Forward(Vec::new());
        }
        let id = mention.id.clone();
        let Some(left) = self.leave(mention, key, &mut state.seen, Some((sheet, record.offset)), cx) else {
            return Verdict::Drop(NOT_THE_BRAND);
        };
        let answers = state.early.take(&id, &mut state.timers).into_iter();
        let answers = answers.filter_map(|answer| self.leave_alone(answer, &mut state.seen, cx));
        Verdict::Forward(std::iter::once(left).chain(answers).collect())
    }

    /// Whether this is the first of an answer of a brand to a mention that has not come yet.
    fn is_early(&self, mention: &Mention, parent: &MentionId, seen: &SeenTable) -> bool {
        let has_left = |id: &MentionId| {
            seen.known(SeenKey::of(id), id).is_some_and(|known| known.person.is_some() || known.deleted)
        };
        let waits = mention.from_brand && mention.kind != MentionKind::Delete;
        if !waits || has_left(&mention.id) || has_left(parent) {
            return false;
        }
        // What names no brand is dropped now: it would belong to nothing.
        let (_, speaks_for) = role(&self.accounts, mention);
        !self.brands.find(mention, &FoldedText::new(&mention.text), speaks_for).brands.is_empty()
    }

    /// An answer of a brand that waited: it has no volume.
    fn leave_alone(&self, answer: Mention, seen: &mut SeenTable, cx: &Context) -> Option<Output> {
        let key = SeenKey::of(&answer.id);
        self.leave(answer, key, seen, None, cx)
    }

    /// A mention that passes, whose key among the seen it is; `None` when it is not about the brand. Its volume is counted in the
    /// sheet with its offset.
    fn leave(
        &self,
        mut mention: Mention,
        key: SeenKey,
        seen: &mut SeenTable,
        sheet: Option<(&mut TallySheet, Offset)>,
        cx: &Context,
    ) -> Option<Output> {
        let known = seen.known(key, &mention.id);
        let deleted = known.as_ref().is_some_and(|known| known.deleted);
        let leaving = leaving(&mention, known, seen);
        let deletes = mention.kind == MentionKind::Delete;
        if deleted || deletes {
            empty(&mut mention);
        }
        let folded = FoldedText::new(&mention.text);
        let (author_role, speaks_for) = role(&self.accounts, &mention);
        let found = self.brands.find(&mention, &folded, speaks_for);
        let goes_on = !found.brands.is_empty() || deletes || leaving.follows;
        let entry = SeenEntry {
            id: mention.id.clone(),
            revision: mention.revision,
            deleted: deletes,
            // Who was dropped never left, and leaves nobody behind.
            person: if goes_on { leaving.person.clone() } else { Person::default() },
            at: mention.event_time,
            said: None,
        };
        if !goes_on {
            seen.add(key, entry);
            return None;
        }
        let words = words(&folded, |word| self.brands.is_name(word));
        let Leaving { person, first, joined, .. } = leaving;
        let said = if first { said(&mention, author_role, &words) } else { None };
        let company = seen.add(key, SeenEntry { said, ..entry });
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
            programmes: found.programmes,
            geo: found.geo,
            personal_data: personal(&mention.text),
            coordination: company.and_then(|company| coordination(&company, words.count)),
        };
        if let Some((sheet, offset)) = sheet {
            tallies::count(sheet, &self.book, &mention, &enrichment, &words.terms, offset);
        }
        let express = mention.express.is_some();
        Some(Output {
            topic: if express { Topic::MentionsEnrichedExpress } else { Topic::MentionsEnriched },
            key: enrichment.person.as_str().to_owned(),
            route: Route::Key,
            timestamp: mention.event_time,
            payload: EnrichedMention { mention, enrichment }.into(),
        })
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
