//! Tallies to incidents.

use escalate::Watch;
use escalate::watch::WatchIn;
use events::{
    BrandId, EventTime, Incident, IncidentState, Intent, MentionId, Offset, Partition, Person, Span, SubjectKind,
    TallyEntry, TallySheet, Tone, Topic, person_hash,
};
use testkit::build;

use crate::book::book;
use crate::driver::{Driver, at};

/// Mentions of a brand as enrich and classify tally them.
struct World {
    driver: Driver<Watch>,
    now: EventTime,
    count: i64,
    /// How far time hangs back behind what is heard.
    behind: Span,
}

#[derive(Clone, Copy)]
struct Said {
    theme: Option<&'static str>,
    intent: Intent,
    person: i64,
}

fn complaint(theme: &'static str, person: i64) -> Said {
    Said { theme: Some(theme), intent: Intent::Complaint, person }
}

fn other(person: i64) -> Said {
    Said { theme: None, intent: Intent::Other, person }
}

impl World {
    fn new(start: &str) -> Self {
        Self { driver: Driver::new(Watch::new(book())), now: at(start), count: 0, behind: Span::minutes(0) }
    }

    /// One minute in which these were said, in slices of 20 seconds.
    fn minute(&mut self, said: &[Said]) {
        for third in 0..3 {
            let end = self.now.plus(Span::seconds(20 * (third + 1)));
            let part: Vec<Said> = said.iter().skip(third as usize).step_by(3).copied().collect();
            let records = self.tallies(&part);
            self.driver.turn(records, end.minus(self.behind));
        }
        self.now = self.now.plus(Span::minutes(1));
    }

    fn tallies(&mut self, said: &[Said]) -> Vec<(Topic, String, WatchIn)> {
        let mut enrich = TallySheet::new("enrich", Partition(0));
        let mut classify = TallySheet::new("classify", Partition(0));
        let brand = BrandId::from("skyline");
        for said in said {
            self.count += 1;
            let sample = MentionId::of("x", &self.count.to_string());
            let tone = (said.intent == Intent::Complaint).then_some(Tone::Negative);
            let person = person_hash(&Person::from(format!("x:{}", said.person)));
            let (minute, offset) = (self.now, Offset(self.count));
            let entry = TallyEntry { minute, person, offset, ..build::volume(&brand, &sample) };
            enrich.count(entry);
            let judged = TallyEntry { intent: Some(said.intent), tone, ..entry };
            classify.count(judged);
            if let Some(theme) = said.theme {
                classify.count(TallyEntry { subject_kind: SubjectKind::Theme, subject: Some(theme), ..judged });
            }
        }
        let tallies = enrich.into_tallies().into_iter().chain(classify.into_tallies());
        tallies.map(|tally| (Topic::Tallies, tally.brand.to_string(), WatchIn::Tally(Box::new(tally)))).collect()
    }

    /// `count` mentions spread evenly over `minutes`.
    fn spread(&mut self, minutes: i64, count: i64, mut say: impl FnMut(i64) -> Said) {
        for minute in 0..minutes {
            let (from, to) = (minute * count / minutes, (minute + 1) * count / minutes);
            let said: Vec<Said> = (from..to).map(&mut say).collect();
            self.minute(&said);
        }
    }

    fn incidents(&self) -> Vec<Incident> {
        self.driver.state.incidents().cloned().collect()
    }
}

fn kinds(incident: &Incident) -> Vec<&str> {
    incident.steps.iter().map(|step| step.kind.as_str()).collect()
}

