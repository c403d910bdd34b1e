//! Fees go up, and people say that they will leave.

use super::surge::{Retold, Surge};
use super::{Crisis, OUTSPOKEN, OVERWHELMED, press, public_complaint};
use crate::compose::phrase;
use crate::grammar::bank::crises::{PRICE, PRICE_NEWS};
use crate::random::weighted;
use crate::scene::{Pen, Scene};

pub(super) struct PriceRise {
    pen: Pen,
    retold: Retold,
}

const SURGE: Surge = Surge { peak: 45.0, begins_at: 0.7, climb: 3.0, half_life: 80.0 };

/// Complaints, press, reposts: shares in per cent.
const MIX: [u32; 3] = [86, 2, 12];

impl PriceRise {
    pub(super) fn begin(pen: Pen, scene: &mut Scene) -> Self {
        scene.begins(Some(PRICE.theme));
        Self { pen, retold: Retold::default() }
    }
}

impl Crisis for PriceRise {
    fn interval(&mut self, from: i64, to: i64, scene: &mut Scene) {
        let pen = &mut self.pen;
        for at in SURGE.arrivals(from, to, scene, pen) {
            let post = match weighted(&mut pen.text, MIX.into_iter()) {
                1 => Some(press(pen, at, scene, PRICE_NEWS)),
                2 => self.retold.again(pen, at, scene),
                _ => None,
            };
            let post = match post {
                Some(post) => post,
                None => {
                    let core = phrase(&mut pen.text, &PRICE, OUTSPOKEN);
                    let post = public_complaint(pen, at, scene, core);
                    self.retold.keep(&post);
                    post
                }
            };
            scene.submit(pen, post, OVERWHELMED);
        }
    }
}
