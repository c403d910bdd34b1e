//! Severity: 0 to 100 as an exact sum of named factors.
//!
//! Whole points only, so that the sum is exact; where it passes 100 a negative factor `cap` brings it back. Evidence names
//! ids and figures, never the words of a mention.

use events::{HarmClass, Intent, Severity, SeverityFactor};

/// What a severity rests on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grounds<'a> {
    /// Probability of negative, 0 to 1; `None` where the head abstains.
    pub negative: Option<f64>,
    /// What its author wants.
    pub intent: Option<Intent>,
    /// The gravest harm that counts, with its rule.
    pub harm: Option<(HarmClass, &'a str)>,
    /// The gravest theme: its id, its points in the book, whether life or health is at stake.
    pub theme: Option<(&'a str, i64, bool)>,
    /// Whether a legal step is announced.
    pub legal: bool,
    /// Whether the language is strong.
    pub profanity: bool,
    /// How loud it is, 0 to 5.
    pub intensity: i64,
    /// People reached, the author's followers; `None` when nobody says.
    pub reach: Option<i64>,
    /// Whether the author is vouched for, or press.
    pub verified: bool,
}

/// Points of a harm class.
pub const fn harm_points(class: HarmClass) -> i64 {
    match class {
        HarmClass::Threat => 80,
        HarmClass::Safety => 50,
        HarmClass::Leak | HarmClass::Allegation => 40,
        HarmClass::Distress => 30,
        HarmClass::Hate => 20,
        HarmClass::Unknown => 0,
    }
}

/// Points of reach: 0 at 40 followers, 15 at 2 million, in between by the logarithm.
pub fn reach_points(reach: i64) -> i64 {
    const LEAST: f64 = 40.0;
    const MOST: f64 = 2_000_000.0;
    let reach = (reach.max(0) as f64).clamp(LEAST, MOST);
    (15.0 * (reach / LEAST).ln() / (MOST / LEAST).ln()).round() as i64
}

/// Adds it up.
pub fn severity(grounds: &Grounds<'_>) -> Severity {
    let mut factors: Vec<SeverityFactor> = Vec::with_capacity(6);
    let mut add = |name: &str, points: i64, evidence: &[&str]| {
        if points != 0 {
            factors.push(SeverityFactor { name: name.to_owned(), points, evidence: evidence.concat() });
        }
    };
    if let Some(negative) = grounds.negative {
        let hundredths = (negative * 100.0).round().clamp(0.0, 100.0) as i64;
        let figure = (100 + hundredths).to_string();
        let (whole, part) = (if hundredths < 100 { "0." } else { "1." }, figure.get(1..).unwrap_or_default());
        add("sentiment", (25 * hundredths + 50) / 100, &["negative ", whole, part]);
    }
    if grounds.intent == Some(Intent::Complaint) {
        add("intent", 5, &["complaint"]);
    }
    if let Some((class, rule)) = grounds.harm {
        add("harm", harm_points(class), &[rule]);
    }
    if grounds.legal {
        add("legal", 30, &["cue.legal"]);
    }
    if let Some((id, points, safety)) = grounds.theme {
        let points = points.clamp(0, 20) + if safety { 20 } else { 0 };
        add("theme", points, &[id]);
    }
    if grounds.profanity {
        add("profanity", 5, &["cue.profanity"]);
    }
    add("intensity", grounds.intensity.clamp(0, 5), &["capitals, marks, lengthened words"]);
    if let Some(reach) = grounds.reach {
        match reach_points(reach) {
            0 => {}
            points => add("reach", points, &[&reach.to_string(), " followers"]),
        }
    }
    if grounds.verified {
        add("verified", 5, &["vouched for, or press"]);
    }
    let sum: i64 = factors.iter().map(|factor| factor.points).sum();
    if sum > 100 {
        factors.push(SeverityFactor {
            name: "cap".to_owned(),
            points: 100 - sum,
            evidence: "100 is the most".to_owned(),
        });
    }
    Severity { score: sum.min(100), factors }
}
