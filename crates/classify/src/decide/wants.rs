//! What an author asks for and where they may go: values of the book's parameters, the risk that they leave, whether they send
//! others, whether an apology is due.

use book::{Book, Brand};
use events::{
    ApologyFinding, BrandId, ChurnFinding, Intent, IntentFinding, RequestFinding, ThemeFinding, ThemeId, Tone,
};

use super::hundredths;
use crate::lexicon::{Cue, Meaning};
use crate::reading::{Hit, Reading};

/// From here a customer who is known by name is no longer a stranger: what it adds to the risk that they leave.
const LINKED: f64 = 0.25;

/// Values that are asked for, one for each parameter: the first that stands, the longest of those that begin together.
pub(crate) fn requests(reading: &Reading<'_>, book: &Book, brands: &[&BrandId]) -> Vec<RequestFinding> {
    let mut found: Vec<RequestFinding> = Vec::new();
    for hit in &reading.hits {
        let Meaning::Value(brand, parameter, value) = hit.meaning else { continue };
        let about = |brand: &&Brand| brands.contains(&&brand.id);
        let Some(brand) = book.brands.get(*brand).filter(about) else { continue };
        let Some(parameter) = brand.parameters.get(*parameter) else { continue };
        let Some(value) = parameter.values.get(*value) else { continue };
        let request = RequestFinding { parameter: parameter.id.clone(), value: value.value.clone(), span: hit.span };
        match found.iter_mut().find(|known| known.parameter == request.parameter) {
            Some(known) if known.span.start == hit.span.start && known.span.end < hit.span.end => *known = request,
            Some(_) => {}
            None => found.push(request),
        }
    }
    found
}

/// The risk that the author leaves; whom a link names as a customer has more to lose.
pub(crate) fn churn(
    reading: &Reading<'_>,
    intent: &IntentFinding,
    themes: &[ThemeFinding],
    linked: bool,
) -> Option<ChurnFinding> {
    if intent.label == Some(Intent::Purchase) {
        return None;
    }
    let mut worst: Option<(&Hit<'_>, &str, f64)> = None;
    for hit in &reading.hits {
        let Meaning::Churn(rule, risk) = hit.meaning else { continue };
        if worst.is_none_or(|(_, _, known)| *risk > known) {
            worst = Some((hit, rule, *risk));
        }
    }
    let (hit, rule, risk) = worst?;
    let driven = |theme: &&ThemeFinding| theme.polarity != Some(Tone::Positive);
    Some(ChurnFinding {
        risk: hundredths((risk + if linked { LINKED } else { 0.0 }).min(0.95)),
        trigger: themes.iter().find(driven).map(|theme: &ThemeFinding| ThemeId::as_str(&theme.id).to_owned()),
        span: hit.span,
        rule: format!("churn.{rule}"),
    })
}

/// Whether somebody tells others to come, and whether they are delighted beyond ordinary praise.
pub(crate) fn delight(reading: &Reading<'_>, intent: Option<Intent>, positive: f64, sarcastic: bool) -> (bool, bool) {
    let pleased = !sarcastic && (intent == Some(Intent::Praise) || positive >= 0.6);
    let referral = pleased && reading.says(Cue::Referral);
    (pleased && (referral || reading.says(Cue::Wow)), referral)
}

/// Whether an apology is due: the brand failed its author, and the author does not say that it was their own mistake.
pub(crate) fn apology(reading: &Reading<'_>, intent: &IntentFinding, firsthand: bool) -> Option<ApologyFinding> {
    if reading.says(Cue::OwnMistake) {
        return Some(ApologyFinding { due: false, rule: "apology.own_mistake".to_owned() });
    }
    let failed = intent.label == Some(Intent::Complaint) && firsthand;
    let rule = intent.rule.as_deref().filter(|rule| rule.starts_with("complaint."))?;
    failed.then(|| ApologyFinding { due: true, rule: format!("apology.{rule}") })
}
