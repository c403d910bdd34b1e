//! What is posted: numbered mentions from a seed, with everything that sources do to them. Nothing here knows the time or a socket.
//!
//! A mention's native id is `m<number>`. What the number says about it is kept in [`Told`], apart from the stages: whether it names
//! a brand, and which revisions of it were made.

mod texts;

use std::collections::VecDeque;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

/// The source that all mentions come from.
pub(crate) const SOURCE: &str = "soak";
/// Mentions that can be repeated, edited or deleted: the last so many.
const RECENT: usize = 6_000;
/// Of all lines, how many are of each kind; the rest are new mentions.
const REPEATS: f64 = 0.10;
const EDITS: f64 = 0.06;
const DELETES: f64 = 0.02;
const POISON: f64 = 0.01;
/// Of new mentions, how many name no brand.
const NOBODY: f64 = 0.04;
/// Of the hot half of the time, how much is about one brand.
const HOT: f64 = 0.95;
/// How far a time of publication lies back at most, in milliseconds: the disorder.
const DISORDER: i64 = 30_000;
/// People who write again and again; all others write once.
const REGULARS: u32 = 400;

/// A line to post.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Its JSON.
    pub(crate) bytes: Vec<u8>,
    /// What it is.
    pub(crate) what: What,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A revision of a mention.
    Revision(Revision),
    /// A line that cannot become a mention.
    Poison,
}

/// A revision of a numbered mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Revision {
    /// Which mention.
    pub(crate) number: u32,
    /// Which revision, from 0.
    pub(crate) revision: u8,
    /// Whether enrich must let it pass: it names a brand, or deletes.
    pub(crate) passes: bool,
    /// Whether it complains, so that an answer is owed.
    pub(crate) complains: bool,
}

/// A mention that was taken, and may be repeated, edited or deleted.
#[derive(Debug, Clone)]
struct Taken {
    number: u32,
    revision: u8,
    brand: Option<usize>,
    author: String,
    deleted: bool,
    bytes: Vec<u8>,
    passes: bool,
    /// Whether its last revision is on its way: until it is taken, no other goes out.
    on_its_way: bool,
}

/// Makes lines from a seed.
pub(crate) struct Load {
    random: ChaCha8Rng,
    next: u32,
    poisons: u32,
    recent: VecDeque<Taken>,
    /// New mentions that were given out and are not yet known to be taken.
    given: VecDeque<Taken>,
}

impl Load {
    /// A load of its own for each seed.
    pub(crate) fn new(seed: u64) -> Self {
        let random = ChaCha8Rng::seed_from_u64(seed);
        Self { random, next: 0, poisons: 0, recent: VecDeque::new(), given: VecDeque::new() }
    }

    /// The next line at a moment, in milliseconds since 1970; nearly all is about the brand that is `hot`, a number of any size.
    pub(crate) fn next(&mut self, now: i64, hot: Option<usize>) -> Line {
        let draw: f64 = self.random.random();
        let made = match draw {
            draw if draw < REPEATS => self.repeat(),
            draw if draw < REPEATS + EDITS => self.again(now, false),
            draw if draw < REPEATS + EDITS + DELETES => self.again(now, true),
            draw if draw < REPEATS + EDITS + DELETES + POISON => Some(self.poison()),
            _ => None,
        };
        made.unwrap_or_else(|| self.create(now, hot))
    }

    /// A revision that was given out was taken: its mention may be repeated, edited, deleted from now on. That an earlier one was
    /// taken again says nothing of the last.
    pub(crate) fn taken(&mut self, Revision { number, revision, .. }: Revision) {
        if let Some(at) = self.given.iter().position(|given| given.number == number) {
            self.recent.extend(self.given.remove(at));
        }
        if let Some(taken) =
            self.recent.iter_mut().rev().find(|taken| taken.number == number && taken.revision == revision)
        {
            taken.on_its_way = false;
        }
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
    }

    /// The answer of the brand to a mention.
    pub(crate) fn answer(&mut self, parent: u32, brand: usize, now: i64) -> Line {
        let (number, text) = (self.number(), texts::answer(brand, &mut self.random));
        let author = texts::BRANDS.get(brand).map_or("", |brand| brand.0);
        let bytes = line(number, 0, "create", author, Some(&text), now, Some(parent));
        Line { bytes, what: What::Revision(Revision { number, revision: 0, passes: true, complains: false }) }
    }

    /// The brand that a new mention complains about, by its number, as long as it waits to be taken.
    pub(crate) fn brand_of(&self, number: u32) -> Option<usize> {
        self.given.iter().chain(&self.recent).rev().find(|taken| taken.number == number)?.brand
    }

    fn create(&mut self, now: i64, hot: Option<usize>) -> Line {
        let number = self.number();
        let (nobody, among) = (self.random.random_bool(NOBODY), self.random.random_range(0..texts::BRANDS.len()));
        let hot = hot.filter(|_| self.random.random_bool(HOT)).map(|hot| hot % texts::BRANDS.len());
        let brand = (!nobody).then_some(hot.unwrap_or(among));
        let (text, complains) = texts::mention(brand, number, &mut self.random);
        let author = match self.random.random_bool(0.2) {
            true => format!("r{}", self.random.random_range(0..REGULARS)),
            false => format!("a{number}"),
        };
        let at = now - self.random.random_range(0..DISORDER);
        let bytes = line(number, 0, "create", &author, Some(&text), at, None);
        let passes = brand.is_some();
        self.given.push_back(Taken {
            number,
            revision: 0,
            brand,
            author,
            deleted: false,
            bytes: bytes.clone(),
            passes,
            on_its_way: true,
        });
        Line { bytes, what: What::Revision(Revision { number, revision: 0, passes, complains }) }
    }

