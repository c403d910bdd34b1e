//! The ordinary day of a brand: complaints, queries, praise, ideas, talk, noise, and things of the same name.

use rand::RngExt;

use crate::compose::{ANNOYED, HAPPY, NEUTRAL, complaint, phrase, remark, topic};
use crate::grammar::Grammar;
use crate::options::Options;
use crate::people::outlet;
use crate::post::Post;
use crate::random::{Purpose, Stream, chance, pick, poisson, weighted};
use crate::scene::{Pen, Scene};

/// What an ordinary mention is, with its share in per cent.
#[derive(Debug, Clone, Copy)]
enum Sort {
    Complaint,
    Grumble,
    Query,
    Praise,
    Idea,
    Talk,
    Noise,
    FalseFriend,
    Rival,
    News,
    Foreign,
}

const MIX: [(Sort, u32); 11] = [
    (Sort::Complaint, 33),
    (Sort::Grumble, 7),
    (Sort::Query, 14),
    (Sort::Praise, 14),
    (Sort::Idea, 3),
    (Sort::Talk, 10),
    (Sort::Noise, 4),
    (Sort::FalseFriend, 4),
    (Sort::Rival, 2),
    (Sort::News, 1),
    (Sort::Foreign, 8),
];

/// Share of phrases that name the matter; the others say it in a roundabout way.
const DIRECT: f64 = 0.55;

/// The background of a scenario.
pub(crate) struct Background {
    pen: Pen,
}

impl Background {
    pub(crate) fn new(options: &Options) -> Self {
        Self { pen: Pen::new(options.seed, Purpose::Background, Purpose::BackgroundAnswers) }
    }

    /// Submits what is said from `from` to `to`.
    pub(crate) fn interval(&mut self, from: i64, to: i64, scene: &mut Scene) {
        let minutes = (to - from) as f64 / crate::MINUTE as f64;
        let mean = scene.rate.per_minute_at(from) * minutes;
        for _ in 0..poisson(&mut self.pen.text, mean) {
            let at = self.pen.text.random_range(from..to);
            mention(&mut self.pen, at, scene);
        }
    }
}

/// Submits one ordinary mention.
pub(crate) fn mention(pen: &mut Pen, at: i64, scene: &mut Scene) {
    let sort = MIX[weighted(&mut pen.text, MIX.iter().map(|sort| sort.1))].0;
    if matches!(sort, Sort::News) {
        let (source, author) = outlet(&mut pen.text);
        let text = remark(&mut pen.text, scene.grammar, scene.grammar.news, &[]);
        let post = scene.post(pen, at, source, author, text);
        scene.submit(pen, post, 0.0);
        return;
    }
    let person = if matches!(sort, Sort::Noise | Sort::FalseFriend | Sort::Talk | Sort::Rival) {
        scene.people.anybody_at(&mut pen.text, &["x", "meta", "reddit", "bluesky", "mastodon", "forum"])
    } else {
        scene.people.anybody(&mut pen.text)
    };
    let source = scene.people.home(person);
    let author = scene.people.author(person, source);
    let (text, answered, language) = words(&mut pen.text, scene.grammar, sort, source);
    let post = scene.post(pen, at, source, author, text);
    let declared = if post.language.is_some() { language } else { None };
    let picture = picture(&mut pen.text, scene.grammar, source);
    scene.submit(pen, Post { language: declared, picture, ..post }, answered);
}

/// The text, the share of such posts that the brand answers, and the language.
fn words(
    stream: &mut Stream,
    grammar: &'static Grammar,
    sort: Sort,
    source: &str,
) -> (String, f64, Option<&'static str>) {
    let english = Some("en");
    match sort {
        Sort::Complaint => {
            let topic = topic(stream, grammar);
            let core = phrase(stream, topic, DIRECT);
            (complaint(stream, grammar, source, core), 0.25, english)
        }
        Sort::Grumble => {
            let core = pick(stream, grammar.grumbles);
            (complaint(stream, grammar, source, core), 0.15, english)
        }
        Sort::Query => (remark(stream, grammar, grammar.queries, NEUTRAL), 0.3, english),
        Sort::Praise => (remark(stream, grammar, grammar.praise, HAPPY), 0.05, english),
        Sort::Idea => (remark(stream, grammar, grammar.ideas, NEUTRAL), 0.05, english),
        Sort::Noise => (remark(stream, grammar, grammar.noise, HAPPY), 0.0, english),
        Sort::FalseFriend => (remark(stream, grammar, grammar.false_friends, NEUTRAL), 0.0, english),
        Sort::Rival => (remark(stream, grammar, grammar.rivals, ANNOYED), 0.0, english),
        Sort::Talk | Sort::News => (remark(stream, grammar, grammar.talk, NEUTRAL), 0.02, english),
        Sort::Foreign => {
            let (language, templates) = &grammar.foreign[weighted(stream, grammar.foreign.iter().map(|_| 1))];
            (remark(stream, grammar, templates, NEUTRAL), 0.15, Some(language))
        }
    }
}

fn picture(stream: &mut Stream, grammar: &Grammar, source: &str) -> Option<&'static str> {
    let shows = matches!(source, "x" | "meta" | "review" | "bluesky" | "mastodon") && chance(stream, 0.07);
    shows.then(|| pick(stream, grammar.pictures))
}
