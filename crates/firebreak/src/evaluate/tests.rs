//! The plan that comes with the program, and figures that can be checked by hand.

use classify::measure::Metric;

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
        learnt_from: false,
    }
}

fn rows(truth: impl IntoIterator<Item = usize>) -> Vec<(Labelled, usize)> {
    let row = |at| Labelled {
        text: format!("nova is number {at}"),
        labels: Vec::new(),
        percent: 0,
        place: format!("rows:{at}"),
    };
    truth.into_iter().enumerate().map(|(at, truth)| (row(at + 1), truth)).collect()
}

fn slicer() -> Slicer {
    Slicer { labeller: Labeller::new(None, None, false).unwrap(), brands: vec!["nova".to_owned()] }
}

#[test]
fn every_target_names_a_test_and_a_system_that_there_is() {
    let plan = plan().unwrap();
    let heads = |name: &str| training::find(name).map(|recipe| recipe.heads.len()).unwrap_or_default();
    for target in &plan.targets {
        let figure = &target.figure;
        let in_domain = figure.test.strip_prefix("recipe ").is_some_and(|name| heads(name) == 1);
        let shipped = plan.tests.iter().any(|test| test.name == figure.test);
        let further = figure.system == "rules";
        assert!(in_domain || shipped || further, "{figure:?}");
        assert!(["majority", "lexicon", "model", "both", "rules"].contains(&figure.system.as_str()), "{figure:?}");
    }
}

#[test]
fn a_figure_lies_in_its_interval_and_a_sure_one_has_none() {
    let truth = rows((0..200).map(|at| at % 2));
    let said: Vec<Said> = (0..200)
        .map(|at| Said {
            label: usize::from(at % 4 == 1),
            claim: Some(if at == 7 { 0.76 } else { 0.75 }),
            sure: at % 2 == 0,
        })
        .collect();
    let score = score::score(&truth, &said, &test());
    assert!((score.figure - 0.75).abs() < 1e-9 && (score.sure - 0.5).abs() < 1e-9, "{score:?}");
    assert!(score.interval.0 < 0.75 && 0.75 < score.interval.1 && score.interval.0 > 0.65, "{score:?}");
    assert!(score.calibration_error.unwrap() < 1e-3);
    assert_eq!(score.calibration.iter().map(|bin| (bin.rows, bin.came_true)).collect::<Vec<_>>(), [(200, 0.75)]);
    let sure = truth.iter().map(|(_, label)| Said::surely(*label)).collect::<Vec<_>>();
    let sure = score::score(&truth, &sure, &test());
    assert_eq!((sure.figure, sure.interval, sure.calibration_error), (1.0, (1.0, 1.0), None));
    assert_eq!((sure.calibration.len(), sure.confusions.len()), (0, 0));
}

#[test]
fn the_surest_of_a_confusion_are_named_first() {
    let truth = rows([1, 1, 1, 1, 1, 0]);
    let said = [0.6, 0.9, 0.7, 0.8, 0.65, 0.9].map(|claim| Said { label: 0, claim: Some(claim), sure: true });
    let score = score::score(&truth, &said, &test());
    let examples = ["rows:2", "rows:4", "rows:3"].map(str::to_owned).to_vec();
    let mistaken = Mistaken { truth: "yes".to_owned(), said: "no".to_owned(), rows: 5, examples };
    assert_eq!(score.confusions, [mistaken]);
}

#[test]
fn parts_of_a_set_are_told_apart() {
    let mut rows = rows([0, 0, 1]);
    rows[2].0.text = "no, the other one is late?".to_owned();
    let said = [Said::surely(0), Said::surely(1), Said::surely(1)];
    let parts = slicer().slices(&rows, &said, &test());
    let part = |name: &str| parts.iter().find(|part| part.name == name).map(|part| (part.rows, part.accuracy));
    assert_eq!(part("with a brand named"), Some((2, 0.5)));
    assert_eq!(part("with no brand named"), Some((1, 1.0)));
    assert_eq!(part("with a negation"), Some((1, 1.0)));
    assert_eq!(part("shorter than 60 bytes"), Some((3, 0.6667)));
    assert_eq!(part("with a hashtag"), None);
}

#[test]
fn the_page_names_every_set_figure_and_target() {
    let truth = rows([0, 1, 1]);
    let tests = vec![report(&truth, vec![("model", vec![Said::surely(1); 3])], &test(), &slicer())];
    let targets = plan().unwrap().targets.iter().map(|target| target.outcome(tests.iter())).collect();
    let page = card(&Report { model: shipped().id().to_owned(), tests, in_domain: Vec::new(), targets }).unwrap();
    assert!(page.contains("| by hand | 3 | accuracy | majority | 66.7 |"), "{page}");
    assert!(page.contains("no taken for yes 1 (`rows:1`)") && page.contains("not measured in this run"), "{page}");
    for set in &shipped().card().data {
        assert!(page.contains(&set.attribution), "{}", set.name);
    }
}
