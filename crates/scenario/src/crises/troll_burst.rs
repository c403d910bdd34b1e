//! One text copied by fresh accounts within minutes, among a few people with the same matter in words of their own.

use rand::RngExt;

use super::{Crisis, OUTSPOKEN, due, public_complaint};
use crate::compose::phrase;
use crate::grammar::airline::crises::{BROKEN_SEATS, COPIED};
use crate::scene::{Pen, Scene};

pub(super) struct TrollBurst {
    pen: Pen,
    /// Times of the copies and of the real complaints, the latest first.
    copies: Vec<i64>,
    real: Vec<i64>,
    accounts: u64,
    copied: u64,
}

const COPIES: f64 = 500.0;
const ACCOUNTS: f64 = 480.0;
const REAL: f64 = 30.0;

/// Milliseconds from the onset in which the copies and the real complaints come.
const COPYING: f64 = 720_000.0;
const COMPLAINING: i64 = 1_800_000;

impl TrollBurst {
    pub(super) fn begin(mut pen: Pen, scene: &mut Scene) -> Self {
        // The copies lift the volume of the brand; who leaves them out judges the real complaints of the same minutes.
        scene.begins(None);
        let count = (COPIES * scene.scale).round().max(1.0) as usize;
        let mut copies: Vec<i64> = (1..count)
            // Most come early: the square puts half of them into the first quarter.
            .map(|_| scene.onset + (pen.text.random::<f64>().powi(2) * COPYING) as i64)
            .collect();
        copies.push(scene.onset);
        let count = (REAL * scene.scale).round().max(1.0) as usize;
        let mut real: Vec<i64> = (0..count).map(|_| scene.onset + pen.text.random_range(0..COMPLAINING)).collect();
        copies.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        real.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        Self { pen, copies, real, accounts: (ACCOUNTS * scene.scale).round().max(1.0) as u64, copied: 0 }
    }

    /// The text as one of them pastes it: what differs is case and white space.
    fn pasted(&mut self) -> String {
        match self.pen.text.random_range(0..8) {
            0 => COPIED.to_lowercase(),
            1 => COPIED.to_uppercase(),
            2 => COPIED.replace(". ", ".  "),
            _ => COPIED.to_owned(),
        }
    }
}

impl Crisis for TrollBurst {
    fn interval(&mut self, _: i64, to: i64, scene: &mut Scene) {
        let to = to.min(scene.end);
        for at in due(&mut self.copies, to) {
            let text = self.pasted();
            let author = scene.people.fresh_account(self.copied % self.accounts);
            self.copied += 1;
            let post = scene.post(&mut self.pen, at, "x", author, text);
            scene.submit(&mut self.pen, post, 0.0);
        }
        for at in due(&mut self.real, to) {
            let core = phrase(&mut self.pen.text, &BROKEN_SEATS, OUTSPOKEN);
            let post = public_complaint(&mut self.pen, at, scene, core);
            scene.submit(&mut self.pen, post, 0.4);
        }
    }
}
