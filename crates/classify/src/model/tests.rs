//! A file is a model or an error, whatever its bytes are.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::file::{self, Golden};
use super::*;

fn card() -> Card {
    let output = Output { scale: 0.01, bias: 0.0, shift: 0.0 };
    let head = |name: &str, kind: Kind, labels: &[&str]| Head {
        name: name.to_owned(),
        kind,
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        languages: vec!["en".to_owned()],
        outputs: vec![output; kind.outputs(labels.len())],
        steepness: 1.0,
        unsure_below: 0.0,
        yes_from: 0.5,
        low_confidence: false,
        chosen: Default::default(),
        measured: Default::default(),
    };
    Card {
        name: "test".to_owned(),
        about: String::new(),
        normalisation: NORMALISATION.to_owned(),
        features: FEATURES.to_owned(),
        rows_log2: 6,
        rules: None,
        trainer: "test".to_owned(),
        seed: 1,
        heads: vec![head("tone", Kind::OneOf, &["bad", "so", "good"]), head("rude", Kind::YesNo, &["no", "yes"])],
        data: Vec::new(),
    }
}

fn bytes(card: &Card, golden: &[Golden]) -> Vec<u8> {
    let weights: Vec<i8> = (0..card.outputs() << card.rows_log2).map(|at| (at * 37 % 255) as u8 as i8).collect();
    file::write(card, &weights, golden).unwrap()
}

/// The bytes with a checksum that fits them again.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len().saturating_sub(32));
    let checksum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&checksum);
    bytes
}

#[test]
fn what_was_written_is_read() {
    let model = Model::read(&bytes(&card(), &[])).unwrap();
    assert_eq!(model.card(), &card());
    let answers = model.answers("some text");
    assert_eq!(answers.iter().map(|answer| answer.head.name.as_str()).collect::<Vec<_>>(), ["tone", "rude"]);
    for answer in answers {
        assert!((answer.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_changed_byte_or_a_cut_is_found() {
    let whole = bytes(&card(), &[]);
    for at in [0, 9, 40, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        assert!(Model::read(&changed).is_err(), "byte {at}");
        assert!(Model::read(&whole[..at]).is_err(), "cut at {at}");
    }
    let mut longer = whole.clone();
    longer.insert(whole.len() - 32, 0);
    assert_eq!(Model::read(&resealed(longer)), Err(ModelError::Length("its end")));
}

type Spoil = fn(&mut Card);

#[test]
fn a_card_of_another_version_or_shape_is_refused() {
    let wrong: [(&str, Spoil); 7] = [
        ("norm-v0", |card| card.normalisation = "norm-v0".to_owned()),
        ("ng-v9", |card| card.features = "ng-v9".to_owned()),
        ("beside the rules `rules-0`", |card| card.rules = Some("rules-0".to_owned())),
        ("no head", |card| card.heads.clear()),
        ("2 labels and 3 outputs", |card| drop(card.heads[0].labels.pop())),
        ("outside 0 to 1", |card| card.heads[0].unsure_below = 1.5),
        ("`rows_log2` is 3", |card| card.rows_log2 = 3),
    ];
    for (what, spoil) in wrong {
        let mut card = card();
        spoil(&mut card);
        let error = Model::read(&bytes(&card, &[])).unwrap_err().to_string();
        assert!(error.contains(what), "{what}: {error}");
    }
}

#[test]
fn a_model_whose_golden_texts_are_read_otherwise_is_refused() {
    let golden = |sums| [Golden { text: "so late".to_owned(), sums }];
    let sums = Model::read(&bytes(&card(), &[])).unwrap().sums("so late", &[]);
    assert!(Model::read(&bytes(&card(), &golden(sums.clone()))).is_ok());
    let other = sums.into_iter().map(|sum| sum + 1).collect();
    assert_eq!(Model::read(&bytes(&card(), &golden(other))), Err(ModelError::Golden("so late".to_owned())));
}

proptest! {
    #[test]
    fn any_bytes_are_a_model_or_an_error(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Model::read(&noise).is_err());
        let mut headed = b"FBMODEL1".to_vec();
        headed.extend(&noise);
        prop_assert!(Model::read(&headed).is_err());
        headed.extend([0; 32]);
        prop_assert!(Model::read(&resealed(headed)).is_err());
    }

    #[test]
    fn a_file_with_changed_bytes_and_a_fitting_checksum_never_panics(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let golden = [Golden { text: "so late".to_owned(), sums: vec![0; 4] }];
        let mut changed = bytes(&card(), &golden);
        for (at, byte) in changes {
            let at = at.index(changed.len());
            changed[at] = byte;
        }
        drop(Model::read(&resealed(changed.clone())));
        changed.truncate(cut.index(changed.len()));
        drop(Model::read(&resealed(changed)));
    }

    #[test]
    fn every_text_is_answered(text in any::<String>()) {
        static MODEL: std::sync::OnceLock<Model> = std::sync::OnceLock::new();
        let model = MODEL.get_or_init(|| Model::read(&bytes(&card(), &[])).unwrap());
        for answer in model.answers(&text) {
            prop_assert!((answer.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn long_texts_of_one_letter_or_mark_are_answered_in_bounded_work() {
    let model = Model::read(&bytes(&card(), &[])).unwrap();
    for unit in ["a", "! ", "\u{301}", "#", "é", "k i l l ", "\u{1f621}", "\u{202e}", "x'"] {
        assert_eq!(model.answers(&unit.repeat(100_000)).len(), 2, "{unit}");
    }
}
