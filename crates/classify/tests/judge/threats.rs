//! Threats of violence told from what only looks like them, on this project's own sentences (`evaluation/threats.txt`).

use classify::{Judge, Situation};
use events::HarmClass;

use crate::fixture::baseline;

const SENTENCES: &str = include_str!("../../evaluation/threats.txt");

/// Sentences under a head of the file.
fn under(head: &str) -> Vec<&'static str> {
    let mut at = "";
    let mut found = Vec::new();
    for line in SENTENCES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => at = name,
            None if at == head => found.push(line),
            None => {}
        }
    }
    found
}

/// Those of `sentences` in which a threat is found that counts, and the others.
fn parted(sentences: &[&'static str]) -> (Vec<&'static str>, Vec<&'static str>) {
    let baseline = baseline();
    let situation = Situation { language: "en", ..Situation::default() };
    sentences.iter().partition(|text| {
        let harm = baseline.judge(text, &situation).classification.harm;
        harm.iter().any(|finding| finding.class == HarmClass::Threat && finding.confidence >= 0.5)
    })
}

#[test]
fn at_least_85_of_100_threats_are_found() {
    let threats = under("threat");
    let (found, missed) = parted(&threats);
    assert!(threats.len() >= 150);
    let listed = missed.join("\n");
    assert!(found.len() * 100 >= threats.len() * 85, "{} of {} found; missed:\n{listed}", found.len(), threats.len());
}

#[test]
fn at_most_4_of_100_look_alikes_are_taken_for_threats() {
    let harmless = under("none");
    let (alarmed, _) = parted(&harmless);
    assert!(harmless.len() >= 150);
    let listed = alarmed.join("\n");
    assert!(alarmed.len() * 100 <= harmless.len() * 4, "{} of {} alarmed:\n{listed}", alarmed.len(), harmless.len());
}
