//! How many mentions an hour a brand has in quiet times: the shape of its day and week, with a little noise.

use crate::random::{mix, normal_at};

/// Share of the mean rate at each hour of the local day: few at night, most in the afternoon and evening.
const DAY: [f64; 24] = [
    0.42, 0.33, 0.27, 0.25, 0.29, 0.40, 0.58, 0.80, 1.05, 1.22, 1.30, 1.34, 1.38, 1.42, 1.45, 1.46, 1.48, 1.50, 1.47,
    1.38, 1.24, 1.04, 0.80, 0.58,
];

/// Share of the mean rate on each day of the week, Monday first.
const WEEK: [f64; 7] = [1.04, 1.02, 1.00, 1.03, 1.09, 0.94, 0.88];

/// Standard deviation of the noise of an hour and of a day, relative to the rate: arrivals are a little over-dispersed.
const HOUR_NOISE: f64 = 0.05;
const DAY_NOISE: f64 = 0.04;

const HOUR: i64 = 3_600_000;

/// The quiet rate of one brand.
#[derive(Debug, Clone)]
pub(crate) struct QuietRate {
    per_minute: f64,
    utc_offset: i64,
    seed: u64,
}

impl QuietRate {
    /// `per_hour` mentions on the average of a week; `utc_offset` hours are between UTC and the brand's day.
    pub(crate) fn new(per_hour: f64, utc_offset: i64, seed: u64) -> Self {
        Self { per_minute: per_hour / 60.0, utc_offset, seed: mix(seed ^ 0x7261_7465) }
    }

    /// Mentions a minute on the average of a week.
    pub(crate) fn mean_per_minute(&self) -> f64 {
        self.per_minute
    }

    /// Mentions a minute at that instant (milliseconds since the epoch).
    pub(crate) fn per_minute_at(&self, at: i64) -> f64 {
        let local = at + self.utc_offset * HOUR;
        let hour = local.div_euclid(HOUR);
        let day = hour.div_euclid(24);
        // 1970-01-01 was a Thursday.
        let weekday = (day + 3).rem_euclid(7) as usize;
        let of_day = hour.rem_euclid(24) as usize;
        let within = local.rem_euclid(HOUR) as f64 / HOUR as f64;
        let shape = DAY[of_day] * (1.0 - within) + DAY[(of_day + 1) % 24] * within;
        let hourly = 1.0 + HOUR_NOISE * normal_at(self.seed, hour as u64);
        let daily = 1.0 + DAY_NOISE * normal_at(!self.seed, day as u64);
        self.per_minute * shape * WEEK[weekday] * hourly.max(0.7) * daily.max(0.8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_average_to_one() {
        assert!((DAY.iter().sum::<f64>() / 24.0 - 1.0).abs() < 0.03);
        assert!((WEEK.iter().sum::<f64>() / 7.0 - 1.0).abs() < 0.01);
    }

    #[test]
    fn afternoons_are_several_times_as_loud_as_nights() {
        let rate = QuietRate::new(120.0, 0, 1);
        let monday = 1_793_577_600_000;
        assert!(rate.per_minute_at(monday + 16 * HOUR) > 4.0 * rate.per_minute_at(monday + 3 * HOUR));
    }
}
