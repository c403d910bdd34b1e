//! Whether any pattern can stand at a place, told by its first four bytes: for most places none can.

use std::collections::BTreeMap;

/// So many bytes of a pattern are looked at.
const LOOK: usize = 4;
/// Bits for each beginning of patterns, so that few others fall on a bit that is set.
const BITS_EACH: usize = 16;
/// Bits at least and at most, as powers of two: 128 bytes and 64 KiB.
const FEWEST: u32 = 10;
const MOST: u32 = 19;

/// How patterns begin.
#[derive(Debug, Clone)]
pub(super) struct Openers {
    /// By first byte: a bit for each length that their beginnings have, 1 to [`LOOK`].
    lengths: Vec<u8>,
    /// A bit for the hash of each beginning.
    bits: Vec<u64>,
    /// How far the hash of a beginning is shifted to be the number of a bit.
    shift: u32,
}

impl Openers {
    /// Of patterns that are not empty.
    pub(super) fn new(patterns: &BTreeMap<String, usize>) -> Self {
        let mut beginnings: Vec<&[u8]> = patterns.keys().map(|pattern| beginning(pattern.as_bytes())).collect();
        beginnings.dedup();
        let power = (beginnings.len() * BITS_EACH).next_power_of_two().trailing_zeros().clamp(FEWEST, MOST);
        let mut this = Self { lengths: vec![0; 256], bits: vec![0; 1 << (power - 6)], shift: u32::BITS - power };
        for beginning in beginnings {
            let Some((first, length)) = beginning.first().zip(beginning.len().checked_sub(1)) else { continue };
            if let Some(lengths) = this.lengths.get_mut(usize::from(*first)) {
                *lengths |= 1 << length;
            }
            let (at, bit) = this.place(number(beginning));
            if let Some(bits) = this.bits.get_mut(at) {
                *bits |= bit;
            }
        }
        this
    }

    /// Whether a pattern may stand at the beginning of `text`; never false when one does.
    #[inline]
    pub(super) fn may_open(&self, text: &[u8]) -> bool {
        let lengths = text.first().and_then(|first| self.lengths.get(usize::from(*first))).copied();
        let mut lengths = u32::from(lengths.unwrap_or_default());
        if lengths == 0 {
            return false;
        }
        let four = text.first_chunk::<LOOK>().map_or_else(|| number(text), |four| u32::from_le_bytes(*four));
        while lengths != 0 {
            let cut = 24 - 8 * lengths.trailing_zeros();
            let (at, bit) = self.place(four << cut >> cut);
            if self.bits.get(at).is_some_and(|bits| bits & bit != 0) {
                return true;
            }
            lengths &= lengths - 1;
        }
        false
    }

    const fn place(&self, number: u32) -> (usize, u64) {
        let place = number.wrapping_mul(0x9e37_79b1) >> self.shift;
        (place as usize / 64, 1 << (place % 64))
    }
}

fn beginning(pattern: &[u8]) -> &[u8] {
    pattern.get(..LOOK).unwrap_or(pattern)
}

/// At most [`LOOK`] bytes as one number; those that are missing are zero, which no folded text holds.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(LOOK).rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_place_where_a_pattern_stands_is_left_out(
            patterns in proptest::collection::btree_set("[a-c@é]{1,6}", 0..40),
            text in "[a-dé@]{0,12}",
        ) {
            let numbered: BTreeMap<String, usize> = patterns.iter().cloned().zip(0..).collect();
            let openers = Openers::new(&numbered);
            for (start, _) in text.char_indices() {
                let rest = text.get(start..).unwrap();
                if patterns.iter().any(|pattern| rest.starts_with(pattern)) {
                    prop_assert!(openers.may_open(rest.as_bytes()), "{}", rest);
                }
            }
        }
    }

    #[test]
    fn most_other_places_are_left_out() {
        let numbers = || (0..10_000).map(|number| (format!("{number:04}"), number));
        let openers = Openers::new(&numbers().filter(|(_, number)| number % 10 == 0).collect());
        let let_through = numbers().filter(|(text, number)| number % 10 != 0 && openers.may_open(text.as_bytes()));
        let let_through = let_through.count();
        assert!(let_through < 1_800, "{let_through} of 9,000");
        assert!(!Openers::new(&BTreeMap::new()).may_open(b"anything"));
    }
}
