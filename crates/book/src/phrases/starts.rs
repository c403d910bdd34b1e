//! Where phrases may begin in a folded text, eight bytes at a look.
//!
//! Most bytes stand inside a word or are blanks, and no phrase begins there. Which of the others are beginnings is asked byte by
//! byte afterwards, so a place too many is no harm, and one too few would be.

/// Every byte's lowest bit.
const ONES: u64 = u64::from_le_bytes([1; 8]);
/// Every byte's highest bit.
const HIGH: u64 = ONES << 7;

/// Places of bytes that are no blanks and no letters behind a letter, in order. Letters are those of ASCII in lower case.
pub(super) fn starts(folded: &[u8]) -> Starts<'_> {
    Starts { rest: folded, at: 0, found: 0, letter_before: 0 }
}

/// See [`starts`].
pub(super) struct Starts<'a> {
    /// Behind the eight bytes that were looked at last.
    rest: &'a [u8],
    /// Where `rest` begins.
    at: usize,
    /// Of those eight, the highest bit of each that is left to tell.
    found: u64,
    /// The highest bit of a first byte, set when the byte before it is a letter.
    letter_before: u64,
}

impl Starts<'_> {
    /// Looks at the next eight bytes, the last of them filled up with blanks; `None` when there are no more.
    fn look(&mut self) -> Option<()> {
        let eight = match self.rest.split_first_chunk::<8>() {
            Some((eight, rest)) => {
                self.rest = rest;
                *eight
            }
            None if self.rest.is_empty() => return None,
            None => {
                let mut eight = [b' '; 8];
                eight.iter_mut().zip(std::mem::take(&mut self.rest)).for_each(|(to, byte)| *to = *byte);
                eight
            }
        };
        self.at += 8;
        let bytes = u64::from_le_bytes(eight);
        let low = bytes & !HIGH;
        // The sums stay below 256, so none runs over into the next byte; bytes beyond ASCII are no letters.
        let from_a = low + ONES * u64::from(0x80 - b'a');
        let behind_z = low + ONES * u64::from(0x7f - b'z');
        let letters = from_a & !behind_z & !bytes & HIGH;
        let off_blank = bytes ^ (ONES * u64::from(b' '));
        let others = (((off_blank & !HIGH) + !HIGH) | off_blank) & HIGH;
        let inside = letters & ((letters << 8) | self.letter_before);
        self.letter_before = letters >> 56;
        self.found = others & !inside;
        Some(())
    }
}

impl Iterator for Starts<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            self.look()?;
        }
        let byte = self.found.trailing_zeros() as usize / 8;
        self.found &= self.found - 1;
        Some(self.at - 8 + byte)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_but_blanks_and_letters_behind_letters_are_told(text in "([a-z `{A0'_@#-]|é|🔥|\u{ff}){0,40}") {
            let bytes = text.as_bytes();
            let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
            let inside = |at: usize| letter(at) && at.checked_sub(1).is_some_and(letter);
            let expected: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != b' ' && !inside(*at)).collect();
            prop_assert_eq!(starts(bytes).collect::<Vec<_>>(), expected);
        }
    }
}
