//! Training on texts of our own: it learns, it repeats itself to the byte, and it says what is missing.

use super::*;
use crate::model::Model;

const GOOD: [&str; 8] =
    ["thank you", "lovely crew", "great flight", "so happy", "best staff", "well done", "love it", "superb"];
const BAD: [&str; 8] =
    ["lost my bag", "rude staff", "so late", "worst ever", "never again", "awful food", "broken app", "stuck"];

fn rows(frames: &[&str]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (label, words) in [BAD, GOOD].iter().enumerate() {
        for frame in frames {
            rows.extend(words.iter().map(|word| Row {
                text: frame.replace('_', word),
                clues: Vec::new(),
                label,
                weight: 1.0,
                others: Vec::new(),
            }));
        }
    }
    rows
}

pub(super) fn task() -> Task {
    let head = |name: &str, kind| HeadTask {
        name: name.to_owned(),
        kind,
        labels: vec!["negative".to_owned(), "positive".to_owned()],
        languages: vec!["en".to_owned()],
        metric: Metric::MacroF1,
        settings: vec![
            Setting { cost: 0.1, ratio: true, balanced: true, base: 0.0 },
            Setting { cost: 1.0, ratio: false, balanced: false, base: 0.0 },
        ],
        calibrate: Calibrate::Steepness,
        unsure_below: 0.5,
        yes_from: None,
        low_confidence: false,
        refit: false,
        train: rows(&["_ today", "well, _!", "@nova _"]),
        dev: rows(&["_", "again _ at the gate"]),
    };
    Task {
        name: "test".to_owned(),
        about: "For tests.".to_owned(),
        seed: 7,
        rows_log2: 12,
        rules: false,
        before: Vec::new(),
        heads: vec![head("tone", Kind::OneOf), head("pleased", Kind::YesNo)],
        data: Vec::new(),
    }
}

#[test]
fn a_model_learns_and_answers_by_all_its_heads() {
    let model = Model::read(&train(&task(), 2, &mut |_| {}).unwrap()).unwrap();
    for (text, label) in [("what a lovely crew", "positive"), ("they lost my bag", "negative")] {
        for answer in model.answers(text) {
            assert_eq!(answer.name(), Some(label), "{text}: {}", answer.head.name);
            assert!(answer.probability(label) > 0.5);
        }
    }
    assert!(model.id().starts_with("test@") && model.id().len() == 17, "{}", model.id());
    let measured = &model.card().heads[0].measured;
    assert!(measured["macro_f1"] > 0.9 && measured["rows_measured"] > 20.0, "{measured:?}");
}

#[test]
fn the_words_that_decided_are_told() {
    let model = Model::read(&train(&task(), 1, &mut |_| {}).unwrap()).unwrap();
    let text = "the lovely thing";
    let weighed = model.explain(text, "tone", "positive", 3);
    let strongest = weighed[0];
    let word = text.get(strongest.span.start as usize..strongest.span.end as usize).unwrap();
    assert!(word.contains("lovely") && strongest.points > 0.0, "{word} {weighed:?}");
    assert!(model.explain(text, "tone", "no such label", 3).is_empty());
}

#[test]
fn the_same_task_gives_the_same_bytes_on_any_number_of_threads() {
    let one = train(&task(), 1, &mut |_| {}).unwrap();
    assert!(one == train(&task(), 3, &mut |_| {}).unwrap());
    let other = Task { seed: 8, ..task() };
    assert!(one != train(&other, 1, &mut |_| {}).unwrap());
}

