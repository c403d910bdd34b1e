//! Check-out and the parking token end earlier: two themes with one cause, and what people ask for instead.

use rand::RngExt;

use super::surge::Surge;
use super::{Crisis, OUTSPOKEN, OVERWHELMED, due, plain, public_complaint, public_post};
use crate::compose::{NEUTRAL, phrase, remark};
use crate::grammar::hotel::crises::{ASK_ELEVEN, ASK_NOON, ASK_PARKING, BOTH, CHECKOUT, LOUD, NEITHER, PARKING};
use crate::random::weighted;
use crate::scene::{Pen, Scene};

pub(super) struct HotelCheckout {
    pen: Pen,
    /// Times at which the loud one posts, the latest first.
    loud: Vec<i64>,
}

const SURGE: Surge = Surge { peak: 42.0, begins_at: 0.75, climb: 3.0, half_life: 45.0 };

/// Check-out alone, the parking token alone, both, neither, and three requests: shares in per cent.
const MIX: [u32; 7] = [28, 14, 27, 16, 5, 6, 4];

/// Posts of the one who is loud.
const LOUD_POSTS: usize = 50;

/// A person outside the population.
const LOUD_PERSON: u64 = u64::MAX / 16;

impl HotelCheckout {
    pub(super) fn begin(mut pen: Pen, scene: &mut Scene) -> Self {
        // One cause, one onset: the parking token rises with check-out, and is no second crisis.
        scene.begins(Some(CHECKOUT.theme));
        let mut loud: Vec<i64> =
            (0..LOUD_POSTS).map(|_| scene.onset + pen.text.random_range(60_000..18_000_000)).collect();
        loud.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        Self { pen, loud }
    }

    fn ordinary(&mut self, at: i64, scene: &mut Scene) {
        let pen = &mut self.pen;
        let post = match weighted(&mut pen.text, MIX.into_iter()) {
            0 => complaint_of(pen, at, scene, &CHECKOUT),
            1 => complaint_of(pen, at, scene, &PARKING),
            2 => complaint_of(pen, at, scene, &BOTH),
            3 => {
                let text = remark(&mut pen.text, scene.grammar, NEITHER, NEUTRAL);
                public_post(pen, at, scene, text)
            }
            4 => request(pen, at, scene, ASK_ELEVEN, ("checkout", "11:00")),
            5 => request(pen, at, scene, ASK_NOON, ("checkout", "12:00")),
            _ => request(pen, at, scene, ASK_PARKING, ("parking_token", "12:30")),
        };
        scene.submit(pen, post, OVERWHELMED);
    }
}

impl Crisis for HotelCheckout {
    fn interval(&mut self, from: i64, to: i64, scene: &mut Scene) {
        for at in SURGE.arrivals(from, to, scene, &mut self.pen) {
            self.ordinary(at, scene);
        }
        for at in due(&mut self.loud, to.min(scene.end)) {
            let text = plain(&mut self.pen, scene, &[LOUD]);
            let author = scene.people.author(LOUD_PERSON, "x");
            let post = scene.post(&mut self.pen, at, "x", author, text);
            scene.asks(&post, "checkout", "11:00");
            scene.submit(&mut self.pen, post, 0.0);
        }
    }
}

fn complaint_of(pen: &mut Pen, at: i64, scene: &Scene, topic: &crate::grammar::Topic) -> crate::post::Post {
    let core = phrase(&mut pen.text, topic, OUTSPOKEN);
    public_complaint(pen, at, scene, core)
}

fn request(
    pen: &mut Pen,
    at: i64,
    scene: &mut Scene,
    templates: &[&'static str],
    (parameter, value): (&'static str, &'static str),
) -> crate::post::Post {
    let text = remark(&mut pen.text, scene.grammar, templates, NEUTRAL);
    let post = public_post(pen, at, scene, text);
    scene.asks(&post, parameter, value);
    post
}
