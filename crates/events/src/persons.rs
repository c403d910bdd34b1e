//! Distinct counting of persons that adds up: exact up to 256, then a HyperLogLog.

use crate::Persons;

/// Above this many the hashes become a sketch.
const EXACT: usize = 256;
/// log2 of the number of registers.
const PRECISION: u32 = 12;
const REGISTERS: usize = 1 << PRECISION;

impl Persons {
    /// Adds one person by their 64-bit hash.
    pub fn insert(&mut self, hash: i64) {
        if let Some(sketch) = &mut self.sketch {
            observe(sketch, hash);
            return;
        }
        if let Err(at) = self.hashes.binary_search(&hash) {
            self.hashes.insert(at, hash);
        }
        self.shrink();
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        match (&mut self.sketch, &other.sketch) {
            (Some(mine), Some(theirs)) => {
                for (register, value) in mine.iter_mut().zip(theirs) {
                    *register = (*register).max(*value);
                }
            }
            (None, Some(theirs)) => {
                let mut sketch = theirs.clone();
                for hash in self.hashes.drain(..) {
                    observe(&mut sketch, hash);
                }
                self.sketch = Some(sketch);
            }
            (_, None) => {
                for hash in &other.hashes {
                    self.insert(*hash);
                }
            }
        }
    }

    /// How many distinct persons: exact up to 256, else with a standard error of 1.6 %
    /// (Flajolet et al., "HyperLogLog", 2007, with its small-range correction).
    pub fn count(&self) -> i64 {
        let Some(sketch) = &self.sketch else { return self.hashes.len() as i64 };
        let m = REGISTERS as f64;
        // By value first: there are few of them, and four thousand powers of two would cost more than all the rest.
        let mut registers = [0u32; 256];
        sketch.iter().for_each(|value| registers[usize::from(*value)] += 1);
        let sum: f64 = (0i32..).zip(&registers).map(|(value, count)| f64::from(*count) * 2f64.powi(-value)).sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = registers[0];
        let estimate = if raw <= 2.5 * m && empty > 0 { m * (m / f64::from(empty)).ln() } else { raw };
        estimate.round() as i64
    }

    fn shrink(&mut self) {
        if self.hashes.len() > EXACT {
            let mut sketch = vec![0; REGISTERS];
            for hash in self.hashes.drain(..) {
                observe(&mut sketch, hash);
            }
            self.sketch = Some(sketch);
        }
    }
}

fn observe(sketch: &mut [u8], hash: i64) {
    let hash = hash as u64;
    let index = (hash >> (64 - PRECISION)) as usize;
    let rank = ((hash << PRECISION) | (1 << (PRECISION - 1))).leading_zeros() as u8 + 1;
    if let Some(register) = sketch.get_mut(index) {
        *register = (*register).max(rank);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Person, person_hash};

    fn persons(range: std::ops::Range<u32>) -> Persons {
        let mut persons = Persons::default();
        for i in range {
            persons.insert(person_hash(&Person::new(format!("x:{i}"))));
        }
        persons
    }

    #[test]
    fn two_hundred_are_counted_exactly_however_often_they_come() {
        let mut all = persons(0..200);
        all.merge(&persons(100..200));
        assert_eq!(all.count(), 200);
    }

    #[test]
    fn many_are_counted_within_five_percent_and_merging_equals_inserting() {
        let mut left = persons(0..30_000);
        left.merge(&persons(20_000..50_000));
        assert_eq!(left, persons(0..50_000));
        assert!((left.count() - 50_000).abs() < 2_500, "{}", left.count());
    }
}
