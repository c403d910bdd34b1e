use events::{Codec, EventTime, ExpressReason, Span};
use proptest::prelude::*;
use stream::TableValue;

use super::*;

fn gravest(text: &str) -> Option<ExpressReason> {
    Triage::new().find(text).gravest()
}

#[test]
fn harm_is_heard_in_plain_words_and_in_several_languages() {
    use ExpressReason::{Allegation, Distress, Leak, Threat};
    for (text, reason) in [
        ("There is a bomb on flight SK204, you will all die", Threat),
        ("I've planted the second bomb at gate 4", Threat),
        ("im going to kill everyone at the Leeds branch", Threat),
        ("tonight i burn the whole hotel down", Threat),
        ("I know where you live, Kim", Threat),
        ("Hay una bomba en el hotel", Threat),
        ("Es gibt eine Bombe in der Filiale", Threat),
        ("Leaked: internal memo says the app will be closed", Leak),
        ("I work at Tern Bank and we were told not to tell customers", Leak),
        ("You'll be hearing from my lawyer. Class action!", Allegation),
        ("They skipped maintenance for years and covered it up. covering up!", Allegation),
        ("huge DATA BREACH at tern bank", Allegation),
        ("your servers were hacked and nobody says so", Allegation),
        ("I worked there, they kept two sets of books", Allegation),
        ("my dad is on that missing flight please tell us they are safe", Distress),
        ("I want to die, nobody at your bank helps", Distress),
        ("we are trapped in the lift of the Harbour Hotel", Distress),
    ] {
        assert_eq!(gravest(text), Some(reason), "{text}");
    }
}

#[test]
fn idioms_and_everyday_words_are_no_harm() {
    for text in [
        "this breakfast is the bomb!",
        "Honestly you're the bomb, thanks Skyline",
        "my bath bomb leaked everywhere",
        "the crew was killing it tonight",
        "I could kill for a coffee before boarding",
        "that view is to die for",
        "shoot you an email tomorrow?",
        "your explosive growth is impressive",
        "will blow up my phone with these offers",
        "the bomb cyclone delayed us by a day",
        "my bank, my app, my card: all fine",
        "coffee leaked all over the seat",
        "write to me to get your hacked profile back in an hour",
        "",
    ] {
        assert_eq!(gravest(text), None, "{text}");
    }
    // An idiom does not hide a threat beside it.
    assert_eq!(gravest("this place is the bomb. and there is a bomb in the lobby"), Some(ExpressReason::Threat));
}

#[test]
fn every_phrase_is_found_where_it_stands_alone() {
    let triage = Triage::new();
    for (number, criterion) in CRITERIA.iter().enumerate() {
        for phrase in criterion.any {
            let text =
                phrase.replace('*', "").split(' ').filter(|word| !word.starts_with('~')).collect::<Vec<_>>().join(" ");
            let found = triage.phrases.find(&FoldedText::new(&text));
            assert!(found.iter().any(|hit| hit.tag == number as u32), "`{phrase}` is not found in `{text}`");
        }
    }
}

fn content(bits: u8) -> Option<Claim> {
    Some(Claim::Content(Found { bits }))
}

const DULL: u8 = 0;
const THREAT: u8 = 1;
const DISTRESS: u8 = 8;

fn second(second: i64) -> EventTime {
    EventTime::FIRST.plus(Span::seconds(second))
}

fn admitted(chosen: &[Option<ExpressReason>]) -> usize {
    chosen.iter().flatten().count()
}

#[test]
fn one_threat_in_a_trickle_always_passes() {
    let mut recent = Recent::default();
    let chosen = choose(&[content(DULL), content(THREAT), None], &mut recent, second(0));
    assert_eq!(chosen, [None, Some(ExpressReason::Threat), None]);
}

#[test]
fn a_crisis_in_which_everything_matches_does_not_fill_the_lane() {
    let mut recent = Recent::default();
    let (mut through, mut all) = (0, 0);
    for slice in 0..60 {
        // A flood of distress, every tenth of them with a threat as well.
        let claims: Vec<_> =
            (0..400).map(|i| content(if i % 10 == 0 { DISTRESS | THREAT } else { DISTRESS })).collect();
        let chosen = choose(&claims, &mut recent, second(slice * 5));
        through += admitted(&chosen);
        all += claims.len();
    }
    let share = through as f64 / all as f64;
    assert!(share <= 0.101, "{share}");
    assert!(through > 0, "those who met two criteria still pass");
}

#[test]
fn what_everybody_says_does_not_hide_what_one_says() {
    let mut recent = Recent::default();
    for slice in 0..12 {
        choose(&vec![content(DISTRESS); 400], &mut recent, second(slice * 5));
    }
    let mut claims = vec![content(DISTRESS); 400];
    claims.push(content(THREAT));
    let chosen = choose(&claims, &mut recent, second(60));
    assert_eq!(chosen.last(), Some(&Some(ExpressReason::Threat)));
    assert_eq!(admitted(&chosen), 1, "distress alone no longer qualifies");
}

#[test]
fn the_highest_score_goes_first_where_there_is_not_room_for_all() {
    // 10 places for 15: nothing is common with so few, but content takes a tenth at most.
    let claims: Vec<_> = (0..15).map(|i| content(if i >= 10 { THREAT } else { DISTRESS })).collect();
    let chosen = choose(&claims, &mut Recent::default(), second(0));
    let threats = chosen.iter().filter(|reason| **reason == Some(ExpressReason::Threat)).count();
    assert_eq!(threats, 5);
    assert!(admitted(&chosen) <= 10);
}

#[test]
fn deletes_and_answers_pass_however_many_there_are() {
    let claims = vec![Some(Claim::Always(ExpressReason::Delete)); 5_000];
    assert_eq!(admitted(&choose(&claims, &mut Recent::default(), second(0))), 5_000);
}

#[test]
fn a_minute_later_the_flood_is_forgotten() {
    let mut recent = Recent::default();
    choose(&vec![content(DISTRESS); 400], &mut recent, second(0));
    let crowd = vec![content(DISTRESS); 5];
    assert_eq!(admitted(&choose(&crowd, &mut recent.clone(), second(30))), 0);
    assert_eq!(admitted(&choose(&crowd, &mut recent, second(61))), 5);
}

proptest! {
    #[test]
    fn the_last_minute_reads_as_it_was_written(batches in proptest::collection::vec((0..400i64, proptest::collection::vec(0..16u8, 0..30)), 0..12)) {
        let codec = Codec::default();
        let mut recent = Recent::default();
        for (at, bits) in batches {
            let claims: Vec<_> = bits.into_iter().map(content).collect();
            choose(&claims, &mut recent, second(at));
            let bytes = recent.write(&codec).unwrap();
            prop_assert_eq!(Recent::read(&bytes, &codec).unwrap(), recent.clone());
        }
    }

    #[test]
    fn bytes_that_are_no_counts_are_refused(length in 1..200usize) {
        let read = Recent::read(&vec![1; length], &Codec::default());
        prop_assert_eq!(read.is_ok(), length % (8 + 4 * 6) == 0);
    }
}
