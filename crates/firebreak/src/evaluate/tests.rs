//! The plan that comes with the program, and figures that can be checked by hand.

use super::*;
use crate::training::Source;

#[test]
fn the_plan_asks_heads_that_there_are() {
    let plan = plan().unwrap();
    assert!(plan.tests.len() >= 6);
    let heads: Vec<&str> = shipped().card().heads.iter().map(|head| head.name.as_str()).collect();
    for test in &plan.tests {
        let known = test.head == "complaint" || heads.contains(&test.head.as_str());
        assert!(known, "{}", test.name);
    }
}

fn test() -> Test {
    Test {
        name: "by hand".to_owned(),
        head: "sentiment".to_owned(),
        source: Source { set: "none".to_owned(), labels: None, weight: 1.0, percent: (0, 100) },
        labels: vec!["no".to_owned(), "yes".to_owned()],
        metric: Metric::Accuracy,
        published: String::new(),
    }
}

#[test]
fn a_figure_lies_in_its_interval_and_a_sure_one_has_none() {
    let truth: Vec<usize> = (0..200).map(|at| at % 2).collect();
    let said: Vec<Said> =
        (0..200).map(|at| Said { label: usize::from(at % 4 == 1), claim: Some(0.75), sure: at % 2 == 0 }).collect();
    let score = score::score(&truth, &said, &test());
    assert!((score.figure - 0.75).abs() < 1e-9 && (score.sure - 0.5).abs() < 1e-9, "{score:?}");
    assert!(score.interval.0 < 0.75 && 0.75 < score.interval.1 && score.interval.0 > 0.65, "{score:?}");
    assert!(score.calibration_error.unwrap() < 1e-9);
    assert_eq!(score.confusions[0], ("yes".to_owned(), "no".to_owned(), 50));
    let sure = score::score(&truth, &truth.iter().map(|label| Said::surely(*label)).collect::<Vec<_>>(), &test());
    assert_eq!((sure.figure, sure.interval, sure.calibration_error), (1.0, (1.0, 1.0), None));
}

#[test]
fn the_page_names_every_set_and_figure() {
    let truth = [0, 1, 1];
    let score = score::score(&truth, &[Said::surely(1); 3], &test());
    let report = Report {
        model: shipped().id().to_owned(),
        tests: vec![TestReport {
            name: "by hand".to_owned(),
            head: "sentiment".to_owned(),
            metric: "accuracy",
            rows: 3,
            published: "nobody".to_owned(),
            systems: vec![("majority".to_owned(), score)],
            slices: Vec::new(),
        }],
        in_domain: Vec::new(),
    };
    let page = card(&report).unwrap();
    assert!(page.contains("| by hand | 3 | accuracy | majority | 66.7 |"), "{page}");
    for set in &shipped().card().data {
        assert!(page.contains(&set.attribution), "{}", set.name);
    }
}
