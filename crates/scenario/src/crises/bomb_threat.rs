//! A few real threats among people who call things the bomb, and what passengers see when one is taken seriously.

use rand::RngExt;

use super::surge::Surge;
use super::{Crisis, OUTSPOKEN, OVERWHELMED, due, plain, public_complaint, public_post};
use crate::compose::{HAPPY, phrase, remark};
use crate::grammar::airline::crises::{BOMB_PRAISE, EVACUATION, THREATS};
use crate::random::{mix, poisson};
use crate::scene::{Pen, Scene};

pub(super) struct BombThreat {
    pen: Pen,
    /// Times of the threats, the latest first; the first of them is the onset.
    threats: Vec<i64>,
}

/// The evacuation that follows the first threat: the volume of the brand rises from the onset on.
const SURGE: Surge = Surge { peak: 28.0, begins_at: 0.6, climb: 4.0, half_life: 60.0 };

/// Share of the quiet rate that calls something the bomb, all the time.
const PRAISE: f64 = 0.05;

/// Threats after the first.
const MORE_THREATS: usize = 5;

impl BombThreat {
    pub(super) fn begin(mut pen: Pen, scene: &mut Scene) -> Self {
        scene.begins(None);
        let within = (scene.end - scene.onset).clamp(2, 14_400_000);
        let mut threats: Vec<i64> = (0..MORE_THREATS).map(|_| scene.onset + pen.text.random_range(1..within)).collect();
        threats.push(scene.onset);
        threats.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        Self { pen, threats }
    }
}

impl Crisis for BombThreat {
    fn interval(&mut self, from: i64, to: i64, scene: &mut Scene) {
        let pen = &mut self.pen;
        let minutes = (to - from) as f64 / crate::MINUTE as f64;
        let mean = scene.rate.per_minute_at(from) * minutes * PRAISE;
        for _ in 0..poisson(&mut pen.text, mean) {
            let at = pen.text.random_range(from..to);
            let text = remark(&mut pen.text, scene.grammar, BOMB_PRAISE, HAPPY);
            let post = public_post(pen, at, scene, text);
            scene.submit(pen, post, OVERWHELMED);
        }
        for at in due(&mut self.threats, to) {
            let text = plain(pen, scene, THREATS);
            let author = scene.people.fresh_account(mix(at as u64));
            let post = scene.post(pen, at, "x", author, text);
            scene.truth.threats.push(post.native_id.clone());
            scene.submit(pen, post, 0.0);
        }
        for at in SURGE.arrivals(from, to, scene, pen) {
            let core = phrase(&mut pen.text, &EVACUATION, OUTSPOKEN);
            let post = public_complaint(pen, at, scene, core);
            scene.submit(pen, post, OVERWHELMED);
        }
    }
}
