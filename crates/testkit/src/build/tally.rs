//! What a tally counts.

use events::{BrandId, MentionId, MentionKind, Offset, SubjectKind, TallyEntry};

use super::AT;

/// A mention of `brand`, as enrich counts its volume.
pub fn volume<'a>(brand: &'a BrandId, sample: &'a MentionId) -> TallyEntry<'a> {
    TallyEntry {
        brand,
        subject_kind: SubjectKind::Volume,
        subject: None,
        kind: MentionKind::Create,
        intent: None,
        source_class: "social",
        minute: AT,
        person: 0,
        repost: false,
        tone: None,
        sample,
        terms: &["gate"],
        offset: Offset(0),
    }
}
