//! A plane is missing: rumours, relatives, press, strangers, anger, and everybody passes it on.

use super::surge::{Retold, Surge};
use super::{Crisis, OUTSPOKEN, OVERWHELMED, plain, press, public_complaint, public_post};
use crate::compose::{SHOCKED, phrase, remark};
use crate::grammar::airline::crises::{CONDOLENCE, FAMILIES, MISSING_NEWS, RUMOURS, STRANDED};
use crate::random::{chance, weighted};
use crate::scene::{Pen, Scene};

pub(super) struct MissingPlane {
    pen: Pen,
    surge: Surge,
    retold: Retold,
}

/// The peak over the mean rate of quiet posts: 400 times all quiet lines, of which a fifth are answers and what follows them,
/// and a little more, so that 400 is reached whatever the dice say.
const FOLD: f64 = 530.0;

/// Rumours, relatives, strangers, anger, press, reposts: shares in per cent.
const MIX: [u32; 6] = [36, 10, 13, 9, 5, 27];

impl MissingPlane {
    pub(super) fn begin(pen: Pen, scene: &mut Scene) -> Self {
        scene.begins(Some("missing_plane"));
        let quiet = scene.rate.mean_per_minute() / scene.scale;
        let surge = Surge { peak: quiet * FOLD, begins_at: 0.1, climb: 4.0, half_life: 45.0 };
        Self { pen, surge, retold: Retold::default() }
    }
}

impl Crisis for MissingPlane {
    fn interval(&mut self, from: i64, to: i64, scene: &mut Scene) {
        let pen = &mut self.pen;
        for at in self.surge.arrivals(from, to, scene, pen) {
            let (post, kept) = match weighted(&mut pen.text, MIX.into_iter()) {
                0 => {
                    let text = remark(&mut pen.text, scene.grammar, RUMOURS, SHOCKED);
                    (public_post(pen, at, scene, text), true)
                }
                1 => {
                    let text = plain(pen, scene, FAMILIES);
                    (public_post(pen, at, scene, text), true)
                }
                2 => {
                    let text = remark(&mut pen.text, scene.grammar, CONDOLENCE, SHOCKED);
                    (public_post(pen, at, scene, text), false)
                }
                3 => {
                    let core = phrase(&mut pen.text, &STRANDED, OUTSPOKEN);
                    (public_complaint(pen, at, scene, core), false)
                }
                4 => (press(pen, at, scene, MISSING_NEWS), true),
                _ => match self.retold.again(pen, at, scene) {
                    Some(repost) => (repost, false),
                    None => {
                        let text = plain(pen, scene, RUMOURS);
                        (public_post(pen, at, scene, text), true)
                    }
                },
            };
            if kept && chance(&mut pen.text, 0.2) {
                self.retold.keep(&post);
            }
            let answered = if post.repost { 0.0 } else { OVERWHELMED };
            scene.submit(pen, post, answered);
        }
    }
}
