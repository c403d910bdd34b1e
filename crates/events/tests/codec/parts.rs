//! A reader of some fields gets what a reader of all of them gets.

use events::{BookVersion, ClassifiedMention, Codec, DecodeError, MentionId, PartOf, TextSpan};
use proptest::test_runner::{Config, TestRunner};
use serde::Deserialize;

use crate::strategies::any_event;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename = "ClassifiedMention")]
struct Part {
    mention: Mention,
    classification: Classification,
}

/// Its first field and its last, with all others between them.
#[derive(Debug, PartialEq, Deserialize)]
struct Mention {
    id: MentionId,
    #[serde(default)]
    drill: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Classification {
    #[serde(default)]
    themes: Vec<ThemeFinding>,
    book_version: BookVersion,
}

#[derive(Debug, PartialEq, Deserialize)]
struct ThemeFinding {
    span: TextSpan,
}

impl PartOf for Part {
    type Event = ClassifiedMention;
}

fn part(whole: &ClassifiedMention) -> Part {
    let theme = |theme: &events::ThemeFinding| ThemeFinding { span: theme.span };
    Part {
        mention: Mention { id: whole.mention.id.clone(), drill: whole.mention.drill.clone() },
        classification: Classification {
            themes: whole.classification.themes.iter().map(theme).collect(),
            book_version: whole.classification.book_version.clone(),
        },
    }
}

#[test]
fn some_fields_of_any_event_are_those_of_the_whole() {
    let codec = Codec::default();
    let mut runner = TestRunner::new(Config { cases: 128, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&any_event::<ClassifiedMention>(), |whole| {
        let bytes = codec.encode(&whole).expect("it fits");
        assert_eq!(codec.decode_part::<Part>(&bytes).expect("it was just written"), part(&whole));
        // Who looks at the whole afterwards is not misled by who looked at a part before.
        assert_eq!(codec.decode::<ClassifiedMention>(&bytes).expect("it was just written"), whole);
        // What is passed over is checked as well: no byte may be missing, none left over.
        for end in 10..bytes.len() {
            assert!(matches!(codec.decode_part::<Part>(&bytes[..end]), Err(DecodeError::Corrupt(_))), "{end}");
        }
        assert!(codec.decode_part::<Part>(&[bytes.as_slice(), &[0]].concat()).is_err());
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_part_of_another_event_is_refused_by_name() {
    let codec = Codec::default();
    let mention = crate::examples::<events::Mention>().remove(0);
    let bytes = codec.encode(&mention).expect("it fits");
    let refused = codec.decode_part::<Part>(&bytes).expect_err("another event").to_string();
    assert!(refused.contains("`Mention` stands where a `ClassifiedMention` should"), "{refused}");
}
