//! A reader of some fields gets what a reader of all of them gets, by the straight way and by the plan.

use events::{BookVersion, ClassifiedMention, Codec, DecodeError, Event, Framing, MentionId, PartOf, TextSpan};
use proptest::prelude::*;
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

events::parts! {
    Part of ClassifiedMention { mention, [enrichment] classification }
    Mention of events::Mention {
        id,
        [revision, kind, source, native_id, channel, owned_channel, from_brand, author, thread_id, parent_id, text,
         language, url, urls, media, reach, repost, published_at, received_at, event_time, clamped, brand_hints, express]
        drill
    }
    Classification of events::Classification {
        [sentiment, intent] themes, [main_theme, harm, firsthand, severity, unsure, model] book_version;
        brand_tones, emotion, offensive, hate, irony, requests, churn, wow, referral, apology, phrases_to_avoid
    }
    ThemeFinding of events::ThemeFinding { [id, brand, polarity, reason] span; confidence }
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

/// The same bytes read straight, and by the plan: that is how records with a registry's id are read.
fn both_ways(bytes: &[u8]) -> [Result<Part, DecodeError>; 2] {
    let (straight, planned) = (Codec::default(), Codec::new(Framing::Confluent));
    planned.register(ClassifiedMention::SCHEMA, 7).expect("every event has a schema");
    [straight.decode_part(bytes), planned.decode_part(&[&[0, 0, 0, 0, 7], &bytes[10..]].concat())]
}

#[test]
fn whatever_the_bytes_are_the_straight_way_reads_what_the_plan_reads() {
    let codec = Codec::default();
    let damage = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let mut runner = TestRunner::new(Config { cases: 512, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(any_event::<ClassifiedMention>(), damage), |(whole, damage)| {
        let mut bytes = codec.encode(&whole).expect("it fits");
        for (place, byte) in damage {
            let place = 10 + place.index(bytes.len() - 10);
            bytes[place] = byte;
        }
        let [straight, planned] = both_ways(&bytes);
        prop_assert_eq!(straight, planned);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_text_that_nobody_asked_for_must_be_utf8_too() {
    let mut whole = crate::examples::<ClassifiedMention>().remove(0);
    whole.mention.text = "~~~~".to_owned();
    let mut bytes = Codec::default().encode(&whole).expect("it fits");
    assert!(both_ways(&bytes).iter().all(Result::is_ok));
    let at = bytes.windows(4).position(|text| text == b"~~~~").expect("the text is in it");
    bytes[at] = 0xC3;
    let refused = "no valid record: `mention.text`: a text is not UTF-8";
    for read in both_ways(&bytes) {
        assert_eq!(read.expect_err("no text").to_string(), refused);
    }
}

#[test]
fn a_part_of_another_event_is_refused_by_name() {
    let codec = Codec::default();
    let mention = crate::examples::<events::Mention>().remove(0);
    let bytes = codec.encode(&mention).expect("it fits");
    let refused = codec.decode_part::<Part>(&bytes).expect_err("another event").to_string();
    assert!(refused.contains("`Mention` stands where a `ClassifiedMention` should"), "{refused}");
}
