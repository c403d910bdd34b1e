//! What care hears of a mention is the same on the straight way as by the plan, whatever the bytes are.

use escalate::care::Heard;
use events::{ClassifiedMention, Codec, DecodeError, Event, Framing};

/// The bytes of a record read straight, and by the plan: that is how records with a registry's id are read.
struct BothWays {
    straight: Codec,
    planned: Codec,
}

impl BothWays {
    fn new() -> Self {
        let planned = Codec::new(Framing::Confluent);
        planned.register(ClassifiedMention::SCHEMA, 7).unwrap();
        Self { straight: Codec::default(), planned }
    }

    /// What both read; they must read the same.
    fn read(&self, bytes: &[u8]) -> Result<Heard, DecodeError> {
        let straight = self.straight.decode_part::<Heard>(bytes);
        let planned = self.planned.decode_part::<Heard>(&[&[0, 0, 0, 0, 7], &bytes[10..]].concat());
        // As text, for damage may make a number that is not even itself.
        assert_eq!(format!("{straight:?}"), format!("{planned:?}"));
        straight
    }
}

#[test]
fn an_example_cut_anywhere_or_with_any_byte_damaged_is_heard_the_same_both_ways() {
    let both = BothWays::new();
    let (mut heard, mut refused) = (0, 0);
    for (_, example) in testkit::examples::examples::<ClassifiedMention>() {
        let bytes = both.straight.encode(&example).unwrap();
        assert!(both.read(&bytes).is_ok());
        for end in 10..bytes.len() {
            assert!(both.read(&bytes[..end]).is_err(), "cut at {end}");
        }
        for at in 10..bytes.len() {
            for damage in [1, 2, 0x40, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] ^= damage;
                *if both.read(&bytes).is_ok() { &mut heard } else { &mut refused } += 1;
            }
        }
    }
    // Both are common: damage hits a value or the form.
    assert!(heard > 100 && refused > 100, "{heard} heard, {refused} refused");
}
