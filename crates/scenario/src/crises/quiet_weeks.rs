//! Nothing happens, unless one hour is planted: everything as on other days, only more of it.

use rand::RngExt;

use super::Crisis;
use crate::background::mention;
use crate::options::Options;
use crate::random::{Purpose, poisson};
use crate::scene::{Pen, Scene};

pub(super) struct QuietWeeks {
    pen: Pen,
    /// What comes on top, as a share of the quiet rate.
    extra: f64,
}

const HOUR: i64 = 60 * crate::MINUTE;

impl QuietWeeks {
    pub(super) fn begin(options: &Options, scene: &mut Scene) -> Self {
        let extra = options.plant.unwrap_or(1.0) - 1.0;
        if extra > 0.0 {
            scene.begins(None);
        }
        Self { pen: Pen::new(options.seed, Purpose::Plant, Purpose::PlantAnswers), extra }
    }
}

impl Crisis for QuietWeeks {
    fn interval(&mut self, from: i64, to: i64, scene: &mut Scene) {
        let begin = from.max(scene.onset);
        let end = to.min(scene.onset + HOUR);
        if self.extra <= 0.0 || begin >= end {
            return;
        }
        let minutes = (end - begin) as f64 / crate::MINUTE as f64;
        for _ in 0..poisson(&mut self.pen.text, scene.rate.per_minute_at(begin) * minutes * self.extra) {
            let at = self.pen.text.random_range(begin..end);
            mention(&mut self.pen, at, scene);
        }
    }
}
