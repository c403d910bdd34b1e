//! What a mention means for care: pure rules over one mention.

use book::{Book, SourceClass};
use events::{AuthorRole, BrandId, CaseMention, HarmClass, Intent, ThemeId};
use stream::DropReason;

use super::heard::Heard;
use super::{NO_ACTION, NO_BRAND, NOISE, PRESS, REPOST, route};

/// Whether a mention asks somebody to act; else why not. A repost is not this person's complaint, and what the press writes
/// is not a customer's, unless it asks. A threat is looked at whoever passes it on.
pub(super) fn wanted(book: &Book, mention: &Heard) -> Result<Intent, DropReason> {
    let intent = mention.classification.intent.label.unwrap_or_default();
    let harms = || route::counted(&mention.classification.harm).filter(|class| route::opens(*class));
    let threat = harms().any(|class| class == HarmClass::Threat);
    // Who wishes well after an accident, praises a rescue or passes on what befell others waits for no answer.
    let bystander = intent == Intent::Praise || !mention.classification.firsthand;
    let harm = harms().any(|class| class != HarmClass::Safety || !bystander);
    let said = &mention.mention;
    let class = book.source_class(&said.source);
    let press = mention.enrichment.author_role == AuthorRole::Press || class == SourceClass::News;
    let direct = class == SourceClass::Direct;
    if mention.enrichment.brands.is_empty() {
        return Err(NO_BRAND);
    }
    match intent {
        _ if threat => Ok(intent),
        _ if said.repost => Err(REPOST),
        Intent::Query | Intent::Purchase => Ok(intent),
        _ if press => Err(PRESS),
        Intent::Complaint => Ok(intent),
        // Who calls, mails or chats with the brand alone wants something, also where nobody can say what.
        Intent::Other if direct => Ok(intent),
        _ if harm => Ok(intent),
        Intent::Noise => Err(NOISE),
        _ => Err(NO_ACTION),
    }
}

/// The theme of a mention as far as `brand` is concerned: its main theme, else the strongest that is the brand's.
pub(super) fn theme_for<'a>(mention: &'a Heard, brand: &BrandId) -> Option<&'a ThemeId> {
    let classification = &mention.classification;
    let mut own = classification.themes.iter().filter(|theme| theme.brand == *brand).map(|theme| &theme.id).peekable();
    let first = own.peek().copied();
    own.find(|theme| classification.main_theme.as_ref() == Some(*theme)).or(first)
}

/// A mention as a case lists it.
pub(super) fn entry(mention: &Heard, from: &str) -> CaseMention {
    let said = &mention.mention;
    CaseMention {
        id: said.id.clone(),
        revision: said.revision,
        at: said.event_time,
        from: from.to_owned(),
        source: said.source.clone(),
        channel: said.channel.clone(),
        deleted: false,
    }
}
