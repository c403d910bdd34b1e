//! What people write, as data. One folder a brand: ordinary days, complaints, crises.
//!
//! Templates have slots in braces that [`voice`](crate::voice) fills. About half of the complaints never name their matter
//! ("third night on the terminal floor"): no phrase may be taken from a rule, a lexicon or a book, and none may be put there.

pub(crate) mod airline;
mod anyone;
pub(crate) mod bank;
pub(crate) mod hotel;

pub(crate) use airline::AIRLINE;
pub(crate) use anyone::COMMON_SLOTS;
pub(crate) use bank::BANK;
pub(crate) use hotel::HOTEL;

/// Words for one slot.
pub(crate) type Slot = (&'static str, &'static [&'static str]);

/// Everything that is said about one brand on ordinary days.
#[derive(Debug)]
pub(crate) struct Grammar {
    /// Id of the brand in its book.
    pub(crate) brand: &'static str,
    pub(crate) full_name: &'static str,
    /// Handle of its own account, without `@`.
    pub(crate) account: &'static str,
    /// Hours from UTC to the brand's day.
    pub(crate) utc_offset: i64,
    /// What people call it; more frequent names stand there more often.
    pub(crate) names: &'static [&'static str],
    pub(crate) tags: &'static [&'static str],
    pub(crate) topics: &'static [Topic],
    /// Complaints about nothing in particular.
    pub(crate) grumbles: &'static [&'static str],
    /// Sentences that follow a complaint.
    pub(crate) aftermath: &'static [&'static str],
    pub(crate) queries: &'static [&'static str],
    pub(crate) praise: &'static [&'static str],
    pub(crate) ideas: &'static [&'static str],
    pub(crate) talk: &'static [&'static str],
    pub(crate) noise: &'static [&'static str],
    /// Other things of the same name.
    pub(crate) false_friends: &'static [&'static str],
    pub(crate) rivals: &'static [&'static str],
    pub(crate) news: &'static [&'static str],
    /// What the brand answers.
    pub(crate) answers: &'static [&'static str],
    /// What people write after an answer.
    pub(crate) again: &'static [&'static str],
    /// Other languages, each with its templates.
    pub(crate) foreign: &'static [(&'static str, &'static [&'static str])],
    /// What pictures show.
    pub(crate) pictures: &'static [&'static str],
    pub(crate) slots: &'static [Slot],
}

/// One matter that people complain about.
#[derive(Debug)]
pub(crate) struct Topic {
    /// Id of the theme in the brand's book.
    pub(crate) theme: &'static str,
    pub(crate) weight: u32,
    /// Phrases that name the matter.
    pub(crate) direct: &'static [&'static str],
    /// Phrases that do not.
    pub(crate) indirect: &'static [&'static str],
}

/// Every complaint phrase as it stands in the grammars, slots unfilled, in a fixed order.
pub fn complaint_phrases() -> Vec<&'static str> {
    let mut phrases = Vec::new();
    for grammar in [&AIRLINE, &HOTEL, &BANK] {
        for topic in grammar.topics {
            phrases.extend(topic.direct);
            phrases.extend(topic.indirect);
        }
        phrases.extend(grammar.grumbles);
    }
    for topic in [
        &airline::crises::STRANDED,
        &airline::crises::ABUSE,
        &airline::crises::EVACUATION,
        &airline::crises::BROKEN_SEATS,
        &hotel::crises::CHECKOUT,
        &hotel::crises::PARKING,
        &hotel::crises::BOTH,
        &bank::crises::PRICE,
        &bank::crises::ALLEGATIONS,
        &bank::crises::AFTER_LEAK,
    ] {
        phrases.extend(topic.direct);
        phrases.extend(topic.indirect);
    }
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slots that are made, not picked from a list.
    const MADE: [&str; 8] = ["core", "handle", "n", "nn", "nnn", "time", "flight", "code"];

    fn known(grammar: &Grammar, slot: &str) -> bool {
        let lists = grammar.slots.iter().chain(COMMON_SLOTS);
        MADE.contains(&slot) || slot == "brand" || lists.into_iter().any(|list| list.0 == slot && !list.1.is_empty())
    }

    fn check(grammar: &Grammar, template: &str) {
        for part in template.split('{').skip(1) {
            let slot = part.split('}').next().unwrap();
            assert!(known(grammar, slot), "{}: no slot {slot} in {template:?}", grammar.brand);
        }
    }

    #[test]
    fn every_slot_of_every_template_is_known() {
        for grammar in [&AIRLINE, &HOTEL, &BANK] {
            let topics = grammar.topics.iter().flat_map(|topic| topic.direct.iter().chain(topic.indirect));
            let lists = [
                grammar.grumbles,
                grammar.aftermath,
                grammar.queries,
                grammar.praise,
                grammar.ideas,
                grammar.talk,
                grammar.noise,
                grammar.false_friends,
                grammar.rivals,
                grammar.news,
                grammar.answers,
                grammar.again,
            ];
            assert!(lists.iter().all(|list| !list.is_empty()) && !grammar.foreign.is_empty());
            let foreign = grammar.foreign.iter().flat_map(|(_, templates)| templates.iter());
            for template in topics.chain(lists.into_iter().flatten()).chain(foreign) {
                check(grammar, template);
            }
        }
        for (grammar, templates) in
            [(&AIRLINE, airline::crises::all()), (&HOTEL, hotel::crises::all()), (&BANK, bank::crises::all())]
        {
            for template in templates {
                check(grammar, template);
            }
        }
    }

    #[test]
    fn complaint_phrases_are_many_and_none_stands_there_twice() {
        let phrases = complaint_phrases();
        let distinct: std::collections::BTreeSet<&str> = phrases.iter().copied().collect();
        assert!(phrases.len() > 300, "{}", phrases.len());
        assert_eq!(distinct.len(), phrases.len());
    }
}
