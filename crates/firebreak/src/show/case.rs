//! A case for people.

use anyhow::Context;
use events::{Case, CaseMention, CaseState, Clock, ClockOutcome};
use serde::Deserialize;

use super::steps;
use crate::report::Names;
use crate::report::text::{quantity, time};

/// Mentions shown; the others are in the record.
const MENTIONS: usize = 10;

/// A record of `cases`.
#[derive(Deserialize)]
struct Record {
    value: Case,
}

/// The text about a case, of its record as a line of JSON.
///
/// # Errors
/// The line is no case.
pub fn case_text(line: &str, names: &Names) -> anyhow::Result<String> {
    let Record { value: case } = serde_json::from_str(line).context("the record is no case")?;
    let matter = case.theme.as_ref().map_or("no theme of the book", |theme| names.theme(theme.as_str()));
    let mut text = format!("{}: {matter}, for {}\n", names.brand(case.brand.as_str()), case.person);
    let (opened, changed) = (time(case.opened_at), time(case.updated_at));
    let mut told = vec![
        ("stands", standing(case.state).to_owned()),
        ("team", format!("{}: {}", names.team(&case.queue), case.route_reason)),
        ("wanted", case.intent.name().to_owned()),
        ("severity", format!("{} of 100", case.severity)),
        ("opened", format!("{opened}, changed {changed}, revision {}", case.revision)),
    ];
    told.extend(case.clocks.iter().map(|clock| ("clock", self::clock(clock))));
    if !case.threads.is_empty() {
        told.push(("threads", case.threads.join(", ")));
    }
    told.push(("book", case.book_version.to_string()));
    for (label, fact) in told {
        text += &format!("  {label:<9}  {fact}\n");
    }
    text += &mentions(&case);
    Ok(text + &steps(&case.steps, case.step_count))
}

const fn standing(state: CaseState) -> &'static str {
    match state {
        CaseState::New => "nobody has answered",
        CaseState::Answered => "answered",
        CaseState::Closed => "closed",
        CaseState::Moved => "continued in another case",
        CaseState::Unknown => "in a state that this version does not know",
    }
}

fn clock(clock: &Clock) -> String {
    let ended = clock.ended_at.map(time).unwrap_or_default();
    let outcome = match clock.outcome {
        ClockOutcome::Running => "it runs".to_owned(),
        ClockOutcome::Met => format!("met {ended}"),
        ClockOutcome::Breached => format!("breached {ended}"),
        ClockOutcome::Cancelled => "no longer needed".to_owned(),
        ClockOutcome::Unknown => "an outcome that this version does not know".to_owned(),
    };
    let warned = clock.warned_at.map(|at| format!(", warned {}", time(at))).unwrap_or_default();
    let unsure = if clock.unconfirmed { ", although input was missing" } else { "" };
    format!("{} by {}: {outcome}{warned}{unsure} (policy {})", clock.name, time(clock.due_at), clock.policy)
}

/// The last ones, by id: a case has no text.
fn mentions(case: &Case) -> String {
    let shown = &case.mentions[case.mentions.len().saturating_sub(MENTIONS)..];
    let mut text = format!("  {}\n", quantity(case.mention_count, "mention", "mentions"));
    for CaseMention { id, revision, at, from, source, channel, deleted } in shown {
        let deleted = if *deleted { ", deleted" } else { "" };
        text += &format!("    {}  {from:<9} {source} {channel}, {id} revision {revision}{deleted}\n", time(*at));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_says_whose_it_is_by_when_and_how_it_went() {
        let value = include_str!("../../../../schemas/case/examples/card-answered-in-time.json");
        let text = case_text(&format!("{{\"value\":{value}}}"), &Names::default()).unwrap();
        for expected in [
            "tern: atm_card, for customer:881\n",
            "  stands     answered\n",
            "  team       cards_night: theme atm_card between 22:00 and 06:00 UTC\n",
            "  clock      first_reply by 2026-11-02 02:15:13: met 2026-11-02 02:07:02 (policy social-10-minutes)\n",
            "  2 mentions\n    2026-11-02 02:05:11  customer  x post, 40cbbabf22ef12cd1571ae6c4361d4d2 revision 0\n",
            "  3 steps\n    2026-11-02 02:05:11  opened        queue cards_night\n    2026-11-02 02:07:02  answered\n",
        ] {
            assert!(text.contains(expected), "`{expected}` is not in\n{text}");
        }
        assert!(case_text("{\"value\":null}", &Names::default()).is_err());
    }
}
