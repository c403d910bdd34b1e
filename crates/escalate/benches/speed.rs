//! Time per tally and per mention, through the roles and the changelog. A figure, not a gate.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a benchmark measures and prints"
)]

#[path = "../tests/scenarios/book.rs"]
mod book;
#[path = "../tests/scenarios/driver.rs"]
#[expect(dead_code, reason = "a benchmark needs less of it")]
mod driver;

use std::time::Instant;

use driver::{Driver, at};
use escalate::watch::WatchIn;
use escalate::{Care, Watch};
use events::{
    BrandId, EventTime, Intent, MentionId, Offset, Partition, Span, SubjectKind, Tally, TallyEntry, TallySheet, Topic,
    person_hash,
};
use testkit::build;

/// What one slice of 5 s with `mentions` about one brand becomes.
fn tallies(from: i64, mentions: i64, minute: EventTime) -> Vec<Tally> {
    let brand = BrandId::from("skyline");
    let mut sheet = TallySheet::new("classify", Partition(0));
    for i in from..from + mentions {
        let sample = MentionId::of("x", &i.to_string());
        let entry = TallyEntry {
            source_class: ["social", "forum", "news"][i as usize % 3],
            minute,
            person: person_hash(&format!("x:{}", i % 5_000).into()),
            terms: &["gate", "late"],
            offset: Offset(i),
            ..build::volume(&brand, &sample)
        };
        sheet.count(entry);
        let theme = Some(["delay", "boarding"][i as usize % 2]);
        let complaint = TallyEntry { intent: Some(Intent::Complaint), ..entry };
        sheet.count(complaint);
        sheet.count(TallyEntry { subject_kind: SubjectKind::Theme, subject: theme, ..complaint });
    }
    sheet.into_tallies()
}

fn watch(name: &str, per_slice: i64) {
    let mut driver = Driver::new(Watch::new(book::book()));
    let start = at("10-05T00:00:00");
    let (mut count, mut spent) = (0, 0.0);
    for slice in 0..6 * 720 {
        // Two quiet hours, then four at the rate asked for.
        let mentions = if slice < 2 * 720 { 1 } else { per_slice };
        let now = start.plus(Span::seconds(slice * 5));
        let records: Vec<_> = tallies(slice * 100, mentions, now)
            .into_iter()
            .map(|tally| (Topic::Tallies, "skyline".to_owned(), WatchIn::Tally(Box::new(tally))))
            .collect();
        let read = records.len();
        let begin = Instant::now();
        driver.turn(records, now.plus(Span::seconds(5)));
        if slice >= 2 * 720 {
            count += read;
            spent += begin.elapsed().as_secs_f64();
        }
    }
    println!("watch, {name}: {:.2} us a tally over {count} tallies", spent / count as f64 * 1e6);
}

fn care() {
    let mut driver = Driver::new(Care::new(book::book()));
    let (count, batch) = (100_000, 1_000);
    let mut spent = 0.0;
    for first in (0..count).step_by(batch) {
        let now = at("11-02T12:00:00").plus(Span::seconds(first as i64 / 100));
        let records: Vec<_> = (first..first + batch)
            .map(|i| {
                let mention = build::at(build::mention(&i.to_string(), &format!("a{}", i % 60_000), "words"), now);
                // As in a crisis: a good half asks for something.
                let intent =
                    [Intent::Complaint, Intent::Query, Intent::Other, Intent::Praise, Intent::Complaint][i % 5];
                let said = build::classified(build::enriched(mention, "tern"), intent, Some("atm_card"));
                (Topic::MentionsClassified, String::new(), driver::heard(&said))
            })
            .collect();
        let begin = Instant::now();
        driver.turn(records, now.plus(Span::seconds(5)));
        spent += begin.elapsed().as_secs_f64();
    }
    println!("care: {:.2} us a mention over {count} mentions", spent / count as f64 * 1e6);
}

fn main() {
    watch("1 mention a slice", 1);
    watch("100 mentions a slice", 100);
    care();
}
