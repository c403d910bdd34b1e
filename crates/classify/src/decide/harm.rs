//! Harm: threat, safety, leak, allegation, distress, hate. Recall first: a false alarm costs one look by a person.
//!
//! A find is either a phrase that is clear by itself, or several words that together are. Look-alikes ("the bomb", "dying to
//! try") take away the part that they touch and no more. News, fiction and denial lower the confidence; they do not hide.

use events::{AuthorRole, HarmClass, HarmFinding, TextSpan};

use super::hundredths;
use crate::lexicon::{Meaning, Part};
use crate::reading::{Hit, Reading};

mod together;

/// From here a find counts for severity and lane; below, it is only listed.
pub(crate) const COUNTS_FROM: f64 = 0.5;
/// Below this it is not listed.
const LISTED_FROM: f64 = 0.3;

/// A find on its way into the record.
#[derive(Debug, Clone)]
struct Find {
    class: HarmClass,
    subclass: String,
    confidence: f64,
    span: TextSpan,
    word: usize,
    /// Whether it is made of several words that only together are a harm.
    together: bool,
}

/// Every harm in the text, the gravest class first, one finding for each class and subclass.
pub(crate) fn harm(reading: &Reading<'_>, role: AuthorRole, positive: f64) -> Vec<HarmFinding> {
    let mut finds: Vec<Find> = reading.hits.iter().filter_map(|hit| clear(reading, hit)).collect();
    if reading.has_parts() {
        together::add(reading, role, positive, &mut finds);
    }
    if finds.is_empty() {
        return Vec::new();
    }
    let doubt = Doubt::of(reading);
    for find in &mut finds {
        find.confidence = hundredths(find.confidence * doubt.factor(reading, find));
    }
    finds.retain(|find| find.confidence >= LISTED_FROM);
    finds.sort_by(|a, b| (a.class.cmp(&b.class)).then(b.confidence.total_cmp(&a.confidence)).then(a.span.cmp(&b.span)));
    let mut findings: Vec<HarmFinding> = Vec::with_capacity(finds.len().min(4));
    for find in finds {
        let known = |finding: &HarmFinding| {
            finding.class == find.class && finding.subclass.as_deref() == Some(find.subclass.as_str())
        };
        if findings.iter().any(known) {
            continue;
        }
        let rule = [find.class.name(), ".", &find.subclass, if find.together { ".together" } else { "" }].concat();
        let (class, subclass) = (find.class, Some(find.subclass));
        let (target, time) =
            if class == HarmClass::Threat { together::whom_and_when(reading, find.word) } else { (None, None) };
        findings.push(HarmFinding {
            class,
            subclass,
            confidence: find.confidence,
            span: find.span,
            rule,
            target,
            time,
        });
    }
    findings
}

/// A phrase that is clear by itself, unless a look-alike touches it.
fn clear(reading: &Reading<'_>, hit: &Hit<'_>) -> Option<Find> {
    let Meaning::Find { class, subclass, confidence } = hit.meaning else {
        return None;
    };
    (!excused(reading, *class, hit.span)).then(|| Find {
        class: *class,
        subclass: subclass.clone(),
        confidence: *confidence,
        span: hit.span,
        word: hit.word,
        together: false,
    })
}

/// Whether a look-alike of the class touches the span. One that is a mere part of it does not count: the longer phrase is meant.
fn excused(reading: &Reading<'_>, class: HarmClass, span: TextSpan) -> bool {
    let threat = class == HarmClass::Threat;
    let part = |hit: &Hit<'_>| threat && hit.span.start >= span.start && hit.span.end <= span.end && hit.span != span;
    let touches = |hit: &Hit<'_>| hit.span.start < span.end && span.start < hit.span.end && !part(hit);
    reading.hits.iter().any(|hit| matches!(hit.meaning, Meaning::Friend(friend) if *friend == class) && touches(hit))
}

/// What speaks against taking a find at its word.
struct Doubt {
    report: bool,
    fiction: bool,
}

impl Doubt {
    fn of(reading: &Reading<'_>) -> Self {
        Self { report: reading.has(Part::Report), fiction: reading.has(Part::Fiction) }
    }

    fn factor(&self, reading: &Reading<'_>, find: &Find) -> f64 {
        let mut factor = 1.0;
        let violent = matches!(find.class, HarmClass::Threat | HarmClass::Hate);
        if violent && self.report {
            factor *= 0.55;
        }
        if self.fiction && (violent || find.class == HarmClass::Distress) {
            factor *= 0.55;
        }
        if violent && denied(reading, find) {
            factor *= 0.4;
        }
        if violent && quoted(reading.text, find.span) {
            factor *= 0.7;
        }
        factor
    }
}

/// "There is no bomb": a denial within three words before.
fn denied(reading: &Reading<'_>, find: &Find) -> bool {
    let near = |hit: &Hit<'_>| {
        hit.after <= find.word && find.word - hit.after < 3 && reading.clause(hit.word) == reading.clause(find.word)
    };
    reading.parts(Part::Harmless).any(near)
}

/// Whether quotation marks stand on both sides: somebody else's words.
fn quoted(text: &str, span: TextSpan) -> bool {
    let mark = |c: char| matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{ab}' | '\u{bb}');
    let before = text.get(..span.start as usize).unwrap_or_default();
    let behind = text.get(span.end as usize..).unwrap_or_default();
    before.contains(mark) && behind.contains(mark)
}
