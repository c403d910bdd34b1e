//! One person whose card a machine ate: a post at night, the bank's reply, a call, a mail, another post. No surge.

use super::{Crisis, plain};
use crate::followups::answer_with;
use crate::grammar::bank::crises::{HERO_AGAIN, HERO_CALL, HERO_MAIL, HERO_POST, HERO_REPLY};
use crate::post::Post;
use crate::scene::{Pen, Scene};
use crate::truth::Matter;

pub(super) struct AtmCard {
    pen: Pen,
    told: bool,
}

/// A person outside the population.
const HERO: u64 = u64::MAX / 16 - 1;

const MINUTE: i64 = crate::MINUTE;

impl AtmCard {
    pub(super) fn begin(pen: Pen) -> Self {
        Self { pen, told: false }
    }

    fn own(&mut self, scene: &Scene, after: i64, source: &'static str, template: &'static str) -> Post {
        let text = plain(&mut self.pen, scene, &[template]);
        let author = scene.people.author(HERO, source);
        scene.post(&mut self.pen, scene.onset + after, source, author, text)
    }
}

impl Crisis for AtmCard {
    fn interval(&mut self, _: i64, to: i64, scene: &mut Scene) {
        if self.told || scene.onset >= to {
            return;
        }
        self.told = true;
        let post = self.own(scene, 0, "x", HERO_POST);
        let reply_text = plain(&mut self.pen, scene, &[HERO_REPLY]);
        let reply_text = format!("@{} {reply_text}", post.author.handle);
        let reply = answer_with(&post, &mut self.pen, scene.grammar, post.at + 2 * MINUTE, reply_text);
        let call = self.own(scene, 15 * MINUTE, "phone", HERO_CALL);
        let mail = self.own(scene, 390 * MINUTE, "email", HERO_MAIL);
        let again = self.own(scene, 540 * MINUTE, "x", HERO_AGAIN);
        let again = Post { thread: reply.thread.clone(), parent: Some(reply.native_id.clone()), ..again };
        let own = [&post, &call, &mail, &again];
        scene.truth.matters.push(Matter {
            author: format!("{}:{}", post.source, post.author.id),
            matter: format!("{}/atm_card", scene.grammar.brand),
            mentions: own.iter().filter(|own| own.at < scene.end).map(|own| own.native_id.clone()).collect(),
        });
        for next in [post, reply, call, mail, again] {
            scene.submit(&mut self.pen, next, 0.0);
        }
    }
}
