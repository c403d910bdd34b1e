//! A larger book: brands that nobody speaks of and terms that nobody says, beside the one that the crisis is about.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ::book::Book;
use anyhow::anyhow;
use classify::Classify;
use enrich::Enrich;
use events::PartitionCount;
use testkit::build;
use testkit::figures::Figure;

use super::{Point, chain};
use crate::{Plan, input, process, say};

const SIZES: [usize; 3] = [10, 1_000, 100_000];
/// Lines that go through the stages.
const LINES: usize = 10_000;
/// Syllables of words that are none in any language.
const SYLLABLES: [&str; 16] =
    ["zor", "quim", "bax", "vel", "dru", "fen", "gyl", "hov", "jat", "kep", "lun", "myr", "nax", "pob", "ruk", "tiv"];

/// Measures making the stages, and their work.
pub(super) fn measure(plan: &Plan) -> anyhow::Result<Vec<Point>> {
    say("\nGrowth with the book: so many brands, and as many themes with a term each; processor time a line");
    let book = ::book::load_dir(Path::new(input::BOOK)).map_err(|mistakes| anyhow!("the book: {mistakes:?}"))?;
    let crisis = input::crisis(LINES)?;
    let mut points = Vec::new();
    for size in SIZES {
        let larger = Arc::new(enlarged(&book, size));
        let mut figures = [(); 4].map(|()| Figure::default());
        for _ in 0..plan.repeats {
            let (before, begun) = (process::memory(std::process::id())?.now, Instant::now());
            let stages = (Enrich::new(Arc::clone(&larger))?, Classify::new(Arc::clone(&larger))?);
            let (took, after) = (begun.elapsed().as_secs_f64(), process::memory(std::process::id())?.now);
            drop(stages);
            let [_, enrich, classify] = chain::run(&larger, PartitionCount::DEFAULT, &crisis)?;
            figures
                .iter_mut()
                .zip([enrich, classify, took, after - before])
                .for_each(|(figure, value)| figure.add(value));
        }
        let [enrich, classify, took, memory] = figures;
        let figures = vec![
            ("enrich", "µs a record", enrich),
            ("classify", "µs a record", classify),
            ("made_in", "s", took),
            ("memory", "MiB", memory),
        ];
        points.push(Point { of: "brands and terms", size, figures }.tell());
    }
    Ok(points)
}

fn enlarged(book: &Book, size: usize) -> Book {
    let mut book = book.clone();
    let brand = book.brands.first().map(|brand| brand.id.as_str().to_owned()).unwrap_or_default();
    for number in 0..size {
        let name = name(number);
        book.brands.push(build::brand(&format!("brand{number}"), &name));
        book.themes.push(build::theme(&format!("theme{number}"), &brand, &[&format!("{name} broken")]));
    }
    book
}

/// Two words that stand for a number.
fn name(number: usize) -> String {
    let syllable = |place: u32| SYLLABLES[number / 16_usize.pow(place) % 16];
    format!("{}{}{} {}{}", syllable(0), syllable(1), syllable(2), syllable(3), syllable(4))
}
