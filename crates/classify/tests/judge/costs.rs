//! What a book's costs and shares of tones change.

use std::sync::Arc;

use book::{Book, Cost, Tones};
use classify::model::shipped;
use classify::{Baseline, Judge, Situation};
use events::{BrandId, Sentiment, Tone};

use crate::fixture::airline;

fn sentiment(book: Book, text: &str) -> Sentiment {
    let baseline = Baseline::new(Arc::new(book)).expect("the book is valid").with_model(shipped());
    let brand = BrandId::from("skyline");
    baseline
        .judge(text, &Situation { language: "en", brands: &[&brand], ..Situation::default() })
        .classification
        .sentiment
}

#[test]
fn where_a_wrong_answer_is_dear_a_doubtful_one_is_left_out() {
    let text = "the gate is at the other end again";
    let mut book = airline();
    book.costs.sentiment = Cost { wrong: 1.0, unsure: 1.0 };
    assert!(sentiment(book.clone(), text).label.is_some(), "any answer is better than none");
    book.costs.sentiment = Cost { wrong: 100.0, unsure: 0.5 };
    assert_eq!(sentiment(book, text).label, None);
}

#[test]
fn a_brand_that_hears_mostly_complaints_is_read_so_in_doubt() {
    let text = "the gate is at the other end again";
    let usual = sentiment(airline(), text);
    let mut book = airline();
    book.brands[0].tones = Some(Tones { negative: 0.8, neutral: 0.1, positive: 0.1 });
    let bent = sentiment(book, text);
    assert!(bent.negative > usual.negative, "{usual:?} {bent:?}");
    assert!((bent.negative + bent.neutral + bent.positive - 1.0).abs() < 1e-9, "{bent:?}");
    let mut book = airline();
    book.brands[0].tones = Some(Tones { negative: 0.8, neutral: 0.1, positive: 0.1 });
    assert_eq!(
        sentiment(book, "thank you so much, what a lovely crew").label,
        Some(Tone::Positive),
        "no doubt, no bend"
    );
}
