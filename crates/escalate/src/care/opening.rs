//! How a case opens: what its first mention asks for decides its matter, its team and its clock.

use book::{Book, ClockPolicy};
use events::{BookVersion, BrandId, Case, CaseId, CaseState, Clock, ClockOutcome, EventTime, Intent, Person, digest};

use super::route::{self, Matter};
use super::said::{Asks, Said};

/// The one clock so far.
pub(super) const FIRST_REPLY: &str = "first_reply";

/// The id of a case that `first` opens. The first brand of a mention gives the mention's own, each other one an id with the
/// brand in it.
pub(super) fn case_id(brand: &BrandId, first: &Said) -> CaseId {
    let own = first.asks.as_ref().is_none_or(|asks| asks.first_brand);
    let id = match own {
        true => digest(&["case", first.id.as_str()]),
        false => digest(&["case", first.id.as_str(), brand.as_str()]),
    };
    CaseId::from(id)
}

/// A case without mentions, steps and an opening.
pub(super) fn blank(version: &BookVersion, id: CaseId, brand: &BrandId, person: &Person) -> Case {
    Case {
        case_id: id,
        revision: 0,
        brand: brand.clone(),
        person: person.clone(),
        matter: String::new(),
        theme: None,
        state: CaseState::New,
        queue: String::new(),
        route_reason: String::new(),
        intent: Intent::Other,
        severity: 0,
        clocks: Vec::new(),
        mentions: Vec::new(),
        mention_count: 0,
        threads: Vec::new(),
        opened_at: EventTime::EPOCH,
        updated_at: EventTime::EPOCH,
        steps: Vec::new(),
        step_count: 0,
        book_version: version.clone(),
    }
}

/// Lets a case open by what its first mention asks for. A queue that somebody chose stays.
pub(super) fn open(book: &Book, case: &mut Case, first: &Said, asks: &Asks) {
    let brand = case.brand.clone();
    let matter = Matter { brand: &brand, asks };
    if !case.steps.iter().any(|step| step.kind == "assigned") {
        (case.queue, case.route_reason) = route::route(book, matter);
    }
    case.matter = asks.matter().to_owned();
    case.theme.clone_from(&asks.theme);
    case.intent = asks.intent;
    case.opened_at = first.at;
    case.clocks = route::clock(book, matter).map(|policy| first_reply(policy, asks.received_at)).into_iter().collect();
}

fn first_reply(policy: &ClockPolicy, started_at: EventTime) -> Clock {
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

/// The id of another case where `id` is in use.
pub(super) fn another(id: &CaseId) -> CaseId {
    CaseId::from(digest(&["case", id.as_str()]))
}
