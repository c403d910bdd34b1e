//! The keys of a book, in one place: the reader refuses others, and the JSON Schema is compared with this.

/// A key of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyRule {
    pub(super) name: &'static str,
    /// What to write, when the key must be there.
    pub(super) needed: Option<&'static str>,
}

const fn need(name: &'static str, remedy: &'static str) -> KeyRule {
    KeyRule { name, needed: Some(remedy) }
}

const fn may(name: &'static str) -> KeyRule {
    KeyRule { name, needed: None }
}

/// The top level of every file. What must be there somewhere is checked over all files together.
pub(super) const BOOK: &[KeyRule] = &[
    may("name"),
    may("brands"),
    may("teams"),
    may("themes"),
    may("routes"),
    may("default_team"),
    may("clocks"),
    may("sources"),
    may("press"),
    may("detection"),
    may("costs"),
    may("harm"),
];

pub(super) const BRAND: &[KeyRule] = &[
    need("id", "add a short name that never changes, such as `id: skyline`"),
    need("name", "add the name as people write it, such as `name: Skyline Air`"),
    need("names", "list the names and handles that can only mean this brand"),
    may("ambiguous"),
    may("context"),
    may("false_friends"),
    may("accounts"),
    may("staff"),
    may("threshold"),
    may("language"),
    may("rules"),
    may("products"),
    may("programmes"),
    may("places"),
    may("parameters"),
    may("tones"),
    may("avoid"),
    need("owner", "name the team that answers for the brand, such as `owner: care`"),
];

pub(super) const RULE: &[KeyRule] = &[
    need("id", "add a short name, such as `id: nova-price`"),
    need("any", "list at least one phrase"),
    may("with"),
    may("none"),
];

pub(super) const PRODUCT: &[KeyRule] = &[
    need("id", "add a short name, such as `id: LHR-JFK`"),
    need("name", "add the name as people write it, such as `name: London to New York`"),
    may("aliases"),
];

pub(super) const PROGRAMME: &[KeyRule] = &[
    need("id", "add a short name, such as `id: summer-stay`"),
    need("name", "add the name as people write it, such as `name: Summer stay`"),
    need("any", "list the words and hashtags that name it"),
];

pub(super) const PLACE: &[KeyRule] = &[
    need("id", "add a short name, such as `id: leeds`"),
    need("name", "add the name as people write it, such as `name: Leeds`"),
    may("aliases"),
];

pub(super) const PARAMETER: &[KeyRule] = &[
    need("id", "add a short name, such as `id: checkout_time`"),
    need("name", "add a name for people, such as `name: Check-out time`"),
    need("values", "list the values that people ask for"),
];

pub(super) const VALUE: &[KeyRule] = &[
    need("value", "write the value as it is to be counted, such as `value: \"12:00\"`"),
    need("any", "list the words that ask for it"),
];

pub(super) const TEAM: &[KeyRule] = &[
    need("id", "add a short name that never changes, such as `id: care`"),
    need("name", "add a name for people, such as `name: Customer care`"),
    may("recipient"),
];

pub(super) const THEME: &[KeyRule] = &[
    need("id", "add a short name that never changes, such as `id: lost_bag`"),
    need("name", "add a name for people, such as `name: Lost bags`"),
    may("brands"),
    may("any"),
    may("examples"),
    may("none"),
    may("reasons"),
    may("points"),
    may("safety"),
    may("otherwise"),
    need("owner", "name the team that answers for it, such as `owner: care`"),
];

pub(super) const REASON: &[KeyRule] =
    &[need("id", "add a short name, such as `id: too_early`"), need("any", "list at least one phrase")];

pub(super) const ROUTE: &[KeyRule] = &[
    need("id", "add a short name, such as `id: threats`"),
    may("when"),
    need("team", "name the team that gets it, such as `team: care`"),
];

pub(super) const CLOCK: &[KeyRule] = &[
    need("id", "add a short name, such as `id: owned-complaint`"),
    may("when"),
    need("first_reply", "say how soon to answer, such as `first_reply: 10m`"),
    need("warn_at", "say after which share of that time to warn, such as `warn_at: 0.7`"),
];

pub(super) const CONDITION: &[KeyRule] = &[
    may("brands"),
    may("intents"),
    may("themes"),
    may("harm"),
    may("languages"),
    may("sources"),
    may("min_severity"),
    may("owned"),
    may("hours"),
];

pub(super) const DETECTION: &[KeyRule] =
    &[may("min_mentions"), may("min_people"), may("min_ratio"), may("false_alarms_per_week")];

pub(super) const COSTS: &[KeyRule] = &[may("sentiment"), may("intent"), may("emotion"), may("offensive"), may("hate")];

pub(super) const COST: &[KeyRule] = &[
    need("wrong", "say what a wrong answer costs, such as `wrong: 20`"),
    need("unsure", "say what it costs to give none, such as `unsure: 11`"),
];

pub(super) const TONES: &[KeyRule] = &[
    need("negative", "give its share, such as `negative: 0.6`"),
    need("neutral", "give its share, such as `neutral: 0.2`"),
    need("positive", "give its share, such as `positive: 0.2`"),
];

pub(super) const HARM_RULE: &[KeyRule] = &[
    need("id", "add a short name, such as `id: gate_code`"),
    need("class", "name the class of harm, such as `class: leak`"),
    need("any", "list at least one phrase"),
    may("none"),
    may("confidence"),
    need("finds", "write at least one sentence in which the harm must be found"),
    need("passes", "write at least one sentence that seems like it and is none"),
];
