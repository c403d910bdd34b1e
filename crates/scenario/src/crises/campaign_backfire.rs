//! A campaign's hashtag fills with allegations of abuse.

use super::surge::{Retold, Surge};
use super::{Crisis, OUTSPOKEN, OVERWHELMED, public_post};
use crate::compose::{ANNOYED, HAPPY, phrase, remark};
use crate::grammar::airline::crises::{ABUSE, MOCKERY, ON_MESSAGE};
use crate::post::Post;
use crate::random::{chance, pick, weighted};
use crate::scene::{Pen, Scene};

pub(super) struct CampaignBackfire {
    pen: Pen,
    retold: Retold,
}

const SURGE: Surge = Surge { peak: 55.0, begins_at: 0.7, climb: 3.0, half_life: 60.0 };

/// Allegations, mockery, what the campaign wanted, reposts of allegations: shares in per cent.
const MIX: [u32; 4] = [64, 12, 16, 8];

const PICTURES: [&str; 3] =
    ["a bruised arm", "a passenger held down in the aisle", "a torn sleeve and a boarding pass"];

impl CampaignBackfire {
    pub(super) fn begin(pen: Pen, scene: &mut Scene) -> Self {
        scene.begins(Some(ABUSE.theme));
        Self { pen, retold: Retold::default() }
    }
}

impl Crisis for CampaignBackfire {
    fn interval(&mut self, from: i64, to: i64, scene: &mut Scene) {
        for at in SURGE.arrivals(from, to, scene, &mut self.pen) {
            let pen = &mut self.pen;
            let sort = weighted(&mut pen.text, MIX.into_iter());
            if sort == 3
                && let Some(repost) = self.retold.again(pen, at, scene)
            {
                scene.submit(pen, repost, 0.0);
                continue;
            }
            if sort == 1 || sort == 2 {
                let (templates, emoji) = if sort == 1 { (MOCKERY, ANNOYED) } else { (ON_MESSAGE, HAPPY) };
                let text = remark(&mut pen.text, scene.grammar, templates, emoji);
                let post = public_post(pen, at, scene, text);
                scene.submit(pen, post, OVERWHELMED);
                continue;
            }
            let core = phrase(&mut pen.text, &ABUSE, OUTSPOKEN);
            let mut text = remark(&mut pen.text, scene.grammar, &[core], ANNOYED);
            text.push(' ');
            text.push_str(pick(&mut pen.text, scene.grammar.names));
            let post = public_post(pen, at, scene, text);
            let picture = chance(&mut pen.text, 0.15).then(|| pick(&mut pen.text, &PICTURES));
            scene.truth.allegations.push(post.native_id.clone());
            self.retold.keep(&post);
            scene.submit(pen, Post { picture, ..post }, OVERWHELMED);
        }
    }
}
