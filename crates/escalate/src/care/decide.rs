//! What a mention means for care, and which case it belongs to: pure rules over one person's cases.

use book::{Book, ClockPolicy, SourceClass};
use events::{
    AuthorRole, BookVersion, BrandId, Case, CaseId, CaseMention, CaseState, ClassifiedMention, Clock, ClockOutcome,
    HarmClass, Intent, Span, ThemeId, digest,
};
use stream::DropReason;

use super::route::{self, Matter};
use super::{NO_ACTION, NO_BRAND, NOISE, PRESS, REPOST, fold};

/// A mention joins an open case this long after the case's last mention.
const JOIN: Span = Span::days(7);
/// The matter of a case without a theme.
const GENERAL: &str = "general";
/// The one clock so far.
pub(super) const FIRST_REPLY: &str = "first_reply";

/// Whether a mention asks somebody to act; else why not. A repost is not this person's complaint, and what the press writes
/// is not a customer's, unless it asks. A threat is looked at whoever passes it on.
pub(super) fn wanted(book: &Book, mention: &ClassifiedMention) -> Result<Intent, DropReason> {
    let intent = mention.classification.intent.label.unwrap_or_default();
    let harms =
        || mention.classification.harm.iter().filter(|finding| route::opens(finding)).map(|finding| finding.class);
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
        Intent::Query => Ok(intent),
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
pub(super) fn theme_for<'a>(mention: &'a ClassifiedMention, brand: &BrandId) -> Option<&'a ThemeId> {
    let classification = &mention.classification;
    let mut own = classification.themes.iter().filter(|theme| theme.brand == *brand).map(|theme| &theme.id).peekable();
    let first = own.peek().copied();
    own.find(|theme| classification.main_theme.as_ref() == Some(*theme)).or(first)
}

/// The case that a mention joins, by the first that holds of: it answers a mention of the case, it is in a thread of the
/// case, it is the same matter; and which one held.
pub(super) fn find<'a>(
    cases: &'a mut [Case],
    mention: &ClassifiedMention,
    brand: &BrandId,
    matter: &str,
) -> Option<(&'a mut Case, &'static str)> {
    let said = &mention.mention;
    let thread = thread(mention);
    let open = |case: &Case| {
        let last = case.mentions.last().map_or(case.opened_at, |last| last.at);
        let apart = said.event_time.since(last).max(last.since(said.event_time));
        case.brand == *brand && matches!(case.state, CaseState::New | CaseState::Answered) && apart <= JOIN
    };
    let parent = |case: &Case| said.parent_id.as_ref().is_some_and(|parent| knows(case, parent.as_str()));
    let same_thread = |case: &Case| thread.as_ref().is_some_and(|thread| case.threads.contains(thread));
    let by = |test: &dyn Fn(&Case) -> bool| cases.iter().position(|case| open(case) && test(case));
    let (at, why) = by(&parent)
        .map(|at| (at, "reference"))
        .or_else(|| by(&same_thread).map(|at| (at, "thread")))
        .or_else(|| by(&|case: &Case| case.matter == matter).map(|at| (at, "matter")))?;
    cases.get_mut(at).map(|case| (case, why))
}

/// Whether a mention is among the last ones of a case.
pub(super) fn knows(case: &Case, mention: &str) -> bool {
    case.mentions.iter().any(|known| known.id.as_str() == mention)
}

/// Name of a theme or of the lack of one.
pub(super) fn matter_of(theme: Option<&ThemeId>) -> &str {
    theme.map_or(GENERAL, ThemeId::as_str)
}

/// A new case. The first brand of a mention gives the mention's own case id, each other one an id with the brand in it.
pub(super) fn open(
    book: &Book,
    version: &BookVersion,
    mention: &ClassifiedMention,
    brand: &BrandId,
    intent: Intent,
) -> Case {
    let said = &mention.mention;
    let main = mention.enrichment.brands.first().is_some_and(|first| first.id == *brand);
    let id =
        if main { digest(&["case", said.id.as_str()]) } else { digest(&["case", said.id.as_str(), brand.as_str()]) };
    let theme = theme_for(mention, brand);
    let matter = Matter { brand, intent, theme, mention };
    let (queue, route_reason) = route::route(book, matter);
    let mut case = Case {
        case_id: CaseId::from(id),
        revision: 0,
        brand: brand.clone(),
        person: mention.enrichment.person.clone(),
        matter: matter_of(theme).to_owned(),
        theme: theme.cloned(),
        state: CaseState::New,
        queue,
        route_reason,
        intent,
        severity: 0,
        clocks: route::clock(book, matter).map(|policy| first_reply(policy, mention)).into_iter().collect(),
        mentions: Vec::new(),
        mention_count: 0,
        threads: Vec::new(),
        opened_at: said.event_time,
        updated_at: said.event_time,
        steps: Vec::new(),
        step_count: 0,
        book_version: version.clone(),
    };
    let detail = format!("queue {}", case.queue);
    add(&mut case, mention, "opened", detail);
    case
}

/// Adds a customer's mention to a case.
pub(super) fn add(case: &mut Case, mention: &ClassifiedMention, kind: &str, detail: String) {
    let said = &mention.mention;
    fold::insert(case, entry(mention, "customer"));
    case.severity = case.severity.max(mention.classification.severity.score);
    if let Some(thread) = thread(mention).filter(|thread| !case.threads.contains(thread)) {
        case.threads.push(thread);
    }
    fold::step(case, said.event_time, kind, detail);
    report_harm(case, mention);
}

/// A step for each harm class that the case did not have.
pub(super) fn report_harm(case: &mut Case, mention: &ClassifiedMention) {
    for finding in mention.classification.harm.iter().filter(|finding| route::opens(finding)) {
        let class = finding.class.name();
        if !case.steps.iter().any(|step| step.kind == super::HARM_STEP && step.detail == class) {
            fold::step(case, mention.mention.event_time, super::HARM_STEP, class.to_owned());
        }
    }
}

/// A mention as a case lists it.
pub(super) fn entry(mention: &ClassifiedMention, from: &str) -> CaseMention {
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

/// The thread of a mention, unique over sources.
fn thread(mention: &ClassifiedMention) -> Option<String> {
    mention.mention.thread_id.as_ref().map(|thread| format!("{}:{thread}", mention.mention.source))
}

fn first_reply(policy: &ClockPolicy, mention: &ClassifiedMention) -> Clock {
    let started_at = mention.mention.received_at;
    Clock {
        name: FIRST_REPLY.to_owned(),
        policy: policy.id.clone(),
        started_at,
        warn_at: started_at.plus(policy.first_reply.times(policy.warn_at)),
        due_at: started_at.plus(policy.first_reply),
        outcome: ClockOutcome::Running,
        warned_at: None,
        ended_at: None,
        unconfirmed: false,
    }
}
