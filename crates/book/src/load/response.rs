//! Reads who acts and how soon: teams, routes, clocks and the conditions of both.

use events::{BrandId, HarmClass, Intent, Recipient, Span, ThemeId};

use super::keys::{CLOCK, CONDITION, ROUTE, TEAM};
use super::names::Kind;
use super::reader::{Item, Object, Reader, plain};
use super::scalar::Range;
use crate::model::{ClockPolicy, Condition, RouteRule, Team};

/// The words for intents.
pub(super) const INTENTS: [(&str, Intent); 7] = [
    (Intent::Complaint.name(), Intent::Complaint),
    (Intent::Query.name(), Intent::Query),
    (Intent::Praise.name(), Intent::Praise),
    (Intent::Idea.name(), Intent::Idea),
    (Intent::Noise.name(), Intent::Noise),
    (Intent::Purchase.name(), Intent::Purchase),
    (Intent::Other.name(), Intent::Other),
];

/// The words for harm classes.
pub(super) const HARM: [(&str, HarmClass); 6] = [
    (HarmClass::Threat.name(), HarmClass::Threat),
    (HarmClass::Safety.name(), HarmClass::Safety),
    (HarmClass::Leak.name(), HarmClass::Leak),
    (HarmClass::Allegation.name(), HarmClass::Allegation),
    (HarmClass::Distress.name(), HarmClass::Distress),
    (HarmClass::Hate.name(), HarmClass::Hate),
];

const LONGEST: Span = Span::days(90);

impl Reader {
    pub(super) fn team(&mut self, item: &Item<'_>) -> Option<Team> {
        let object = self.object(item, TEAM)?;
        let id = self.id(&object, Kind::Team);
        let name = self.text_of(&object, "name").map(str::to_owned);
        let recipient = self.text_of(&object, "recipient").map(str::to_owned);
        let id = id?;
        Some(Team { recipient: Recipient::new(recipient.unwrap_or_else(|| id.clone())), id, name: name? })
    }

    pub(super) fn route(&mut self, item: &Item<'_>) -> Option<RouteRule> {
        let object = self.object(item, ROUTE)?;
        let id = self.id(&object, Kind::Route);
        let when = self.when(&object);
        let team = self.reference(&object, "team", Kind::Team);
        Some(RouteRule { id: id?, when, team: team? })
    }

    pub(super) fn clock(&mut self, item: &Item<'_>) -> Option<ClockPolicy> {
        let object = self.object(item, CLOCK)?;
        let id = self.id(&object, Kind::Clock);
        let when = self.when(&object);
        let first_reply = object.get("first_reply").cloned().and_then(|item| self.duration(&item));
        let warn_at = self.number(&object, "warn_at", Range::Inside01);
        Some(ClockPolicy { id: id?, when, first_reply: first_reply?, warn_at: warn_at? })
    }

    /// The condition of a route or clock; without `when` it matches everything.
    fn when(&mut self, object: &Object<'_>) -> Condition {
        let Some(object) = object.get("when").cloned().and_then(|item| self.object(&item, CONDITION)) else {
            return Condition::default();
        };
        Condition {
            brands: self.references(&object, "brands", Kind::Brand).into_iter().map(BrandId::new).collect(),
            intents: self.words(&object, "intents", &INTENTS),
            themes: self.references(&object, "themes", Kind::Theme).into_iter().map(ThemeId::new).collect(),
            harm: self.words(&object, "harm", &HARM),
            languages: self.list(&object, "languages").iter().filter_map(|item| self.language(item)).collect(),
            sources: self.references(&object, "sources", Kind::Source),
            min_severity: self.whole(&object, "min_severity", 0, 100),
            owned: self.truth(&object, "owned"),
            hours: object.get("hours").cloned().and_then(|item| self.hours(&item)),
        }
    }

    /// A time such as `90s`, `10m`, `2h` or `1d`.
    fn duration(&mut self, item: &Item<'_>) -> Option<Span> {
        let text = self.text(item)?;
        let span = parse_duration(text).filter(|span| *span > Span::default() && *span <= LONGEST);
        if span.is_none() {
            self.fail(
                &item.place,
                format!("`{text}` is no time"),
                "write a whole number and its unit, such as `90s`, `10m`, `2h`, `1d`, up to `90d`",
            );
        }
        span
    }

    /// Hours of the day such as `22-6`, the end exclusive.
    fn hours(&mut self, item: &Item<'_>) -> Option<(u8, u8)> {
        let hour = |text: &str, last: u8| text.trim().parse::<u8>().ok().filter(|hour| *hour <= last);
        let pair = plain(item.node).and_then(|text| text.split_once('-'));
        let hours = pair.and_then(|(from, to)| Some((hour(from, 23)?, hour(to, 24)?)));
        let hours = hours.filter(|(from, to)| from != to);
        if hours.is_none() {
            self.fail(
                &item.place,
                "these are no hours of a day",
                "write first and last hour in UTC, such as `22-6` or `9-17`, from 0 to 24",
            );
        }
        hours
    }
}

fn parse_duration(text: &str) -> Option<Span> {
    let unit = text.chars().next_back()?;
    let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
    let number = i64::from(number);
    match unit {
        's' => Some(Span::seconds(number)),
        'm' => Some(Span::minutes(number)),
        'h' => Some(Span::hours(number)),
        'd' => Some(Span::days(number)),
        _ => None,
    }
}
