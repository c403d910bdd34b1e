//! What the bytes of a text, counted, tell of what can be in it.

/// Bytes that are counted at a time, which the compiler turns into a few steps.
const TOGETHER: usize = 32;

/// Bytes of a text by their kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Census {
    pub(super) digits: usize,
    /// Digits and capitals of ASCII.
    pub(super) codes: usize,
    /// Whether there is an `@`.
    pub(super) has_at: bool,
}

impl Census {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (parts, rest) = bytes.as_chunks::<TOGETHER>();
        let mut census = Self::default();
        parts.iter().for_each(|part| census.add(part));
        // A byte of 0 is of no kind.
        let mut last = [0; TOGETHER];
        if let Some(to) = last.get_mut(..rest.len()) {
            to.copy_from_slice(rest);
        }
        census.add(&last);
        census
    }

    fn add(&mut self, part: &[u8; TOGETHER]) {
        let (mut digits, mut capitals, mut at) = (0_u8, 0_u8, 0_u8);
        for byte in part {
            digits += u8::from(byte.wrapping_sub(b'0') < 10);
            capitals += u8::from(byte.wrapping_sub(b'A') < 26);
            at |= u8::from(*byte == b'@');
        }
        self.digits += usize::from(digits);
        self.codes += usize::from(digits) + usize::from(capitals);
        self.has_at |= at != 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_byte_of_any_text_is_counted(text in "[\\PC]{0,50}[A-Z0-9@/:\\[`-]{0,80}[\\PC]{0,20}") {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let codes = digits + text.bytes().filter(u8::is_ascii_uppercase).count();
            prop_assert_eq!(Census::of(text.as_bytes()), Census { digits, codes, has_at: text.contains('@') });
        }
    }
}
