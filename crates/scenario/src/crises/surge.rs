//! How a surge runs: it begins at the onset, climbs within minutes, and halves again and again.

use std::collections::VecDeque;

use rand::RngExt;

use crate::MINUTE;
use crate::post::Post;
use crate::random::poisson;
use crate::scene::{Pen, Scene};

/// The shape of a surge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surge {
    /// Mentions a minute at the peak, at scale 1.
    pub(super) peak: f64,
    /// Share of the peak with which it begins.
    pub(super) begins_at: f64,
    /// Minutes from the onset to the peak.
    pub(super) climb: f64,
    /// Minutes in which it halves after the peak.
    pub(super) half_life: f64,
}

impl Surge {
    /// Mentions a minute, `minutes` after the onset.
    fn at(&self, minutes: f64) -> f64 {
        let climbed = (self.begins_at + (1.0 - self.begins_at) * minutes / self.climb).min(1.0);
        self.peak * climbed * 0.5_f64.powf((minutes - self.climb).max(0.0) / self.half_life)
    }

    /// Times of the mentions from `from` to `to`; the first of all is at the onset itself.
    pub(super) fn arrivals(&self, from: i64, to: i64, scene: &Scene, pen: &mut Pen) -> Vec<i64> {
        let begin = from.max(scene.onset);
        if begin >= to {
            return Vec::new();
        }
        let middle = ((begin + to) / 2 - scene.onset) as f64 / MINUTE as f64;
        let length = (to - begin) as f64 / MINUTE as f64;
        let count = poisson(&mut pen.text, self.at(middle) * length * scene.scale);
        let mut times: Vec<i64> = (0..count).map(|_| pen.text.random_range(begin..to)).collect();
        if begin == scene.onset {
            times.push(begin);
        }
        times.sort_unstable();
        times
    }
}

/// The last posts of a surge, to be passed on by others.
#[derive(Debug, Default)]
pub(super) struct Retold {
    recent: VecDeque<(String, String)>,
}

/// How many of the last posts are still passed on.
const REMEMBERED: usize = 48;

impl Retold {
    /// Keeps a post.
    pub(super) fn keep(&mut self, post: &Post) {
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back((post.author.handle.clone(), post.text.clone()));
    }

    /// A repost of one that was kept; null when there is none yet.
    pub(super) fn again(&self, pen: &mut Pen, at: i64, scene: &Scene) -> Option<Post> {
        if self.recent.is_empty() {
            return None;
        }
        let (handle, text) = &self.recent[pen.text.random_range(0..self.recent.len())];
        let person = scene.people.anybody_at(&mut pen.text, &["x", "bluesky", "mastodon"]);
        let source = scene.people.home(person);
        let text = format!("RT @{handle}: {text}");
        let post = scene.post(pen, at, source, scene.people.author(person, source), text);
        Some(Post { repost: true, ..post })
    }
}