#[test]
fn c33_one_incident_with_what_was_expected_and_observed_and_who_was_called() {
    let mut world = World::new("10-12T00:00:00");
    for _ in 0..3 * 7 * 144 {
        world.spread(10, 12, |i| complaint("boarding", i * 7 % 90));
    }
    assert_eq!(world.incidents(), []);
    let onset = world.now;
    world.spread(10, 75, |i| complaint("boarding", 1_000 + i % 68));
    for _ in 0..12 {
        world.spread(10, 12, |i| complaint("boarding", i * 7 % 90));
    }
    let incidents = world.incidents();
    let [incident] = incidents.as_slice() else { panic!("{} incidents", incidents.len()) };
    assert_eq!(kinds(incident), ["opened", "easing", "resolved"], "{:?}", incident.steps);
    assert_eq!((incident.kind.as_str(), incident.state), ("spike", IncidentState::Resolved));
    assert_eq!(incident.theme.as_ref().map(|theme| theme.as_str()), Some("boarding"));
    assert_eq!((incident.observed, incident.window_minutes), (75, 10));
    assert!((incident.expected - 12.0).abs() < 1.0, "{}", incident.expected);
    assert_eq!(incident.onset_at, onset);
    let opened = incident.opened_at.unwrap();
    assert!(opened.since(onset) <= Span::minutes(5), "opened {opened}, began {onset}");
    assert!((68..=100).contains(&incident.people), "{}", incident.people);
    assert_eq!(incident.called.iter().map(|who| who.as_str()).collect::<Vec<_>>(), ["gate@on-call"]);
    let driver =
        |kind: &str| incident.drivers.iter().find(|driver| driver.kind == kind).map(|driver| driver.value.as_str());
    assert_eq!([driver("theme"), driver("source"), driver("term")], [Some("boarding"), Some("social"), Some("gate")]);
    assert_eq!(incident.samples.len(), 10);
    assert!(incident.drivers.iter().all(|driver| driver.count <= incident.mentions), "{:?}", incident.drivers);
    // No revision for each tally: one a minute at most, besides the steps.
    let minutes = incident.resolved_at.unwrap().since(opened).as_seconds() / 60.0;
    let written = world.driver.written("incidents").count();
    assert!((written as f64) < minutes + 10.0, "{written} revisions in {minutes} minutes");
    assert_eq!(incident.revision, written as i64);
}

#[test]
fn c20_a_brand_that_is_always_complained_about_alarms_only_above_its_own_rate() {
    let mut world = World::new("10-05T00:00:00");
    let say = |negative: i64| {
        move |i: i64| {
            if i * 37 % 100 < negative { complaint("delay", i * 13 % 997) } else { other(i * 13 % 997) }
        }
    };
    for _ in 0..4 * 7 * 24 {
        world.spread(60, 100, say(70));
    }
    world.spread(60, 104, say(72));
    assert_eq!(world.incidents(), []);
    world.spread(60, 600, say(70));
    for _ in 0..3 {
        world.spread(60, 100, say(70));
    }
    let incidents = world.incidents();
    let [incident] = incidents.as_slice() else { panic!("{} incidents", incidents.len()) };
    assert_eq!((incident.observed, incident.window_minutes), (600, 60));
    assert!((incident.expected - 100.0).abs() < 5.0, "{}", incident.expected);
    assert_eq!(kinds(incident), ["opened", "easing", "resolved"], "{:?}", incident.steps);
}

#[test]
fn a_crisis_of_two_themes_is_one_incident_that_worsens_and_survives_a_restart() {
    let mut world = World::new("10-05T00:00:00");
    for _ in 0..48 {
        world.spread(60, 60, |i| if i % 6 == 0 { complaint("delay", i) } else { other(100 + i) });
    }
    let onset = world.now;
    world.spread(20, 100, |i| complaint(if i % 5 < 3 { "delay" } else { "boarding" }, 10_000 + i));
    world.driver.restart();
    world.spread(30, 3_000, |i| complaint(if i % 5 < 3 { "delay" } else { "boarding" }, 20_000 + i));
    world.spread(60, 60, |i| other(100 + i));
    let incidents = world.incidents();
    let [incident] = incidents.as_slice() else { panic!("{} incidents", incidents.len()) };
    // Five times, then a hundred times its rate: told when it opens, when it turns, and at its height.
    let steps = kinds(incident);
    assert_eq!((steps[0], &steps[steps.len() - 2..]), ("opened", &["easing", "resolved"][..]), "{:?}", incident.steps);
    let worsened = steps.iter().filter(|kind| **kind == "worsened").count();
    assert!((1..=3).contains(&worsened) && steps.len() == worsened + 3, "{steps:?}");
    assert_eq!(incident.theme.as_ref().map(|theme| theme.as_str()), Some("delay"));
    assert!((incident.onset_at.since(onset).as_seconds()).abs() <= 180.0);
    // All of them were different people, of the theme or of the brand, whichever crossed first.
    let (people, mentions) = (incident.people, incident.mentions);
    assert!((1_700..=3_300).contains(&mentions), "{mentions} mentions");
    assert!((people - mentions).abs() * 20 < mentions, "{people} people, {mentions} mentions");
    // Grave, but no life is at stake: not the worst.
    assert!((70..100).contains(&incident.severity), "{}", incident.severity);
    let most = incident.drivers.iter().map(|driver| driver.count).max();
    assert!(most.is_some_and(|most| most <= mentions), "{mentions} mentions, {:?}", incident.drivers);
}

