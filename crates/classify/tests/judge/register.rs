//! Rumour, news and sympathy after an accident, and those whom it befell: sentences written for these tests.

use events::{Classification, Intent};

use crate::fixture::{about, baseline};

fn judged(text: &str) -> Classification {
    about(&baseline(), "skyline", text).classification
}

#[track_caller]
fn told(texts: &[&str]) {
    let waits = |judged: &Classification| {
        judged.firsthand || matches!(judged.intent.label, Some(Intent::Complaint | Intent::Query))
    };
    let wrong: Vec<String> = texts
        .iter()
        .map(|text| (text, judged(text)))
        .filter(|(_, judged)| waits(judged))
        .map(|(text, judged)| format!("{text}\n    {:?} {:?}", judged.intent, judged.harm))
        .collect();
    assert!(wrong.is_empty(), "{} of {} wait for an answer:\n{}", wrong.len(), texts.len(), wrong.join("\n"));
}

#[track_caller]
fn own(intent: Option<Intent>, texts: &[&str]) {
    let wrong: Vec<String> = texts
        .iter()
        .map(|text| (text, judged(text)))
        .filter(|(_, judged)| !judged.firsthand || (intent.is_some() && judged.intent.label != intent))
        .map(|(text, judged)| format!("{text}\n    {} {:?} {:?}", judged.firsthand, judged.intent, judged.harm))
        .collect();
    assert!(wrong.is_empty(), "{} of {} are not their own:\n{}", wrong.len(), texts.len(), wrong.join("\n"));
}

#[test]
fn rumours_and_news_about_others_are_told() {
    told(&[
        "a Skyline plane has vanished from radar over the Atlantic",
        "reports that a plane went down north of Porto, no confirmation from the airline",
        "SK88 disappeared half an hour ago, nothing since",
        "SK12 lost contact with the tower at ten",
        "neighbours say they heard it fall, plane missing since dusk",
        "so apparently a plane is missing, my timeline is full of it",
        "police say the missing aircraft carried 140 people",
        "eyewitnesses talk of smoke over the hills, plane crash feared",
        "is a plane missing? everybody here talks about it",
        "search and rescue on its way, three helicopters",
    ]);
}

#[test]
fn sympathy_with_others_is_told() {
    told(&[
        "prayers for all on the missing plane tonight",
        "my heart goes out to everyone who waits for that missing flight",
        "rest in peace, SK88 crashed so close to home",
        "sad day, a plane is missing and so many families wait",
    ]);
}

#[test]
fn who_is_in_it_or_has_somebody_in_it_speaks_of_an_own_matter() {
    own(
        None,
        &[
            "my daughter boarded SK88 at noon, anybody knows anything?",
            "the plane is missing and my parents are on board, please help",
            "smoke in the cabin, we are turning back",
            "smell of gas on floor 2, alarm is silent",
            "emergency landing in Bergen, foam everywhere, standing in a field",
            "I was injured when the door hit me",
        ],
    );
}

#[test]
fn who_blames_the_brand_complains_also_after_an_accident() {
    own(
        Some(Intent::Complaint),
        &[
            "plane missing for hours and your hotline just rings, disgraceful",
            "a plane is missing and nobody at the information desk will talk to relatives",
            "the plane is missing and you sell upgrades, shame on you",
            "how can you lose contact with a plane and tell us nothing, an absolute shambles",
        ],
    );
}

#[test]
fn a_question_about_others_is_a_query_when_it_is_put_to_the_brand() {
    let query = judged("@skylineair is it true that a plane is missing?");
    assert_eq!((query.firsthand, query.intent.label), (false, Some(Intent::Query)));
}

#[test]
fn a_thing_that_is_missing_from_a_flight_is_no_flight_that_is_missing() {
    own(
        Some(Intent::Complaint),
        &[
            "my bag from SK88 is still missing",
            "SK88 landed, two suitcases gone and no answer from your desk",
            "ended up missing my connecting flight because of you",
            "SK88 seat missing its belt, unacceptable",
        ],
    );
    for text in ["my bag from SK88 is still missing", "ended up missing my connecting flight because of you"] {
        assert!(judged(text).harm.is_empty(), "{text}");
    }
}

#[test]
fn without_an_accident_every_mention_is_its_authors_own() {
    own(None, &["hearing that the lounge is closed", "apparently my flight is late again", "what a lovely crew", ""]);
}
