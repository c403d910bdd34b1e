//! Complaint, query, praise, idea, noise: sentences written for these tests.

use events::{Intent, Tone};

use crate::fixture::{about, baseline, wrong_intents};

#[track_caller]
fn all(intent: Intent, texts: &[&str]) {
    let wrong = wrong_intents(intent, texts);
    assert!(wrong.is_empty(), "{} of {} are not {}:\n{}", wrong.len(), texts.len(), intent.name(), wrong.join("\n"));
}

#[test]
fn complaints_are_complaints() {
    all(
        Intent::Complaint,
        &[
            "you lost my bag",
            "Day four without my suitcase and nobody at the desk can say where it is",
            "the boiler in our room has been off since Tuesday and reception just shrugs",
            "I've been on hold for 50 minutes, is anyone there?",
            "why is your app down AGAIN",
            "third cancelled flight this month, unbelievable",
            "charged twice for the same ticket and still no refund",
            "your stewardess was incredibly rude to my mother",
            "thanks for nothing @skylineair",
            "Great, another delay. Love it.",
            "not a great flight to be honest",
            "the website won't let me pay and then times out",
            "paid extra for legroom but got the middle seat by the toilet",
            "we were promised a voucher in May, it is August now",
            "never flying with you again",
            "my card was swallowed by the machine at the branch on Hill Street",
            "it has been three weeks and still not one reply to my emails",
            "The breakfast was cold, the coffee was cold, the welcome was colder",
            "no hot water in room 214",
            "how is this acceptable? two hours in a queue with a baby",
            "sort it out, this is a shambles",
            "your prices doubled overnight, who can afford this?",
            "seat was broken, screen was dead, crew couldn't care less",
            "I want to make a complaint about the way my father was treated",
            "signal drops every evening and your support bot just loops",
            "waited all day for the engineer, no show",
            "what's the point of paying for priority if everyone boards at once, useless",
            "closed my account without telling me, where's my money",
            "Missed my connection because of you and had to sleep on the floor",
            "the agent hung up on me. Twice.",
        ],
    );
}

#[test]
fn complaints_in_words_of_no_rule_fall_back_on_cues_and_themes() {
    all(
        Intent::Complaint,
        &[
            "my suitcase went to Oslo, I did not, and nobody seems to mind",
            "bag number seven on the belt was ours, except somebody else walked off with it and your desk was shut",
            "the app spins, I spin, nothing happens",
            "the crew forgot row 30 entirely, no water, nothing for six hours",
        ],
    );
}

#[test]
fn questions_are_queries() {
    all(
        Intent::Query,
        &[
            "how do I add bags?",
            "What time does boarding start for the 7am to Leeds?",
            "can I bring a guitar on board?",
            "hi, is there a vegetarian option on the Porto route",
            "does anyone know if the lounge is open on Sundays",
            "where can i find my booking reference?",
            "Is my flight SK450 on time?",
            "which documents do I need for my dog?",
            "Could you tell me how much a second suitcase costs please",
            "do you offer student discounts?",
            "when will the winter schedule come out?",
            "quick question about seat selection",
            "is SK123 delayed?",
            "any update on the new route to Bergen?",
            "how early do I have to be at the gate with a toddler?",
            "@skylineair are you open on bank holidays?",
            "what's the weight limit for hand luggage",
            "please let me know whether my points expire",
        ],
    );
}

#[test]
fn kind_words_are_praise() {
    all(
        Intent::Praise,
        &[
            "love it!",
            "Thank you so much, the crew found my son's teddy",
            "Best flight in years, smooth and on time",
            "kudos to the team at gate 12",
            "absolutely brilliant service from Marta today",
            "the new app is the bomb",
            "no complaints at all, everything was perfect",
            "shout out to the ground staff in Leeds, you made my day",
            "can't wait to fly with you again, fantastic crew",
            "So impressed with how quickly they sorted my refund",
            "will definitely be back, what a lovely stay",
            "10/10 would recommend",
            "my bag was lost but your staff found it within an hour, thank you so much",
            "😍😍😍",
            "sooo goooood, what an amazing view from seat 3A",
            "never had a bad flight with them, always friendly and helpful",
        ],
    );
}

#[test]
fn suggestions_are_ideas() {
    all(
        Intent::Idea,
        &[
            "you should offer a quiet coach for night flights",
            "please add a dark mode to the app",
            "wish you flew to Bergen",
            "would be nice to have a kids menu",
            "have you considered letting people swap seats in the app?",
            "could you please add an option to share a boarding pass",
            "here's an idea: a points card for families",
            "any chance of adding a later flight on Fridays?",
            "it would be great if you could pay in two parts",
            "why don't you offer a stopover in Reykjavik?",
            "I'd love to see oat milk on board",
            "bring back the old loyalty card",
        ],
    );
}

#[test]
fn rubbish_is_noise() {
    all(
        Intent::Noise,
        &[
            "win crypto now",
            "FREE BITCOIN giveaway, click the link in bio!!",
            "follow for follow? f4f gain followers fast",
            "You have been selected! claim your prize at http://example.test/x",
            "double your money in a week, dm me to start trading",
            "join my telegram for forex signals",
            "hot singles in your area",
            "retweet to win an iphone, tag 3 friends",
            "grow your instagram, buy followers cheap",
            "airdrop live, connect wallet, guaranteed profits",
        ],
    );
}

#[test]
fn what_is_none_of_these_is_other() {
    all(
        Intent::Other,
        &[
            "Sitting at gate B4 with a coffee",
            "Skyline Air announced a second daily rotation to Porto from March",
            "on my way to Lisbon",
            "boarding now, row 12",
        ],
    );
}

#[test]
fn negation_turns_a_tone_within_three_words_and_not_beyond_a_clause() {
    let baseline = baseline();
    let tone = |text| about(&baseline, "skyline", text).classification.sentiment.label;
    assert_eq!(tone("the flight was good"), Some(Tone::Positive));
    assert_eq!(tone("the flight was not good"), Some(Tone::Negative));
    assert_eq!(tone("that was not a very good flight"), Some(Tone::Negative));
    assert_ne!(tone("not bad at all"), Some(Tone::Negative));
    assert_eq!(tone("I would not have come if I had known, good flight though"), Some(Tone::Positive));
    assert_eq!(tone("no, the crew were wonderful"), Some(Tone::Positive));
}

#[test]
fn louder_words_weigh_more() {
    let baseline = baseline();
    let negative = |text| about(&baseline, "skyline", text).classification.sentiment.negative;
    assert!(negative("the flight was very late") > negative("the flight was late"));
    assert!(negative("the flight was late") > negative("the flight was slightly late"));
    let loud = about(&baseline, "skyline", "AWFUL TERRIBLE FLIGHT!! sooo late").classification;
    assert!(loud.severity.factors.iter().any(|factor| factor.name == "intensity" && factor.points >= 3), "{loud:?}");
}

#[test]
fn an_article_about_a_brand_is_no_complaint_for_its_bad_news() {
    let brand = events::BrandId::from("skyline");
    let situation = classify::Situation { language: "en", brands: &[&brand], article: true, ..Default::default() };
    let text = "Skyline Air reports a weak quarter, shares fall to a new low amid fears of a recession";
    let judged = classify::Judge::judge(&baseline(), text, &situation).classification;
    assert_eq!(judged.intent.label, Some(Intent::Other), "{judged:?}");
}
