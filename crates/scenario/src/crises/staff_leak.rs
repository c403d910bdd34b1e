//! Staff give away a secret project, former staff make allegations, and the public draws conclusions.

use rand::RngExt;

use super::surge::Surge;
use super::{Crisis, OUTSPOKEN, OVERWHELMED, due, plain, press, public_complaint};
use crate::compose::{complaint, phrase};
use crate::grammar::bank::crises::{AFTER_LEAK, ALLEGATIONS, LEAK_NEWS, LEAKS};
use crate::people::Author;
use crate::random::{chance, mix};
use crate::scene::{Pen, Scene};

pub(super) struct StaffLeak {
    pen: Pen,
    /// Times of leaks and allegations, the latest first; the first leak is the onset.
    leaks: Vec<i64>,
    allegations: Vec<i64>,
}

const SURGE: Surge = Surge { peak: 24.0, begins_at: 0.6, climb: 5.0, half_life: 75.0 };
const MORE_LEAKS: usize = 11;
const ALLEGATION_POSTS: usize = 8;

/// Accounts of staff, as the book of the bank lists them: source, handle, name.
const STAFF: [(&str, &str, &str); 2] =
    [("x", "tern_branch_life", "Life at the counter"), ("reddit", "ternteller", "ternteller")];

impl StaffLeak {
    pub(super) fn begin(mut pen: Pen, scene: &mut Scene) -> Self {
        scene.begins(None);
        let within = (scene.end - scene.onset).clamp(2, 14_400_000);
        let mut leaks: Vec<i64> = (0..MORE_LEAKS).map(|_| scene.onset + pen.text.random_range(1..within)).collect();
        leaks.push(scene.onset);
        let mut allegations: Vec<i64> =
            (0..ALLEGATION_POSTS).map(|_| scene.onset + pen.text.random_range(1..within)).collect();
        leaks.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        allegations.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        Self { pen, leaks, allegations }
    }
}

impl Crisis for StaffLeak {
    fn interval(&mut self, from: i64, to: i64, scene: &mut Scene) {
        let pen = &mut self.pen;
        for at in due(&mut self.leaks, to) {
            let (source, handle, name) = STAFF[pen.text.random_range(0..STAFF.len())];
            let id = handle.to_owned();
            let author =
                Author { id, handle: handle.to_owned(), name: name.to_owned(), followers: Some(310), verified: false };
            let text = plain(pen, scene, LEAKS);
            let post = scene.post(pen, at, source, author, text);
            scene.truth.leaks.push(post.native_id.clone());
            scene.submit(pen, post, 0.0);
        }
        for at in due(&mut self.allegations, to) {
            let core = phrase(&mut pen.text, &ALLEGATIONS, OUTSPOKEN);
            let text = complaint(&mut pen.text, scene.grammar, "forum", core);
            let author = scene.people.fresh_account(mix(at as u64));
            let post = scene.post(pen, at, "forum", author, text);
            scene.truth.allegations.push(post.native_id.clone());
            scene.submit(pen, post, 0.0);
        }
        for at in SURGE.arrivals(from, to, scene, pen) {
            let post = if chance(&mut pen.text, 0.03) {
                press(pen, at, scene, LEAK_NEWS)
            } else {
                let core = phrase(&mut pen.text, &AFTER_LEAK, OUTSPOKEN);
                public_complaint(pen, at, scene, core)
            };
            scene.submit(pen, post, OVERWHELMED);
        }
    }
}
