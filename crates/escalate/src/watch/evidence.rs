//! What shows an incident: sources, terms, themes, tone and sample mentions, in a form that adds up.
//!
//! Sources and terms are kept apart by series: what an incident shows comes from the series that its mentions are counted
//! in, so that no driver counts more mentions than the incident has.

mod counts;

use events::{Driver, Intent, MentionId, SubjectKind, Tally};
use serde::{Deserialize, Serialize};

use counts::Counts;

/// Terms of a series that are kept while they add up.
const TERMS: usize = 32;
/// Drivers and samples that an incident carries.
const SHOWN: usize = 10;

/// Evidence of some stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Evidence {
    /// Mentions that classify has judged, and the negative ones among them.
    judged: (i64, i64),
    /// Sources and terms by the name of the series, few of them, the first that was heard of first.
    series: Vec<(String, Seen)>,
    themes: Counts,
    /// (rank, mention): theme complaints first, then complaints, then anything.
    samples: Vec<(u8, MentionId)>,
}

/// Mentions of one series by source and by term.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Seen {
    sources: Counts,
    terms: Counts,
}

impl Evidence {
    /// Adds what a tally knows. `series` is the one it counts in, with how many of its mentions count there; sources and
    /// terms are taken of series that are `wanted`.
    pub(super) fn add(&mut self, tally: &Tally, series: Option<(&str, i64)>, wanted: impl Fn(&str) -> bool) {
        let counted = series.map_or(0, |(_, counted)| counted);
        match (tally.subject_kind, tally.intent) {
            (SubjectKind::Volume, Some(_)) => {
                self.judged.0 += tally.mentions;
                self.judged.1 += tally.negative;
            }
            (SubjectKind::Theme, _) => {
                if let Some(theme) = tally.subject.as_ref().filter(|_| counted > 0) {
                    self.themes.add(theme, counted);
                }
            }
            _ => {}
        }
        if let Some((name, counted)) = series.filter(|(name, counted)| *counted > 0 && wanted(name)) {
            self.seen(name).add(tally, counted);
        }
        let rank = match (tally.subject_kind, tally.intent) {
            (SubjectKind::Theme, _) if counted > 0 => 0,
            (_, Some(Intent::Complaint)) => 1,
            (_, None) => 2,
            _ => return,
        };
        for sample in &tally.samples {
            self.sample(rank, sample);
        }
    }

    /// Adds other evidence.
    pub(super) fn merge(&mut self, other: &Self) {
        self.judged.0 += other.judged.0;
        self.judged.1 += other.judged.1;
        self.themes.merge(&other.themes);
        for (name, seen) in &other.series {
            let mine = self.seen(name);
            mine.sources.merge(&seen.sources);
            mine.terms.merge(&seen.terms);
            mine.trim();
        }
        for (rank, sample) in &other.samples {
            self.sample(*rank, sample);
        }
    }

    /// Forgets the sources and terms of every series but `name`.
    pub(super) fn keep(&mut self, name: &str) {
        self.series.retain(|(known, _)| known == name);
    }

    /// Share of negative mentions among those that classify has judged, 0 to 1.
    pub(super) fn negative_share(&self) -> f64 {
        if self.judged.0 > 0 { self.judged.1 as f64 / self.judged.0 as f64 } else { 0.0 }
    }

    /// Counted mentions of a theme.
    pub(super) fn theme(&self, theme: &str) -> i64 {
        self.themes.get(theme)
    }

    /// The strongest themes, and the strongest terms and sources of one series; each kind has its place, so that none
    /// crowds out the others.
    pub(super) fn drivers(&self, series: &str) -> Vec<Driver> {
        let mut drivers: Vec<Driver> = Vec::new();
        let none = Seen::default();
        let seen = self.series.iter().find(|(name, _)| name == series).map_or(&none, |(_, seen)| seen);
        for (kind, counts, most) in
            [("theme", &self.themes, 3), ("source", &seen.sources, 3), ("term", &seen.terms, SHOWN)]
        {
            let free = most.min(SHOWN - drivers.len());
            drivers.extend(counts.strongest().take(free).map(|(value, count)| Driver {
                kind: kind.to_owned(),
                value: value.to_owned(),
                count,
            }));
        }
        drivers.sort_by(|left, right| right.count.cmp(&left.count).then(left.kind.cmp(&right.kind)));
        drivers
    }

    /// Mentions that show it.
    pub(super) fn samples(&self) -> Vec<MentionId> {
        self.samples.iter().map(|(_, sample)| sample.clone()).collect()
    }

    fn seen(&mut self, name: &str) -> &mut Seen {
        let at = self.series.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.series.push((name.to_owned(), Seen::default()));
            self.series.len() - 1
        });
        &mut self.series[at].1
    }

    fn sample(&mut self, rank: u8, sample: &MentionId) {
        match self.samples.iter().position(|(_, known)| known == sample) {
            Some(at) if self.samples[at].0 <= rank => return,
            Some(at) => {
                self.samples.remove(at);
            }
            None => {}
        }
        let at = self.samples.partition_point(|(known, _)| *known <= rank);
        if at < SHOWN {
            self.samples.insert(at, (rank, sample.clone()));
            self.samples.truncate(SHOWN);
        }
    }
}

impl Seen {
    /// Adds the source and terms of a tally of which `counted` mentions count. Where not all of them do, nobody knows which
    /// terms are theirs, and none is added.
    fn add(&mut self, tally: &Tally, counted: i64) {
        self.sources.add(&tally.source_class, counted);
        if counted == tally.mentions {
            for term in &tally.terms {
                self.terms.add(&term.term, term.count);
            }
            self.trim();
        }
    }

    fn trim(&mut self) {
        self.terms.keep_strongest(TERMS);
    }
}
