//! What follows a post: the brand's answer, the author's next word, a change, a removal.

use rand::RngExt;

use crate::grammar::Grammar;
use crate::options::Options;
use crate::people::Author;
use crate::post::{Kind, Post};
use crate::random::{Purpose, Stream, chance, pick, stream};
use crate::scene::Pen;
use crate::voice::say;

/// Share of the authors that write again after an answer.
const WRITES_AGAIN: f64 = 0.2;

const AFTERTHOUGHTS: [&str; 8] = [
    " (edit: typo)",
    " Edit: still true an hour later.",
    " EDIT: spelling",
    " Update: somebody has called me back.",
    " Edit, for those who ask: it was this morning.",
    " UPDATE no change so far",
    " Edit: thanks for all the replies",
    " (edited to take a name out)",
];

/// Makes follow-ups; changes and removals come from a stream of their own.
pub(crate) struct Followups {
    revisions: Stream,
    edits: f64,
    deletes: f64,
}

impl Followups {
    pub(crate) fn new(options: &Options) -> Self {
        let revisions = stream(options.seed, Purpose::Revisions);
        Self { revisions, edits: options.edits, deletes: options.deletes }
    }

    /// All that follows from a new post, each with a later time.
    pub(crate) fn of(&mut self, post: &Post, pen: &mut Pen, grammar: &Grammar, answered: f64) -> Vec<Post> {
        let mut next = Vec::new();
        self.revise(post, &mut next);
        if answered > 0.0 && chance(&mut pen.answers, answered) {
            let answer = answer(post, pen, grammar);
            if chance(&mut pen.answers, WRITES_AGAIN) {
                next.push(again(post, &answer, pen, grammar));
            }
            next.push(answer);
        }
        next
    }

    fn revise(&mut self, post: &Post, next: &mut Vec<Post>) {
        let edited = chance(&mut self.revisions, self.edits);
        let deleted = chance(&mut self.revisions, self.deletes);
        let mut last = post.at;
        let mut revision = 0;
        if edited {
            last += self.revisions.random_range(20_000..1_500_000);
            revision += 1;
            let text = format!("{}{}", post.text, pick(&mut self.revisions, &AFTERTHOUGHTS));
            next.push(Post { at: last, kind: Kind::Edit, revision, text, ..post.clone() });
        }
        if deleted {
            last += self.revisions.random_range(30_000..3_600_000);
            next.push(Post {
                at: last,
                kind: Kind::Delete,
                revision: revision + 1,
                text: String::new(),
                ..post.clone()
            });
        }
    }
}

/// The brand's answer to a post, some minutes later.
pub(crate) fn answer(post: &Post, pen: &mut Pen, grammar: &Grammar) -> Post {
    // Most answers come within a quarter of an hour, the last after three quarters.
    let at = post.at + 100_000 + (pen.answers.random::<f64>().powi(2) * 2_600_000.0) as i64;
    let template = pick(&mut pen.answers, grammar.answers);
    let mut text = String::new();
    if !post.author.handle.is_empty() && post.source != "review" {
        text.push('@');
        text.push_str(&post.author.handle);
        text.push(' ');
    }
    say(&mut pen.answers, grammar, template, "", &mut text);
    answer_with(post, pen, grammar, at, text)
}

/// The brand's answer to a post, with that time and text.
pub(crate) fn answer_with(post: &Post, pen: &mut Pen, grammar: &Grammar, at: i64, text: String) -> Post {
    let author = Author {
        id: grammar.account.to_owned(),
        handle: grammar.account.to_owned(),
        name: grammar.full_name.to_owned(),
        followers: Some(412_000),
        verified: true,
    };
    Post {
        at,
        native_id: pen.native_id(post.source),
        author,
        text,
        thread: Some(post.thread.clone().unwrap_or_else(|| post.native_id.clone())),
        parent: Some(post.native_id.clone()),
        owned_channel: true,
        from_brand: true,
        repost: false,
        picture: None,
        ..post.clone()
    }
}

/// The author's next word on the same matter, below the brand's answer.
fn again(post: &Post, answer: &Post, pen: &mut Pen, grammar: &Grammar) -> Post {
    let at = answer.at + pen.answers.random_range(60_000..5_400_000);
    let template = pick(&mut pen.answers, grammar.again);
    let mut text = String::new();
    say(&mut pen.answers, grammar, template, "", &mut text);
    Post {
        at,
        native_id: pen.native_id(post.source),
        text,
        thread: answer.thread.clone(),
        parent: Some(answer.native_id.clone()),
        repost: false,
        picture: None,
        ..post.clone()
    }
}
