//! Harm classes: real ones, and as many look-alikes, written for these tests.

use events::{AuthorRole, BrandId, HarmClass};

use classify::{Judge, Situation};

use crate::fixture::{about, baseline};

/// The text, the class, the subclass.
type Case = (&'static str, HarmClass, &'static str);

#[track_caller]
fn found(cases: &[Case]) {
    let baseline = baseline();
    let mut wrong = Vec::new();
    for (text, class, subclass) in cases {
        let judged = about(&baseline, "skyline", text).classification;
        let hit = judged.harm.iter().find(|finding| finding.class == *class && finding.confidence >= 0.5);
        if !hit.is_some_and(|hit| subclass.is_empty() || hit.subclass.as_deref() == Some(subclass)) {
            wrong.push(format!("{text}\n    {:?}", judged.harm));
        }
    }
    assert!(wrong.is_empty(), "{} of {} missed:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[track_caller]
fn harmless(class: HarmClass, texts: &[&str]) {
    let baseline = baseline();
    let mut wrong = Vec::new();
    for text in texts {
        let harm = about(&baseline, "skyline", text).classification.harm;
        if harm.iter().any(|finding| finding.class == class && finding.confidence >= 0.5) {
            wrong.push(format!("{text}\n    {harm:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} alarmed:\n{}", wrong.len(), texts.len(), wrong.join("\n"));
}

#[test]
fn threats_are_found_with_their_kind() {
    use HarmClass::Threat;
    found(&[
        ("there's a bomb on SK123 tonight", Threat, "bomb"),
        ("I put a bomb in the lobby of your hotel", Threat, "bomb"),
        ("planted a little bomb under seat 14, enjoy", Threat, "bomb"),
        ("explosives are hidden in your Leeds office, you have one hour", Threat, "bomb"),
        ("tick tock, the device will explode when it lands", Threat, "bomb"),
        ("I will kill you and your whole crew", Threat, "kill"),
        ("someone should shoot the pilots of this airline", Threat, "shooting"),
        ("I'm bringing my gun to gate 9 tomorrow", Threat, "shooting"),
        ("I know where you live, Marta from the help desk", Threat, ""),
        ("gonna stab your driver next time he passes", Threat, "assault"),
        ("I am going to burn your hotel tonight", Threat, "arson"),
        ("we will torch the branch on Hill Street", Threat, "arson"),
        ("I swear I will blow up the terminal if this goes on", Threat, ""),
        ("about to hijack this plane", Threat, "hijack"),
        ("watch your back when you leave the office", Threat, "kill"),
        ("somebody needs to beat up the manager at the desk after work", Threat, "assault"),
        ("we'll shoot immigrants on your ferry", Threat, "shooting"),
        ("You're all going to die on flight SK900", Threat, "kill"),
        ("that plane will explode over the sea, mark my words", Threat, "bomb"),
        ("BA204 is going to explode and nobody listens", Threat, "bomb"),
        ("there is a gun in my bag and I will use it at the terminal today", Threat, "shooting"),
        ("you will pay, I'll slit your throat", Threat, "kill"),
        ("I've got a grenade and I am at the check-in desk", Threat, "bomb"),
        ("hope you like acid in your face, I come by on Monday", Threat, "assault"),
    ]);
}

#[test]
fn look_alikes_are_no_threats() {
    harmless(
        HarmClass::Threat,
        &[
            "this film is the bomb",
            "your crew is killing it today",
            "dying to try the new menu",
            "I will kill for a latte right now",
            "that is one bomb-ass burger",
            "the bath bomb in our room was a sweet touch",
            "my feet are killing me after that gate change",
            "would it kill you to answer the phone?",
            "shoot me an email when my bag turns up",
            "I'll shoot you a DM with the booking number",
            "that sunset over the wing blew my mind",
            "we had hours to kill time at the terminal",
            "the photo shoot on the roof of your hotel was a dream",
            "BBC: three men arrested after a bomb threat hoax at the airport in 2001",
            "watched a documentary about the plane bomb of 1988 on the way home",
            "there is no bomb, calm down everyone",
            "playing Call of Duty in the lounge, about to shoot everyone in sight",
            "if looks could kill, the lady at the desk",
            "a ticking time bomb of a merger",
            "deadline is tonight and the wifi is dead",
            "these prices are to die for, in a good way",
            "they beat them on price every single time",
            "your phone will blow up my inbox with these newsletters",
            "break a leg at the conference, team Skyline",
        ],
    );
}

#[test]
fn a_threat_of_violence_alone_is_eighty_or_more_and_a_joke_is_not() {
    let baseline = baseline();
    let score = |text| about(&baseline, "skyline", text).classification.severity.score;
    assert!(score("there's a bomb on SK123 tonight") >= 80);
    assert!(score("this film is the bomb") < 20, "{}", score("this film is the bomb"));
}

#[test]
fn safety_is_found() {
    use HarmClass::Safety;
    found(&[
        ("smoke in the cabin, we are turning back", Safety, "fire"),
        ("the engine caught fire over the sea", Safety, "fire"),
        ("my father collapsed on board and there was no defibrillator", Safety, "injury"),
        ("strong smell of gas in the corridor on floor 3", Safety, "health"),
        ("whole group down with food poisoning after the buffet", Safety, "health"),
        ("they say the plane is missing, off the radar since six", Safety, "lost"),
        ("SK88 has gone silent, SK88 lost contact an hour ago", Safety, "lost"),
        ("emergency exit in the basement was locked", Safety, "fire"),
        ("I got an electric shock from the kettle in 402", Safety, "injury"),
    ]);
    harmless(
        HarmClass::Safety,
        &[
            "the new safety video is so funny",
            "the band in the bar was on fire tonight",
            "fire sale on winter fares",
            "that bill gave me a heart attack",
            "nearly died laughing at the pilot's jokes",
            "passed out as soon as I hit that pillow",
            "found a lovely little bar off the radar holiday style",
            "oxygen masks will drop, says the card",
        ],
    );
}

#[test]
fn leaks_are_found() {
    use HarmClass::Leak;
    found(&[
        ("photo of an internal customer list", Leak, "customer_data"),
        ("got hold of an internal pricing memo from Skyline, wow", Leak, "confidential"),
        ("this is under embargo but the merger is real", Leak, "confidential"),
        ("the admin password of their kiosk is on a sticker", Leak, "credentials"),
        ("somebody posted a database dump with all passengers", Leak, "customer_data"),
        ("I could get fired for this, but next month they close Leeds", Leak, "confidential"),
        ("leaked slide deck shows 400 layoffs", Leak, "confidential"),
        ("passport scans of hotel guests on an open server", Leak, "customer_data"),
    ]);
    harmless(
        HarmClass::Leak,
        &[
            "the ceiling leaked on my bed all night",
            "internal flights are cheaper on Tuesdays",
            "the app says my password is wrong",
            "please add me to the mailing list",
            "my access token expired in your app",
            "can't wait for your summer launch",
            "Project managers fly free? what an offer",
            "on the guest list for tonight",
        ],
    );
}

#[test]
fn a_project_named_by_an_employee_is_a_leak() {
    let baseline = baseline();
    let brand = BrandId::from("skyline");
    let text = "can't wait for Project Heron launch on the 9th";
    let by = |role| {
        let situation = Situation { language: "en", brands: &[&brand], role, ..Situation::default() };
        baseline.judge(text, &situation).classification
    };
    let employee = by(AuthorRole::Employee);
    assert_eq!(employee.harm.first().map(|finding| finding.class), Some(HarmClass::Leak));
    assert_eq!(employee.harm[0].subclass.as_deref(), Some("confidential"));
    assert!(employee.severity.score >= 40);
    assert!(by(AuthorRole::Public).harm.is_empty());
}

#[test]
fn allegations_are_found() {
    use HarmClass::Allegation;
    found(&[
        ("staff copied my card and charged 900", Allegation, "fraud"),
        ("the cleaner stole a watch from our room", Allegation, "theft"),
        ("your handlers robbed my suitcase, camera gone", Allegation, "theft"),
        ("the guy at the branch pocketed my cash deposit", Allegation, "theft"),
        ("your manager groped a waitress and you did nothing", Allegation, "abuse"),
        ("they refused to seat us because of my hijab", Allegation, "discrimination"),
        ("found a hidden camera in the shower", Allegation, "abuse"),
        ("the bank opened an account in my name without asking", Allegation, "fraud"),
        ("they are faking safety records, ask any mechanic: fake safety checks", Allegation, "illegal"),
        ("you sold my data to a broker", Allegation, "data"),
        ("security dragged him off the plane bleeding", Allegation, "abuse"),
        ("the kitchen sells expired meat, I worked there", Allegation, "illegal"),
        ("the guard shoved my brother against the desk", Allegation, "abuse"),
        ("your night manager kept harassing women at the bar", Allegation, "abuse"),
        ("a porter slapped a guest on Sunday, people saw it", Allegation, "abuse"),
        ("we were told to lie to inspectors about the dates", Allegation, "illegal"),
        ("he falsified the maintenance records for years", Allegation, ""),
        ("my supervisor had us backdate the inspection sheets, I kept the mails", Allegation, "illegal"),
        ("when I worked there we doctored the delay figures every Friday", Allegation, "illegal"),
        ("former employee here: managers told agents to push costly policies on pensioners", Allegation, "illegal"),
        ("we were made to mislead callers about the exit fee, ask anyone on that floor", Allegation, "illegal"),
        ("they offered my colleague hush money after the fall", Allegation, "silenced"),
        ("ask the ground team who signs for the checks that nobody does", Allegation, "hint"),
        ("somebody should talk: ask any of the mechanics what was in that report", Allegation, "hint"),
        ("three of us were sacked for speaking to the union", Allegation, "silenced"),
        ("the branch keeps two sets of books, my boss laughed about it, I have photos", Allegation, "illegal"),
    ]);
    harmless(
        HarmClass::Allegation,
        &[
            "that violinist in the lobby stole the show",
            "a suite for 80 euros, what a steal",
            "what is the number of your fraud department?",
            "used my card to pay for two coffees",
            "the puppy at the desk stole our hearts",
            "bribed the kids with ice cream to survive the queue",
            "hit me up when you are in Leeds",
            "illegally good pancakes at breakfast",
            "the crew grabbed us a coffee before boarding, lovely",
            "your staff beat us to it and had the bags ready",
            "the manager hit me with a surprise upgrade",
            "the pilot touched down softly, my sister slept on",
            "prices like this are daylight robbery",
            "how do I report fraud on my account?",
            "400 stolen from my account abroad. The man at the counter had no idea what to do",
            "the home team beat them four nil, watched it in your lounge",
            "ask your crew for the orange juice, it is fresh",
            "ask the staff what they think of my shoes",
            "next time ask your manager why I waited",
            "my boss recommended your airline and he was right",
            "I have screenshots of the price before it went up",
            "I work for a bakery and need an early flight",
            "we were told to wait at the gate. lovely staff",
            "my manager says your lounge is the best in town",
            "used to work at the airport, always loved your planes",
        ],
    );
}

#[test]
fn distress_is_found_and_told_apart_from_hate() {
    use HarmClass::{Distress, Hate};
    found(&[
        ("my sister was on that flight, please tell me something", Distress, "affected"),
        ("is there any news, my parents are on board", Distress, "affected"),
        ("I can't reach my husband, he was on your plane", Distress, "affected"),
        ("we are trapped in the lift since noon, send help", Distress, "danger"),
        ("i want to die, you took everything", Distress, "self_harm"),
        ("people are screaming, I texted my family goodbye", Distress, "danger"),
        ("burn this airline down", Hate, "hostility"),
        ("hope your planes crash, all of you", Hate, "hostility"),
        ("go back to your country, she told the steward", Hate, "slur"),
        ("ban all immigrants from your ferries, filthy vermin", Hate, "group"),
    ]);
    let baseline = baseline();
    let family = about(&baseline, "skyline", "my sister was on that flight, please tell me something").classification;
    assert!(family.harm.iter().all(|finding| finding.class != Hate));
    let rage = about(&baseline, "skyline", "burn this airline down").classification;
    assert!(rage.harm.iter().all(|finding| finding.class != Distress));
}

#[test]
fn look_alikes_are_no_distress_and_no_hate() {
    harmless(
        HarmClass::Distress,
        &[
            "dying to see the new cabin",
            "I wanted to die of embarrassment when the tray fell",
            "my sister was on that flight and she had a lovely time, thanks",
            "stuck in the gift shop, send help lol",
            "overdosed on your free biscuits",
            "locked in the price for June",
        ],
    );
    harmless(
        HarmClass::Hate,
        &[
            "so many women on your board now, well done",
            "old people get a discount, nice",
            "burn the calories down after that buffet",
            "a candle to burn down the evening",
            "asian people in the photo look so happy",
        ],
    );
}

#[test]
fn quotes_and_denials_are_less_sure_than_the_words_themselves() {
    let baseline = baseline();
    let confidence = |text| {
        let judged = about(&baseline, "skyline", text).classification;
        judged.harm.iter().find(|finding| finding.class == HarmClass::Threat).map_or(0.0, |finding| finding.confidence)
    };
    let plain = confidence("there is a bomb on board");
    assert!(plain >= 0.85);
    assert!(confidence("police say there is a bomb on board") < plain);
    assert!(confidence("he said \"there is a bomb on board\" and laughed") < plain);
    assert!(confidence("there is not a bomb on board") < plain);
}
