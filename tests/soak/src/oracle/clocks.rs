//! Clocks by what lies in topics alone: none runs out while the answer had come, each runs out once, and at its deadline.

use std::collections::{BTreeMap, HashMap};

use events::{Case, ClockOutcome, EnrichedMention, EventTime, MentionId, Notification};

/// What is known of answers, cases and what was said.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    /// When the brand's first answer to a mention was received.
    answered: HashMap<MentionId, EventTime>,
    cases: HashMap<String, Case>,
    notified: HashMap<String, u32>,
    /// Clocks that ran out.
    pub(super) breached: usize,
    /// Clocks that were met.
    pub(super) met: usize,
}

impl Clocks {
    /// A mention that enrich passed on.
    pub(super) fn enriched(&mut self, record: &EnrichedMention) {
        let mention = &record.mention;
        if let Some(parent) = mention.parent_id.clone().filter(|_| mention.from_brand) {
            let at = self.answered.entry(parent).or_insert(mention.received_at);
            *at = (*at).min(mention.received_at);
        }
    }

    /// A revision of a case.
    ///
    /// # Errors
    /// It does not follow the one before, or a clock ran out at another moment than its deadline, or ran on after its end.
    pub(super) fn case(&mut self, case: Case) -> Result<(), String> {
        let id = case.case_id.as_str().to_owned();
        let before = self.cases.get(&id);
        // Revisions of one turn are written as one.
        if let Some(before) = before.filter(|before| before.revision >= case.revision) {
            return Err(format!("case {id} has revision {} after {}", case.revision, before.revision));
        }
        for clock in case.clocks.iter().filter(|clock| clock.outcome == ClockOutcome::Breached) {
            if clock.ended_at != Some(clock.due_at) {
                return Err(format!(
                    "case {id}: clock {} ran out at {:?}, due {}",
                    clock.name, clock.ended_at, clock.due_at
                ));
            }
            let was = |before: &&Case| {
                before.clocks.iter().any(|it| {
                    it.name == clock.name && it.due_at == clock.due_at && it.outcome == ClockOutcome::Breached
                })
            };
            if !before.iter().any(was) {
                self.breached += 1;
            }
        }
        let met = |case: &Case| case.clocks.iter().filter(|clock| clock.outcome == ClockOutcome::Met).count();
        self.met += met(&case).saturating_sub(before.map_or(0, met));
        self.cases.insert(id, case);
        Ok(())
    }

    /// A notification.
    ///
    /// # Errors
    /// It was said before.
    pub(super) fn notification(&mut self, notification: &Notification) -> Result<(), String> {
        let said = self.notified.entry(notification.notification_id.clone()).or_default();
        *said += 1;
        if *said > 1 { Err(format!("notification {} is there twice", notification.notification_id)) } else { Ok(()) }
    }

    /// Clocks that ran out although the answer had come.
    pub(super) fn wrong(&self) -> impl Iterator<Item = String> + '_ {
        self.cases.values().flat_map(|case| {
            let breached =
                case.clocks.iter().filter(|clock| clock.outcome == ClockOutcome::Breached && !clock.unconfirmed);
            breached.filter_map(|clock| {
                let answered =
                    case.mentions.iter().filter_map(|mention| Some((mention, *self.answered.get(&mention.id)?)));
                let mut in_time = answered.filter(|(_, at)| clock.started_at <= *at && *at <= clock.due_at);
                let (mention, at) = in_time.next()?;
                Some(format!(
                    "case {}: clock {} of {} ran out at {} although {} was answered at {at}",
                    case.case_id.as_str(),
                    clock.name,
                    clock.started_at,
                    clock.due_at,
                    mention.id.as_str()
                ))
            })
        })
    }

    /// Ids of all notifications.
    pub(super) fn notifications(&self) -> impl Iterator<Item = &String> {
        self.notified.keys()
    }

    /// Newest revision of each case.
    pub(super) fn cases(&self) -> BTreeMap<String, i64> {
        self.cases.iter().map(|(id, case)| (id.clone(), case.revision)).collect()
    }
}
