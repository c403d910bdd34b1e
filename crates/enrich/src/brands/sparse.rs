//! What was found of a few of many: a book may have a hundred thousand brands, and a text names two.

/// Values by number, in order of their numbers; one that was never touched is its default.
#[derive(Debug)]
pub(super) struct Sparse<T>(Vec<(usize, T)>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> Sparse<T> {
    /// Changes the value of a number.
    pub(super) fn with(&mut self, number: usize, change: impl FnOnce(&mut T)) {
        let at = self.0.binary_search_by_key(&number, |(known, _)| *known).unwrap_or_else(|at| {
            self.0.insert(at, (number, T::default()));
            at
        });
        if let Some((_, value)) = self.0.get_mut(at) {
            change(value);
        }
    }

    /// The value of a number, if it was touched.
    pub(super) fn get(&self, number: usize) -> Option<&T> {
        let at = self.0.binary_search_by_key(&number, |(known, _)| *known).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Those that were touched.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.0.iter().map(|(number, value)| (*number, value))
    }

    /// The same, to change them.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut T)> {
        self.0.iter_mut().map(|(number, value)| (*number, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_touched_is_kept_in_order_and_the_rest_is_nothing() {
        let mut counts: Sparse<u32> = Sparse::default();
        [7, 3, 90_000, 3].into_iter().for_each(|number| counts.with(number, |count| *count += 1));
        assert_eq!(counts.iter().collect::<Vec<_>>(), [(3, &2), (7, &1), (90_000, &1)]);
        assert_eq!((counts.get(3), counts.get(4)), (Some(&2), None));
    }
}
