//! The scenarios there are.

use crate::grammar::{self, Grammar};

/// A scenario that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    HotelCheckout,
    AtmCard,
    PriceRise,
    MissingPlane,
    CampaignBackfire,
    BombThreat,
    TrollBurst,
    StaffLeak,
    QuietWeeks,
}

/// What is known about a scenario before it is generated.
#[derive(Debug, Clone, Copy)]
pub struct ScenarioInfo {
    /// Its name on the command line.
    pub name: &'static str,
    /// What happens, in one line.
    pub what: &'static str,
    /// The example book that it is about.
    pub book: &'static str,
    /// Hours of event time unless others are asked for.
    pub default_hours: f64,
    /// Mentions an hour in quiet times at scale 1, the mean over a week.
    pub quiet_rate: f64,
    pub(crate) story: Story,
}

impl ScenarioInfo {
    pub(crate) fn grammar(&self) -> &'static Grammar {
        match self.book {
            "books/hotel" => &grammar::HOTEL,
            "books/bank" => &grammar::BANK,
            _ => &grammar::AIRLINE,
        }
    }
}

const AIRLINE: (&str, f64) = ("books/airline", 120.0);
const HOTEL: (&str, f64) = ("books/hotel", 80.0);
const BANK: (&str, f64) = ("books/bank", 100.0);

/// Every scenario. The default hours put the onset at a likely time of day when the start is a midnight.
pub const SCENARIOS: &[ScenarioInfo] = &[
    info(
        "hotel-checkout",
        "an earlier check-out and an earlier end of the parking token anger guests",
        HOTEL,
        87.0,
        Story::HotelCheckout,
    ),
    info("atm-card", "one person whose card a machine ate, over several channels at night", BANK, 39.0, Story::AtmCard),
    info("price-rise", "fees go up, and customers say that they will leave", BANK, 84.0, Story::PriceRise),
    info(
        "missing-plane",
        "a plane is missing: 400 times the mentions within minutes",
        AIRLINE,
        72.0,
        Story::MissingPlane,
    ),
    info(
        "campaign-backfire",
        "a campaign's hashtag fills with allegations of abuse",
        AIRLINE,
        96.0,
        Story::CampaignBackfire,
    ),
    info("bomb-threat", "a few real threats among people who call things the bomb", AIRLINE, 60.0, Story::BombThreat),
    info(
        "troll-burst",
        "500 copies of one text by 480 fresh accounts among real complaints",
        AIRLINE,
        63.0,
        Story::TrollBurst,
    ),
    info("staff-leak", "staff give away a secret project, others make allegations", BANK, 90.0, Story::StaffLeak),
    info("two-quiet-weeks", "nothing but noise, unless one hour is planted", AIRLINE, 336.0, Story::QuietWeeks),
];

const fn info(
    name: &'static str,
    what: &'static str,
    book: (&'static str, f64),
    default_hours: f64,
    story: Story,
) -> ScenarioInfo {
    ScenarioInfo { name, what, book: book.0, default_hours, quiet_rate: book.1, story }
}

/// The scenario called `name`.
pub fn find(name: &str) -> Option<&'static ScenarioInfo> {
    SCENARIOS.iter().find(|info| info.name == name)
}
