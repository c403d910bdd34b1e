//! Numbers that look like chance and are the same each time (splitmix64).

/// A source of numbers.
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// Puts `items` in another order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            // The bias of a remainder is below 2^-40 for any number of rows.
            items.swap(last, (self.next() % (last as u64 + 1)) as usize);
        }
    }
}

/// A seed of its own for the part `number`.
pub(super) const fn mixed(seed: u64, number: u64) -> u64 {
    Chance(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95)).next()
}
