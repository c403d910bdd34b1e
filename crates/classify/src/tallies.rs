//! What classify counts: intents of a brand, themes, and pairs of themes. Only first revisions at their own time count.

use book::Book;
use events::{Clamped, ClassifiedMention, Offset, SubjectKind, TallyEntry, TallySheet, Topic, person_hash};
use stream::{Output, Route};

use crate::of_brand;

/// Counts one mention for each of its brands.
///
/// The volume of a brand is counted per intent, so a mention without one is not: enrich has counted it already.
pub(crate) fn count(
    sheet: &mut TallySheet,
    book: &Book,
    classified: &ClassifiedMention,
    terms: &[String],
    offset: Offset,
) {
    let ClassifiedMention { mention, enrichment, classification } = classified;
    let back_filled = mention.clamped != Clamped::No;
    if !enrichment.first || back_filled || of_brand(mention, enrichment.author_role) {
        return;
    }
    let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
    let person = person_hash(&enrichment.person);
    let source_class = book.counted_as(mention);
    for brand in crate::brands(book, enrichment) {
        let entry = TallyEntry {
            brand,
            subject_kind: SubjectKind::Volume,
            subject: None,
            kind: mention.kind,
            intent: classification.intent.label,
            source_class,
            minute: mention.event_time,
            person,
            repost: mention.repost,
            tone: classification.sentiment.label,
            sample: &mention.id,
            terms: &terms,
            offset,
        };
        if entry.intent.is_some() {
            sheet.count(entry);
        }
        for request in &classification.requests {
            let subject = format!("{}={}", request.parameter, request.value);
            sheet.count(TallyEntry { subject_kind: SubjectKind::RequestedValue, subject: Some(&subject), ..entry });
        }
        let themes: Vec<_> = classification.themes.iter().filter(|theme| theme.brand == *brand).collect();
        for (at, theme) in themes.iter().enumerate() {
            let (subject, tone) = (Some(theme.id.as_str()), theme.polarity);
            sheet.count(TallyEntry { subject_kind: SubjectKind::Theme, subject, tone, ..entry });
            for other in themes.iter().skip(at + 1) {
                let pair = pair(theme.id.as_str(), other.id.as_str());
                sheet.count(TallyEntry { subject_kind: SubjectKind::ThemePair, subject: Some(&pair), ..entry });
            }
        }
    }
}

/// The subject of a pair: both ids in order, with `+` between.
fn pair(one: &str, other: &str) -> String {
    if one <= other { format!("{one}+{other}") } else { format!("{other}+{one}") }
}

/// The sheet as records, stamped with their minute.
pub(crate) fn outputs(sheet: TallySheet) -> impl Iterator<Item = Output> {
    sheet.into_tallies().into_iter().map(|tally| Output {
        topic: Topic::Tallies,
        key: tally.brand.as_str().to_owned(),
        route: Route::Key,
        timestamp: tally.minute,
        payload: tally.into(),
    })
}