#[test]
fn a_head_knows_words_from_a_head_that_learnt_before_it() {
    let own = |rows: &[Row]| -> Vec<Row> {
        rows.iter().filter(|row| row.text.contains("rude staff") || row.text.contains("lovely crew")).cloned().collect()
    };
    let mut task = task();
    let first = task.heads.remove(1);
    for head in &mut task.heads {
        head.settings = vec![Setting { cost: 0.1, ratio: true, balanced: true, base: 4.0 }];
        (head.train, head.dev) = (own(&head.train), own(&head.dev));
    }
    let learnt = |task: &Task| Model::read(&train(task, 1, &mut |_| {}).unwrap()).unwrap();
    let right = |model: &Model| {
        let of = |words: &[&str], label| words.iter().filter(|word| model.answers(word)[0].best() == label).count();
        of(&BAD, 0) + of(&GOOD, 1)
    };
    let alone = learnt(&task);
    task.before.push(first);
    let leaning = learnt(&task);
    assert_eq!(leaning.card().heads.len(), 1, "the head before is no part of the model");
    let (leaning, alone) = (right(&leaning), right(&alone));
    assert!(leaning >= 15 && alone <= 11, "of 16 phrases: {leaning}, alone {alone}");
}

#[test]
fn a_head_learns_what_the_rules_say_beside_texts_that_say_nothing() {
    let said = |label: usize| vec![Clue { hash: 0xa11_0000 + label as u64, count: 8 }];
    let mut task = Task { rules: true, ..task() };
    for head in &mut task.heads {
        for (at, row) in head.train.iter_mut().chain(&mut head.dev).enumerate() {
            (row.text, row.clues) = (format!("n{at} it is"), said(row.label));
        }
    }
    let beside = Model::read(&train(&task, 1, &mut |_| {}).unwrap()).unwrap();
    assert_eq!(beside.card().rules.as_deref(), Some(RULES_VERSION));
    for (label, name) in ["negative", "positive"].into_iter().enumerate() {
        for answer in beside.answers_beside("what is it", &said(label)) {
            assert_eq!(answer.name(), Some(name), "{}", answer.head.name);
        }
    }
    let alone = Model::read(&train(&Task { rules: false, ..task }, 1, &mut |_| {}).unwrap()).unwrap();
    assert_eq!(alone.answers_beside("what is it", &said(1)), alone.answers("what is it"), "its card names no rules");
}

#[test]
fn a_text_that_is_measured_on_is_never_learnt_from() {
    let mut task = task();
    let dev = task.heads[0].dev.clone();
    task.heads[0].train.extend(dev);
    let mut read = None;
    train(&task, 1, &mut |progress| {
        if let Progress::Read { head: "tone", repeated, .. } = progress {
            read = Some(repeated);
        }
    })
    .unwrap();
    assert_eq!(read, Some(task.heads[0].dev.len()));
}

#[test]
fn a_row_with_two_answers_counts_as_a_row_with_each() {
    let both = |weight: f64| {
        let mut task = task();
        for head in &mut task.heads {
            head.train.push(Row {
                text: "the gate".to_owned(),
                clues: Vec::new(),
                label: 1,
                weight,
                others: vec![(0, 1.0 - weight)],
            });
        }
        Model::read(&train(&task, 1, &mut |_| {}).unwrap()).unwrap()
    };
    let (pleased, cross) = (both(0.95), both(0.05));
    for head in ["tone", "pleased"] {
        let positive = |model: &Model| model.answer("the gate", head).unwrap().probability("positive");
        assert!(positive(&pleased) > positive(&cross), "{head}");
    }
    let rows = pleased.card().heads[0].measured["rows_trained"];
    assert_eq!(rows, task().heads[0].train.len() as f64 + 1.0, "a text is one row however many answers it has");
}

#[test]
fn what_is_missing_is_named() {
    let mut no_label = task();
    no_label.heads[0].train.retain(|row| row.label == 0);
    let error = train(&no_label, 1, &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("`tone`") && error.contains("`positive`"), "{error}");
    let mut no_setting = task();
    no_setting.heads[1].settings.clear();
    assert_eq!(train(&no_setting, 1, &mut |_| {}).unwrap_err(), TrainError::NoSetting("pleased".to_owned()));
}
