//! The volume of a batch: every first revision counts once for each brand that it is about.

use book::Book;
use events::{Clamped, Enrichment, Mention, Offset, SubjectKind, Tally, TallyEntry, TallySheet, Topic, person_hash};
use stream::{Output, Route};

/// Counts a mention. A brand's own voice is no volume, and a back-fill no spike.
pub(crate) fn count(
    sheet: &mut TallySheet,
    book: &Book,
    mention: &Mention,
    enrichment: &Enrichment,
    terms: &[&str],
    offset: Offset,
) {
    let own_voice = mention.from_brand || enrichment.author_role == events::AuthorRole::Brand;
    if !enrichment.first || mention.clamped != Clamped::No || own_voice {
        return;
    }
    let source_class = book.counted_as(mention);
    let person = person_hash(&enrichment.person);
    for brand in &enrichment.brands {
        sheet.count(TallyEntry {
            brand: &brand.id,
            subject_kind: SubjectKind::Volume,
            subject: None,
            kind: mention.kind,
            intent: None,
            source_class,
            minute: mention.event_time,
            person,
            repost: mention.repost,
            tone: None,
            sample: &mention.id,
            terms,
            offset,
        });
    }
}

/// The tallies of a batch as records.
pub(crate) fn outputs(sheet: TallySheet) -> impl Iterator<Item = Output> {
    sheet.into_tallies().into_iter().map(|tally: Tally| Output {
        topic: Topic::Tallies,
        key: tally.brand.as_str().to_owned(),
        route: Route::Key,
        timestamp: tally.minute,
        payload: tally.into(),
    })
}
