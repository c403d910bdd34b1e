//! What a stage says at its admin port: whether it is ready, and its metrics as numbers.

use std::collections::BTreeMap;
use std::time::Duration;

use ureq::Agent;

/// How long an admin port may take to answer.
const ANSWER: Duration = Duration::from_secs(1);

/// A reader of admin ports.
pub struct Scraper(Agent);

/// The samples of one scrape, by series with labels as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scrape(BTreeMap<String, f64>);

impl Default for Scraper {
    fn default() -> Self {
        Self(Agent::config_builder().timeout_global(Some(ANSWER)).build().into())
    }
}

impl Scraper {
    /// Whether the process at `admin` is ready.
    pub fn is_ready(&self, admin: &str) -> bool {
        self.0.get(format!("http://{admin}/readyz")).call().is_ok()
    }

    /// Its metrics; `None` while it does not answer.
    pub fn scrape(&self, admin: &str) -> Option<Scrape> {
        let mut answer = self.0.get(format!("http://{admin}/metrics")).call().ok()?;
        Some(Scrape::parse(&answer.body_mut().read_to_string().ok()?))
    }
}

impl Scrape {
    /// Samples in the text format of Prometheus; what is none is let pass.
    pub fn parse(text: &str) -> Self {
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        Self(samples.filter_map(|line| line.rsplit_once(' ')).filter_map(sample).collect())
    }

    fn of<'a>(&'a self, name: &'a str, label: &'a str) -> impl Iterator<Item = f64> + 'a {
        let samples = self.0.iter().filter(move |(series, _)| is_of(series, name) && series.contains(label));
        samples.map(|(_, value)| *value)
    }

    /// The sum of a series over its labels; only of those that hold `label`.
    pub fn sum(&self, name: &str, label: &str) -> f64 {
        // An empty sum of floats is -0.
        self.of(name, label).fold(0.0, |sum, value| sum + value)
    }

    /// The sums of a series by the values of one of its labels.
    pub fn by_label(&self, name: &str, label: &str) -> BTreeMap<String, f64> {
        let (begin, mut sums) = (format!("{label}=\""), BTreeMap::new());
        for (series, value) in self.0.iter().filter(|(series, _)| is_of(series, name)) {
            let labels = series.split(['{', ',', '}']);
            let Some(told) = labels.filter_map(|told| told.strip_prefix(&begin)?.strip_suffix('"')).next() else {
                continue;
            };
            *sums.entry(told.to_owned()).or_default() += value;
        }
        sums
    }

    /// The least value of a series; `None` when there is none.
    pub fn least(&self, name: &str) -> Option<f64> {
        self.of(name, "").min_by(f64::total_cmp)
    }
}

/// Whether a series with its labels is called `name`.
fn is_of(series: &str, name: &str) -> bool {
    series.strip_prefix(name).is_some_and(|labels| labels.is_empty() || labels.starts_with('{'))
}

fn sample((series, value): (&str, &str)) -> Option<(String, f64)> {
    Some((series.to_owned(), value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_summed_by_name_and_label() {
        let scrape = Scrape::parse(
            "# HELP a_total what\na_total{topic=\"x\"} 3\na_total{topic=\"y\"} 4.5\na_total_more{topic=\"x\"} 9\nb 1\n",
        );
        assert_eq!((scrape.sum("a_total", ""), scrape.sum("a_total", "\"x\""), scrape.sum("b", "")), (7.5, 3.0, 1.0));
        assert_eq!(scrape.by_label("a_total", "topic"), [("x".to_owned(), 3.0), ("y".to_owned(), 4.5)].into());
        assert_eq!((scrape.least("a_total"), scrape.least("c")), (Some(3.0), None));
    }
}
