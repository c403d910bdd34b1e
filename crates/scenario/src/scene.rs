//! The world of one scenario while it runs: who may write, what is still to come, and the truth so far.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use events::EventTime;
use rand::RngExt;

use crate::catalogue::ScenarioInfo;
use crate::followups::Followups;
use crate::grammar::Grammar;
use crate::options::Options;
use crate::people::{Author, Population};
use crate::post::{Kind, Post};
use crate::random::{Purpose, Stream, mix, stream};
use crate::rate::QuietRate;
use crate::truth::{Counts, Onset, Request, Truth};

/// Everything that the writers of a scenario share.
pub(crate) struct Scene {
    pub(crate) start: i64,
    pub(crate) onset: i64,
    pub(crate) end: i64,
    pub(crate) scale: f64,
    pub(crate) grammar: &'static Grammar,
    pub(crate) people: Population,
    pub(crate) rate: QuietRate,
    pub(crate) truth: Truth,
    followups: Followups,
    askers: BTreeMap<(&'static str, &'static str), BTreeSet<String>>,
    coming: BinaryHeap<Reverse<Coming>>,
    submitted: u64,
}

/// Somebody who writes posts: background, crisis or plant, each with streams and ids of its own.
pub(crate) struct Pen {
    pub(crate) text: Stream,
    pub(crate) answers: Stream,
    lane: u64,
    salt: u64,
    written: u64,
}

impl Pen {
    /// A pen for posts of `text`, answered by `answers`; `text` also sets the ids apart.
    pub(crate) fn new(seed: u64, text: Purpose, answers: Purpose) -> Self {
        let salt = mix(seed);
        Self { text: stream(seed, text), answers: stream(seed, answers), lane: text as u64, salt, written: 0 }
    }

    /// An id that nothing else has: pen and running number, mixed by a bijection, so no two are alike.
    pub(crate) fn native_id(&mut self, source: &str) -> String {
        self.written += 1;
        let number = mix((self.written * 16 + self.lane) ^ self.salt);
        match source {
            "x" | "meta" => number.to_string(),
            "reddit" => format!("t1_{number:x}"),
            "news" => format!("article-{number:x}"),
            "email" => format!("<{number:x}@mail.example>"),
            _ => format!("{source}-{number:x}"),
        }
    }
}

/// A post that waits for its time; equal times keep the order of submission.
struct Coming {
    at: i64,
    number: u64,
    post: Post,
}

impl PartialEq for Coming {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Coming {}

impl PartialOrd for Coming {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Coming {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl Scene {
    pub(crate) fn new(options: &Options, info: &'static ScenarioInfo) -> Self {
        let grammar = info.grammar();
        let truth = Truth {
            scenario: info.name.to_owned(),
            seed: options.seed,
            book: info.book.to_owned(),
            lines: 0,
            distinct: 0,
            duplicates: 0,
            poison: 0,
            onsets: Vec::new(),
            threats: Vec::new(),
            leaks: Vec::new(),
            allegations: Vec::new(),
            matters: Vec::new(),
            requests: Vec::new(),
        };
        Self {
            start: options.start.millis(),
            onset: options.onset().millis(),
            end: options.end().millis(),
            scale: options.scale,
            grammar,
            people: Population::new(options.seed, options.scale),
            rate: QuietRate::new(info.quiet_rate * options.scale, grammar.utc_offset, options.seed),
            truth,
            followups: Followups::new(options),
            askers: BTreeMap::new(),
            coming: BinaryHeap::new(),
            submitted: 0,
        }
    }

    /// A post of somebody at `source` with all that goes without saying.
    pub(crate) fn post(&self, pen: &mut Pen, at: i64, source: &'static str, author: Author, text: String) -> Post {
        let native_id = pen.native_id(source);
        let direct = matches!(source, "email" | "phone" | "chat");
        let owned_channel = direct || (source == "meta" && pen.text.random_range(0..10) < 4);
        let thread = match source {
            "reddit" | "forum" => Some(format!("{source}-thread-{}", at / 5_400_000 * 8 + pen.text.random_range(0..8))),
            "meta" if owned_channel => Some(format!("page-post-{}", at / 14_400_000)),
            "chat" | "email" => Some(format!("{source}-{}", author.id)),
            _ => None,
        };
        let language = matches!(source, "x" | "bluesky" | "mastodon").then_some("en");
        Post {
            at,
            source,
            native_id,
            kind: Kind::Create,
            revision: 0,
            author,
            text,
            language,
            thread,
            parent: None,
            owned_channel,
            from_brand: false,
            repost: false,
            picture: None,
        }
    }

    /// Takes in a new post, with what follows from it: `answered` is the share of such posts that the brand answers.
    pub(crate) fn submit(&mut self, pen: &mut Pen, post: Post, answered: f64) {
        for next in self.followups.of(&post, pen, self.grammar, answered) {
            self.push(next);
        }
        self.push(post);
    }

    fn push(&mut self, post: Post) {
        // What would come after the end is never said.
        if post.at < self.end {
            self.submitted += 1;
            self.coming.push(Reverse(Coming { at: post.at, number: self.submitted, post }));
        }
    }

    /// The next post that is published before `to`, in order of time.
    pub(crate) fn next_before(&mut self, to: i64) -> Option<Post> {
        if self.coming.peek().is_none_or(|Reverse(coming)| coming.at >= to) {
            return None;
        }
        self.coming.pop().map(|Reverse(coming)| coming.post)
    }

    /// Notes that a surge of `theme` begins at the onset.
    pub(crate) fn begins(&mut self, theme: Option<&str>) {
        self.truth.onsets.push(Onset {
            brand: self.grammar.brand.to_owned(),
            kind: "spike".to_owned(),
            theme: theme.map(str::to_owned),
            at: EventTime::from_millis(self.onset),
        });
    }

    /// Notes that the author of a post asks for a value of a parameter.
    pub(crate) fn asks(&mut self, post: &Post, parameter: &'static str, value: &'static str) {
        let person = format!("{}:{}", post.source, post.author.id);
        self.askers.entry((parameter, value)).or_default().insert(person);
    }

    pub(crate) fn into_truth(mut self, counts: Counts) -> Truth {
        self.truth.requests = self
            .askers
            .iter()
            .map(|((parameter, value), persons)| Request {
                parameter: (*parameter).to_owned(),
                value: (*value).to_owned(),
                persons: persons.len() as u64,
            })
            .collect();
        self.truth.lines = counts.first + counts.duplicates + counts.poison;
        self.truth.distinct = counts.first;
        self.truth.duplicates = counts.duplicates;
        self.truth.poison = counts.poison;
        self.truth
    }
}
