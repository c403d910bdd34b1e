//! What can be asked for.

use events::EventTime;

use crate::catalogue::{self, ScenarioInfo};

/// What to generate. Make one with [`Options::of`] and change what should differ from the scenario's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Name of the scenario, one of [`SCENARIOS`](crate::SCENARIOS).
    pub scenario: String,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// When the first hour begins.
    pub start: EventTime,
    /// Hours of event time, above 0; the first onset lies at two thirds.
    pub hours: f64,
    /// Factor on all rates, above 0.
    pub scale: f64,
    /// Share of the lines written that repeat an earlier line exactly, 0 or more.
    pub duplicates: f64,
    /// Seconds by which a line may come later than one that was published after it.
    pub out_of_order: f64,
    /// Share of the lines written that can't become a mention.
    pub poison: f64,
    /// Share of the posts that are changed later.
    pub edits: f64,
    /// Share of the posts that are taken back later.
    pub deletes: f64,
    /// Factor on the planted hour of `two-quiet-weeks`; null plants nothing, other scenarios refuse it.
    pub plant: Option<f64>,
}

/// What is wrong with the options: the caller must change them.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScenarioError {
    /// There is no scenario of that name.
    #[error("no scenario is called `{name}`: choose one of {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A setting is out of its range.
    #[error("{setting} is `{value}`, but must be {rule}")]
    OutOfRange {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        rule: &'static str,
    },
}

/// 2026-11-02T00:00:00Z, a Monday.
const DEFAULT_START: EventTime = EventTime::from_millis(1_793_577_600_000);

/// Most days that a scenario may last: a year.
const MAX_HOURS: f64 = 8_784.0;

impl Options {
    /// The defaults of the scenario called `name`: seed 1, a Monday, its own hours, scale 1, nothing doubled or broken.
    ///
    /// # Errors
    /// There is no such scenario.
    pub fn of(name: &str) -> Result<Self, ScenarioError> {
        let info = known(name)?;
        Ok(Self {
            scenario: info.name.to_owned(),
            seed: 1,
            start: DEFAULT_START,
            hours: info.default_hours,
            scale: 1.0,
            duplicates: 0.0,
            out_of_order: 0.0,
            poison: 0.0,
            edits: 0.0,
            deletes: 0.0,
            plant: None,
        })
    }

    /// When the first onset lies: at two thirds of the hours.
    pub fn onset(&self) -> EventTime {
        EventTime::from_millis(self.start.millis() + (self.hours * 2_400_000.0).round() as i64)
    }

    /// When the scenario ends.
    pub fn end(&self) -> EventTime {
        EventTime::from_millis(self.start.millis() + (self.hours * 3_600_000.0).round() as i64)
    }

    pub(crate) fn check(&self) -> Result<&'static ScenarioInfo, ScenarioError> {
        let info = known(&self.scenario)?;
        within("hours", self.hours, self.hours > 0.0 && self.hours <= MAX_HOURS, "above 0 and at most 8784")?;
        within("scale", self.scale, self.scale > 0.0 && self.scale <= 100_000.0, "above 0 and at most 100000")?;
        let disorder = (0.0..=86_400.0).contains(&self.out_of_order);
        within("out-of-order", self.out_of_order, disorder, "0 to 86400 seconds")?;
        let shares = [
            ("duplicates", self.duplicates),
            ("poison", self.poison),
            ("edits", self.edits),
            ("deletes", self.deletes),
        ];
        for (setting, share) in shares {
            within(setting, share, (0.0..=0.9).contains(&share), "0 to 0.9")?;
        }
        let extra = self.duplicates + self.poison;
        within("duplicates plus poison", extra, extra <= 0.95, "at most 0.95: something must be left")?;
        if let Some(plant) = self.plant {
            let fits = info.name == "two-quiet-weeks" && (1.0..=1_000.0).contains(&plant);
            within("plant", plant, fits, "1 to 1000, and for two-quiet-weeks only")?;
        }
        let believed = self.start >= EventTime::FIRST && self.end() < EventTime::END;
        if !believed {
            let rule = "such that all lies within the years 2000 to 2099";
            return Err(ScenarioError::OutOfRange { setting: "start", value: self.start.to_string(), rule });
        }
        Ok(info)
    }
}

fn known(name: &str) -> Result<&'static ScenarioInfo, ScenarioError> {
    catalogue::find(name).ok_or_else(|| {
        let names: Vec<&str> = catalogue::SCENARIOS.iter().map(|info| info.name).collect();
        ScenarioError::Unknown { name: name.to_owned(), known: names.join(", ") }
    })
}

fn within(setting: &'static str, value: f64, fits: bool, rule: &'static str) -> Result<(), ScenarioError> {
    if fits { Ok(()) } else { Err(ScenarioError::OutOfRange { setting, value: value.to_string(), rule }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_start_is_a_monday_midnight() {
        assert_eq!(DEFAULT_START, EventTime::parse("2026-11-02T00:00:00Z").unwrap());
        assert_eq!(DEFAULT_START.hour_of_week(), 0);
    }

    #[test]
    fn a_share_that_is_no_number_is_refused() {
        let mut options = Options::of("price-rise").unwrap();
        options.poison = f64::NAN;
        assert!(options.check().unwrap_err().to_string().starts_with("poison is `NaN`"));
    }

    #[test]
    fn only_quiet_weeks_can_be_planted() {
        let mut options = Options::of("price-rise").unwrap();
        options.plant = Some(3.0);
        assert!(options.check().is_err());
        options = Options::of("two-quiet-weeks").unwrap();
        options.plant = Some(3.0);
        assert!(options.check().is_ok());
    }
}
