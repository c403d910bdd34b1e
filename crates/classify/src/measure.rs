//! How good labels are: the figures by which heads are chosen and reported.

/// Bins of [`calibration`].
const BINS: usize = 15;

/// A figure over labels, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Share of right labels.
    Accuracy,
    /// F1 of each label, averaged.
    MacroF1,
    /// Recall of each label, averaged.
    MacroRecall,
    /// F1 of the last label: yes.
    F1OfYes,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Accuracy, Self::MacroF1, Self::MacroRecall, Self::F1OfYes];

    /// The name, as recipes and cards write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::MacroF1 => "macro_f1",
            Self::MacroRecall => "macro_recall",
            Self::F1OfYes => "f1_of_yes",
        }
    }

    /// The figure.
    pub fn of(self, confusion: &Confusion) -> f64 {
        let labels = confusion.labels;
        match self {
            Self::Accuracy => confusion.accuracy(),
            Self::MacroF1 => (0..labels).map(|label| confusion.f1(label)).sum::<f64>() / labels.max(1) as f64,
            Self::MacroRecall => (0..labels).map(|label| confusion.recall(label)).sum::<f64>() / labels.max(1) as f64,
            Self::F1OfYes => labels.checked_sub(1).map_or(0.0, |yes| confusion.f1(yes)),
        }
    }
}

/// How often each label was said where each was true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    labels: usize,
    /// True label by said label.
    counts: Vec<u64>,
}

impl Confusion {
    /// Nothing counted, of so many labels.
    pub fn new(labels: usize) -> Self {
        Self { labels, counts: vec![0; labels * labels] }
    }

    /// Counts one answer. A label that does not exist counts nowhere.
    pub fn count(&mut self, truth: usize, said: usize) {
        if said < self.labels
            && let Some(count) = self.counts.get_mut(truth * self.labels + said)
        {
            *count += 1;
        }
    }

    /// How often `said` was said where `truth` was true.
    pub fn of(&self, truth: usize, said: usize) -> u64 {
        self.counts.get(truth * self.labels + said).copied().unwrap_or_default()
    }

    /// Rows with this label.
    pub fn support(&self, label: usize) -> u64 {
        (0..self.labels).map(|said| self.of(label, said)).sum()
    }

    fn said(&self, label: usize) -> u64 {
        (0..self.labels).map(|truth| self.of(truth, label)).sum()
    }

    /// Share of right answers.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.labels).map(|label| self.of(label, label)).sum();
        share(right, self.counts.iter().sum())
    }

    /// Of the rows with this label, the share that was found.
    pub fn recall(&self, label: usize) -> f64 {
        share(self.of(label, label), self.support(label))
    }

    /// Of the answers with this label, the share that was right.
    pub fn precision(&self, label: usize) -> f64 {
        share(self.of(label, label), self.said(label))
    }

    /// Harmonic mean of both.
    pub fn f1(&self, label: usize) -> f64 {
        share(2 * self.of(label, label), self.support(label) + self.said(label))
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Claims of about the same probability.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Claims {
    /// How many.
    pub rows: u64,
    /// Their probability on average, 0 to 1.
    pub claimed: f64,
    /// Share of them that came true.
    pub came_true: f64,
}

/// Claims in 15 bins of equal width, the least probable first. A claim is a probability and whether it came true.
pub fn calibration(claims: &[(f64, bool)]) -> [Claims; BINS] {
    let mut bins = [Claims::default(); BINS];
    for (probability, right) in claims {
        let at = ((probability * BINS as f64) as usize).min(BINS - 1);
        if let Some(bin) = bins.get_mut(at) {
            bin.rows += 1;
            bin.claimed += probability;
            bin.came_true += f64::from(u8::from(*right));
        }
    }
    for bin in &mut bins {
        let rows = bin.rows.max(1) as f64;
        (bin.claimed, bin.came_true) = (bin.claimed / rows, bin.came_true / rows);
    }
    bins
}

/// How far claims and truth are apart on average, over the bins of [`calibration`]: 0 to 1.
pub fn calibration_error(claims: &[(f64, bool)]) -> f64 {
    let apart = |bin: &Claims| (bin.claimed - bin.came_true).abs() * bin.rows as f64;
    calibration(claims).iter().map(apart).sum::<f64>() / claims.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_a_count_by_hand() {
        let mut confusion = Confusion::new(2);
        for (truth, said, times) in [(0, 0, 6), (0, 1, 2), (1, 0, 1), (1, 1, 1)] {
            (0..times).for_each(|_| confusion.count(truth, said));
        }
        let near = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-9, "{value} {expected}");
        near(Metric::Accuracy.of(&confusion), 0.7);
        near(Metric::MacroRecall.of(&confusion), (0.75 + 0.5) / 2.0);
        near(Metric::F1OfYes.of(&confusion), 2.0 / 5.0);
        near(Metric::MacroF1.of(&confusion), (12.0 / 15.0 + 0.4) / 2.0);
        near(confusion.precision(1), 1.0 / 3.0);
    }

    #[test]
    fn claims_that_come_true_have_no_error() {
        let claims: Vec<(f64, bool)> = (0..100).map(|at| (0.75, at % 4 != 0)).collect();
        assert!(calibration_error(&claims) < 1e-9);
        let boasts: Vec<(f64, bool)> = (0..100).map(|at| (1.0, at % 4 != 0)).collect();
        assert!((calibration_error(&boasts) - 0.25).abs() < 1e-9);
        assert!(calibration_error(&[]).abs() < 1e-9);
    }
}
