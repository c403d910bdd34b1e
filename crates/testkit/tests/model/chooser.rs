//! Where a schedule comes from: every choice of the model is asked for here, so a schedule is a list of small numbers.
//!
//! The first of the options is always the one that lets least happen. So a list that is cut short, or in which a number is
//! made smaller, is a calmer schedule: that is all that shrinking needs.

/// Answers what happens next.
#[derive(Debug)]
pub(crate) struct Chooser {
    way: Way,
    /// What was answered so far, only options with a weight counted.
    taken: Vec<u8>,
}

#[derive(Debug)]
enum Way {
    /// By weight, from a state of a generator.
    Random(u64),
    /// As told, then always the first option.
    Told(Vec<u8>),
    /// As told, then always the first option; how many options there were is noted, so that the next path can be told.
    Systematic(Vec<u8>, Vec<u8>),
}

impl Chooser {
    /// A random schedule.
    pub(crate) const fn random(seed: u64) -> Self {
        Self { way: Way::Random(seed), taken: Vec::new() }
    }

    /// A schedule that is known.
    pub(crate) const fn told(schedule: Vec<u8>) -> Self {
        Self { way: Way::Told(schedule), taken: Vec::new() }
    }

    /// A path through the tree of all schedules.
    pub(crate) const fn systematic(path: Vec<u8>) -> Self {
        Self { way: Way::Systematic(path, Vec::new()), taken: Vec::new() }
    }

    /// One of the options, by its index; those of weight 0 are none. There must be one with a weight.
    pub(crate) fn choose(&mut self, weights: &[u32]) -> usize {
        let options = weights.iter().filter(|weight| **weight > 0).count();
        if options == 1 {
            return nth(weights, 0);
        }
        let at = self.taken.len();
        let choice = match &mut self.way {
            Way::Random(state) => {
                let total: u32 = weights.iter().sum();
                let index = by_weight(weights, (next(state) % u64::from(total)) as u32);
                weights[..index].iter().filter(|weight| **weight > 0).count()
            }
            Way::Told(schedule) => usize::from(schedule.get(at).copied().unwrap_or_default()) % options,
            Way::Systematic(path, widths) => {
                widths.push(options as u8);
                usize::from(path.get(at).copied().unwrap_or_default())
            }
        };
        self.taken.push(choice as u8);
        nth(weights, choice)
    }

    /// The schedule so far.
    pub(crate) fn taken(&self) -> &[u8] {
        &self.taken
    }

    /// The path after this one, in the order of a walk through the tree, of which only choices from `from` to `to` are changed:
    /// those before stay, those behind are the first ones again. `None` when all were walked.
    pub(crate) fn next_path(&self, from: usize, to: usize) -> Option<Vec<u8>> {
        let Way::Systematic(_, widths) = &self.way else { return None };
        let mut path = self.taken.clone();
        path.truncate(to);
        while path.len() > from {
            let last = path.pop()? + 1;
            if last < widths[path.len()] {
                path.push(last);
                return Some(path);
            }
        }
        None
    }
}

fn nth(weights: &[u32], nth: usize) -> usize {
    let options = weights.iter().enumerate().filter(|(_, weight)| **weight > 0);
    options.map(|(index, _)| index).nth(nth).expect("an option with a weight")
}

fn by_weight(weights: &[u32], mut at: u32) -> usize {
    for (index, weight) in weights.iter().enumerate() {
        match at.checked_sub(*weight) {
            Some(rest) => at = rest,
            None => return index,
        }
    }
    unreachable!("{at} is below the sum of the weights")
}

/// The next number of the generator SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_visits_every_leaf_once() {
        let (mut path, mut leaves) = (Some(Vec::new()), Vec::new());
        while let Some(told) = path {
            let mut chooser = Chooser::systematic(told);
            let first = chooser.choose(&[1, 1]);
            let second = if first == 0 { 9 } else { chooser.choose(&[1, 0, 1, 1]) };
            leaves.push((first, second));
            path = chooser.next_path(0, usize::MAX);
        }
        assert_eq!(leaves, [(0, 9), (1, 0), (1, 2), (1, 3)]);
    }

    #[test]
    fn what_was_taken_at_random_can_be_told_again() {
        let weights: [&[u32]; 3] = [&[3, 0, 5], &[1, 1, 1, 1], &[0, 7, 2]];
        for seed in 0..50 {
            let mut random = Chooser::random(seed);
            let taken: Vec<usize> = weights.iter().map(|weights| random.choose(weights)).collect();
            let mut told = Chooser::told(random.taken().to_vec());
            assert_eq!(weights.iter().map(|weights| told.choose(weights)).collect::<Vec<usize>>(), taken);
        }
    }
}