    /// A line that was posted before, as it was.
    fn repeat(&mut self) -> Option<Line> {
        let at = self.some()?;
        let Taken { number, revision, passes, ref bytes, .. } =
            *self.recent.get(at).filter(|taken| !taken.on_its_way)?;
        let revision = Revision { number, revision, passes, complains: false };
        Some(Line { bytes: bytes.clone(), what: What::Revision(revision) })
    }

    /// A new revision: another text, or the end.
    fn again(&mut self, now: i64, delete: bool) -> Option<Line> {
        let at = self.some()?;
        let Self { recent, random, .. } = self;
        let taken = recent.get_mut(at).filter(|taken| taken.passes && !taken.deleted && !taken.on_its_way)?;
        taken.revision = taken.revision.checked_add(1)?;
        (taken.deleted, taken.on_its_way) = (delete, true);
        let text = (!delete).then(|| texts::mention(taken.brand, taken.number, random).0);
        let kind = if delete { "delete" } else { "edit" };
        taken.bytes = line(taken.number, taken.revision, kind, &taken.author, text.as_deref(), now, None);
        let revision = Revision { number: taken.number, revision: taken.revision, passes: true, complains: false };
        Some(Line { bytes: taken.bytes.clone(), what: What::Revision(revision) })
    }

    /// JSON that is no mention: it lacks what a mention needs, and no two are alike.
    fn poison(&mut self) -> Line {
        self.poisons += 1;
        let number = self.poisons;
        let value = match number % 2 {
            0 => json!({"source": SOURCE, "native_id": format!("p{number}"), "published_at": "2026-11-02T08:00:00Z"}),
            _ => json!({"source": SOURCE, "native_id": format!("p{number}"), "text": 7, "published_at": true}),
        };
        Line { bytes: value.to_string().into_bytes(), what: What::Poison }
    }

    fn some(&mut self) -> Option<usize> {
        (!self.recent.is_empty()).then(|| self.random.random_range(0..self.recent.len()))
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }
}

/// A mention as a line of input.
fn line(
    number: u32,
    revision: u8,
    kind: &str,
    author: &str,
    text: Option<&str>,
    at: i64,
    parent: Option<u32>,
) -> Vec<u8> {
    let mut value = json!({
        "source": SOURCE,
        "native_id": format!("m{number}"),
        "revision": revision,
        "kind": kind,
        "author": {"id": author, "handle": author},
        "published_at": events::EventTime::from_millis(at).to_string(),
    });
    if let Some(text) = text {
        value["text"] = text.into();
    }
    if let Some(parent) = parent {
        value["parent_id"] = format!("m{parent}").into();
    }
    value.to_string().into_bytes()
}

/// The number of a mention by its native id.
pub(crate) fn number_of(native_id: &str) -> Option<u32> {
    native_id.strip_prefix('m')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(seed: u64, count: usize) -> Vec<Line> {
        let mut load = Load::new(seed);
        (0..count)
            .map(|at| {
                let line = load.next(1_000_000_000_000 + at as i64, (at % 2 == 0).then_some(at / 1_000));
                if let What::Revision(revision) = line.what {
                    load.taken(revision);
                }
                line
            })
            .collect()
    }

    #[test]
    fn a_seed_gives_the_same_lines_again_and_another_seed_others() {
        let bytes = |seed| lines(seed, 500).into_iter().map(|line| line.bytes).collect::<Vec<_>>();
        assert_eq!(bytes(7), bytes(7));
        assert_ne!(bytes(7), bytes(8));
    }

    #[test]
    fn no_revision_goes_out_while_the_one_before_is_on_its_way_though_an_earlier_one_is_taken_again() {
        let mut load = Load::new(1);
        let What::Revision(first) = load.create(0, Some(0)).what else { panic!("a new mention is a revision") };
        load.taken(first);
        let edit = (0..1_000).find_map(|_| load.again(0, false));
        let Some(Line { what: What::Revision(second), .. }) = edit else { panic!("{edit:?}") };
        load.taken(first);
        assert!((0..1_000).all(|_| load.again(0, false).is_none()));
        load.taken(second);
        assert!((0..1_000).any(|_| load.again(0, false).is_some()));
    }

    #[test]
    fn a_load_has_everything_that_sources_do() {
        let lines = lines(1, 5_000);
        let poison = lines.iter().filter(|line| line.what == What::Poison).count();
        let revisions: Vec<Revision> = lines
            .iter()
            .filter_map(|line| match line.what {
                What::Revision(revision) => Some(revision),
                What::Poison => None,
            })
            .collect();
        let distinct: std::collections::BTreeSet<(u32, u8)> =
            revisions.iter().map(|revision| (revision.number, revision.revision)).collect();
        let repeats = revisions.len() - distinct.len();
        assert!((20..100).contains(&poison), "{poison}");
        assert!((350..650).contains(&repeats), "{repeats}");
        assert!(revisions.iter().any(|revision| !revision.passes));
        assert!(revisions.iter().filter(|revision| revision.complains).count() > 1_000);
        assert!(distinct.iter().any(|(_, revision)| *revision > 0));
    }
}
