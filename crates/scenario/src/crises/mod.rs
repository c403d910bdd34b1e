//! What goes wrong: one file a scenario. Each draws from the crisis streams only and writes its truth as it goes.

mod atm_card;
mod bomb_threat;
mod campaign_backfire;
mod hotel_checkout;
mod missing_plane;
mod price_rise;
mod quiet_weeks;
mod staff_leak;
mod surge;
mod troll_burst;

use crate::catalogue::{self, Story};
use crate::compose::complaint;
use crate::options::Options;
use crate::people::outlet;
use crate::post::Post;
use crate::random::{Purpose, pick};
use crate::scene::{Pen, Scene};
use crate::voice::say;

/// Something that goes wrong in a scene.
pub(crate) trait Crisis {
    /// Submits what is said about it from `from` to `to`; called for each minute in order.
    fn interval(&mut self, from: i64, to: i64, scene: &mut Scene);
}

/// The crisis of the scenario; notes its onset.
pub(crate) fn begin(options: &Options, scene: &mut Scene) -> Box<dyn Crisis> {
    let pen = Pen::new(options.seed, Purpose::Crisis, Purpose::CrisisAnswers);
    match catalogue::find(&options.scenario).map(|info| info.story) {
        Some(Story::HotelCheckout) => Box::new(hotel_checkout::HotelCheckout::begin(pen, scene)),
        Some(Story::AtmCard) => Box::new(atm_card::AtmCard::begin(pen)),
        Some(Story::PriceRise) => Box::new(price_rise::PriceRise::begin(pen, scene)),
        Some(Story::MissingPlane) => Box::new(missing_plane::MissingPlane::begin(pen, scene)),
        Some(Story::CampaignBackfire) => Box::new(campaign_backfire::CampaignBackfire::begin(pen, scene)),
        Some(Story::BombThreat) => Box::new(bomb_threat::BombThreat::begin(pen, scene)),
        Some(Story::TrollBurst) => Box::new(troll_burst::TrollBurst::begin(pen, scene)),
        Some(Story::StaffLeak) => Box::new(staff_leak::StaffLeak::begin(pen, scene)),
        Some(Story::QuietWeeks) | None => Box::new(quiet_weeks::QuietWeeks::begin(options, scene)),
    }
}

/// Where people speak in public.
const PUBLIC: [&str; 7] = ["x", "meta", "reddit", "bluesky", "mastodon", "forum", "review"];

/// Share of crisis posts that the brand still answers.
const OVERWHELMED: f64 = 0.02;

/// Share of crisis complaints that name the matter.
const OUTSPOKEN: f64 = 0.8;

/// A public complaint of somebody with that core.
fn public_complaint(pen: &mut Pen, at: i64, scene: &Scene, core: &'static str) -> Post {
    let person = scene.people.anybody_at(&mut pen.text, &PUBLIC);
    let source = scene.people.home(person);
    let text = complaint(&mut pen.text, scene.grammar, source, core);
    scene.post(pen, at, source, scene.people.author(person, source), text)
}

/// A public post of somebody with that text.
fn public_post(pen: &mut Pen, at: i64, scene: &Scene, text: String) -> Post {
    let person = scene.people.anybody_at(&mut pen.text, &PUBLIC);
    let source = scene.people.home(person);
    scene.post(pen, at, source, scene.people.author(person, source), text)
}

/// A piece of an outlet made from one of the templates.
fn press(pen: &mut Pen, at: i64, scene: &Scene, templates: &[&'static str]) -> Post {
    let (source, author) = outlet(&mut pen.text);
    let text = plain(pen, scene, templates);
    scene.post(pen, at, source, author, text)
}

/// One of the templates, filled, typed with care.
fn plain(pen: &mut Pen, scene: &Scene, templates: &[&'static str]) -> String {
    let mut text = String::with_capacity(120);
    let template = pick(&mut pen.text, templates);
    say(&mut pen.text, scene.grammar, template, "", &mut text);
    text
}

/// Takes the times before `to` from the end of a list that is sorted with the latest first.
fn due(times: &mut Vec<i64>, to: i64) -> Vec<i64> {
    let first_later = times.iter().rposition(|at| *at >= to).map_or(0, |index| index + 1);
    let mut now = times.split_off(first_later);
    now.reverse();
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_times_come_in_order_and_only_once() {
        let mut times = vec![9, 7, 5, 3];
        assert_eq!(due(&mut times, 6), [3, 5]);
        assert_eq!(due(&mut times, 7), [] as [i64; 0]);
        assert_eq!(due(&mut times, 100), [7, 9]);
    }
}
