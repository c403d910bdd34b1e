//! What a judgement costs: ordinary mentions of about 150 bytes, one core. Run with `cargo bench -p classify`.
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench reads the clock"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use classify::model::shipped;
use classify::{Baseline, Judge, Situation};
use events::BrandId;

#[path = "../tests/judge/fixture.rs"]
#[allow(dead_code, reason = "the bench needs a part of it only")]
mod fixture;

const TEXTS: [&str; 8] = [
    "@skylineair three hours on the tarmac at Leeds and not one word from anybody, my kids are starving, what is going on with flight SK123 today?",
    "Lovely crew on the early hop to Lisbon this morning, they found my daughter's toy under the seat and even drew her a card. Thank you so much!",
    "Does anyone know how early the bag drop opens for the 06:40 to Madrid on a Saturday? I can't find anything about it on the website, cheers.",
    "So the new fares are out and the same seat that was 49 last year is 89 now, plus 35 for a suitcase. Who exactly is supposed to pay for this?",
    "Skyline Air announced on Tuesday that it will fly to Porto twice a day from next spring, with two new aircraft and a hundred jobs in Leeds.",
    "It would be great if you could add a way to choose a vegetarian meal in the app, I always have to phone and it takes about twenty minutes.",
    "You lost my bag on Monday, today is Thursday, and the woman on the phone tells me the system is down again. This is an absolute joke!!",
    "Sitting by gate B12 with a coffee and a good book, first holiday in two years and the sun is out over the runway, see you soon Tenerife.",
];

type Reads<'a> = &'a dyn Fn(&str);

fn main() {
    let baseline = Baseline::new(Arc::new(fixture::airline())).expect("the fixture's book is valid");
    let brand = BrandId::from("skyline");
    let brands = [&brand];
    let situation = Situation { language: "en", brands: &brands, reach: Some(400), ..Situation::default() };
    let bytes: usize = TEXTS.iter().map(|text| text.len()).sum();
    let with_model =
        Baseline::new(Arc::new(fixture::airline())).expect("the fixture's book is valid").with_model(shipped());
    let german = Situation { language: "de", ..situation.clone() };
    let mean = bytes / TEXTS.len();
    let judges: [(&str, Reads<'_>); 4] = [
        ("rules, english", &|text| drop(black_box(baseline.judge(text, &situation)))),
        ("rules, other language", &|text| drop(black_box(baseline.judge(text, &german)))),
        ("rules and model, english", &|text| drop(black_box(with_model.judge(text, &situation)))),
        ("model alone, all heads", &|text| drop(black_box(shipped().answers(text)))),
    ];
    for (name, judge) in judges {
        let mut best = f64::MAX;
        for _ in 0..7 {
            let rounds = 4_000;
            let start = Instant::now();
            for _ in 0..rounds {
                for text in TEXTS {
                    judge(black_box(text));
                }
            }
            best = best.min(start.elapsed().as_secs_f64() / f64::from(rounds) / TEXTS.len() as f64);
        }
        println!("{name}: {:.2} µs a mention of {mean} bytes (best of 7)", best * 1e6);
    }
}