#[test]
fn what_comes_back_within_hours_is_the_same_incident_reopened() {
    let mut world = World::new("10-05T00:00:00");
    for _ in 0..48 {
        world.spread(60, 60, |i| other(100 + i));
    }
    world.spread(15, 150, |i| complaint("delay", 10_000 + i));
    world.spread(120, 120, |i| other(100 + i));
    assert_eq!(world.incidents()[0].state, IncidentState::Resolved);
    world.spread(15, 150, |i| complaint("delay", 30_000 + i));
    let incidents = world.incidents();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0].state, IncidentState::Reopened);
    assert_eq!(incidents[0].resolved_at, None);
}

#[test]
fn another_theme_that_takes_over_later_is_an_incident_of_its_own() {
    let mut world = World::new("10-05T00:00:00");
    for _ in 0..48 {
        world.spread(60, 60, |i| other(100 + i));
    }
    world.spread(100, 500, |i| complaint("delay", 10_000 + i));
    world.spread(
        20,
        600,
        |i| {
            if i % 6 == 0 { complaint("delay", 20_000 + i) } else { complaint("boarding", 30_000 + i) }
        },
    );
    let themes: Vec<_> = world.incidents().iter().map(|incident| incident.theme.clone().unwrap().to_string()).collect();
    assert_eq!(themes.len(), 2, "{themes:?}");
    assert!(themes.contains(&"boarding".to_owned()) && themes.contains(&"delay".to_owned()));
}

#[test]
fn a_long_tail_of_a_theme_does_not_make_an_incident_flutter() {
    let mut world = World::new("10-05T00:00:00");
    for _ in 0..72 {
        world.spread(60, 60, |i| if i % 20 == 0 { complaint("boarding", i) } else { other(100 + i) });
    }
    // Twenty a minute, halving every hour: the theme is far above its rate when the brand looks normal again.
    for hour in 0..9 {
        let extra = 1_200 >> hour;
        let all = 60 + extra;
        world.spread(60, all, |i| {
            // Evenly among the others.
            if i * extra / all != (i + 1) * extra / all {
                complaint("boarding", 10_000 * (hour + 1) + i)
            } else {
                other(100 + i)
            }
        });
    }
    for _ in 0..4 {
        world.spread(60, 60, |i| if i % 20 == 0 { complaint("boarding", i) } else { other(100 + i) });
    }
    let incidents = world.incidents();
    let [incident] = incidents.as_slice() else { panic!("{} incidents", incidents.len()) };
    let kinds = kinds(incident);
    assert_eq!(kinds.iter().filter(|kind| **kind == "resolved").count(), 1, "{kinds:?}");
    assert!(!kinds.contains(&"reopened"), "{kinds:?}");
}

#[test]
fn hours_that_are_heard_in_part_while_time_is_hours_behind_are_not_learnt_as_quiet_ones() {
    let mut world = World::new("10-12T00:00:00");
    let hours = |world: &mut World, hours: i64, each: i64| (0..hours * 6).for_each(|_| world.spread(10, each, other));
    hours(&mut world, 6, 20);
    world.behind = Span::hours(4);
    hours(&mut world, 8, 1);
    hours(&mut world, 8, 20);
    assert_eq!(world.incidents(), []);
}

#[test]
fn minutes_before_an_incident_was_opened_again_do_not_resolve_it() {
    let mut world = World::new("10-12T00:00:00");
    (0..72 * 6).for_each(|_| world.spread(10, 12, |i| complaint("boarding", i)));
    let surge = |world: &mut World| world.spread(10, 120, |i| complaint("boarding", 1_000 + i));
    world.behind = Span::minutes(100);
    surge(&mut world);
    (0..14).for_each(|_| world.spread(10, 12, |i| complaint("boarding", i)));
    for _ in 0..4 {
        surge(&mut world);
    }
    let incidents = world.incidents();
    let [incident] = incidents.as_slice() else { panic!("{} incidents", incidents.len()) };
    assert_eq!(kinds(incident), ["opened", "easing", "resolved", "reopened"], "{:?}", incident.steps);
}
