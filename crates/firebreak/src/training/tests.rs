//! Recipes and sets of our own: what is read, and what is said of mistakes.

use std::fs;

use classify::model::Model;
use classify::train::train;

use super::*;
use crate::label::{Item, Labeller};

const RECIPE: &str = r"
name: tone
about: For tests.
seed: 1
rows_log2: 10
sets:
  posts:
    files: [posts.csv]
    form: csv
    text: text
    label: tone
    keep: {language: [en]}
    separator: ','
    licence: our own
    attribution: nobody
    ship: true
heads:
  - name: tone
    kind: one_of
    labels: [bad, good]
    metric: macro_f1
    grid: {cost: [0.1, 1], ratio: [true], balanced: [true, false]}
    train: [{set: posts, labels: {'-': bad, '+': good}, percent: [0, 100]}]
    dev: [{set: posts, labels: {'-': bad, '+': good}}]
";
const ASKED: &str = r"
  asked:
    files: [asked.csv]
    form: csv
    text: text
    label: tone
    licence: our own
    attribution: nobody
";
const POSTS: &str = "text,tone,language\n\"late, again\",-,en\n\"she said \"\"thanks\"\"\nand left\",+,en\nspät,-,de\nboth,\"-,+\",en\nneither,0,en\n";

fn folder(posts: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("posts.csv"), posts).unwrap();
    folder
}

#[test]
fn rows_are_read_as_the_recipe_says() {
    let recipe = parse("tone.yaml", RECIPE).unwrap();
    assert_eq!(recipe.heads[0].settings.len(), 4);
    let folder = folder(POSTS);
    let task = task(&recipe, folder.path()).unwrap();
    let rows: Vec<(&str, usize)> = task.heads[0].train.iter().map(|row| (row.text.as_str(), row.label)).collect();
    assert_eq!(rows, [("late, again", 0), ("she said \"thanks\"\nand left", 1)]);
    assert_eq!((task.data[0].trained, task.data[0].sha256.len()), (2, 64));
}

#[test]
fn heads_that_learn_first_are_read_and_held_to_the_same_licences() {
    let (top, head) = RECIPE.split_once("heads:\n").unwrap();
    let with_before = format!("{top}before:\n{}heads:\n{head}", head.replace("name: tone", "name: first"));
    let recipe = parse("tone.yaml", &with_before).unwrap();
    let task = task(&recipe, folder(POSTS).path()).unwrap();
    assert_eq!((task.before[0].name.as_str(), task.before[0].train.len(), task.heads.len()), ("first", 2, 1));
    assert_eq!(task.data[0].trained, 4, "rows of both heads");

    let shipped = with_before.replace("    ship: true\n", "").replace("seed: 1\n", "seed: 1\nship: true\n");
    let mistakes = parse("tone.yaml", &shipped).unwrap_err();
    let refused = mistakes.iter().filter(|mistake| mistake.contains("must not come from `posts`"));
    assert_eq!(refused.count(), 2, "{mistakes:?}");
}

#[test]
fn a_head_beside_the_rules_knows_words_that_no_row_has() {
    let posts = "text,tone,language
this is the worst service that I have ever had,-,en
we had such an awful time with all of them,-,en
thank you so much for all of your help,+,en
they have lovely staff and great food there,+,en
";
    let recipe = RECIPE
        .replace("seed: 1\nrows_log2: 10\n", "seed: 1\nrules: true\n")
        .replace("dev: [{set: posts,", "dev: [{set: asked,")
        .replace("heads:\n", &format!("{ASKED}heads:\n"));
    let recipe = parse("tone.yaml", &recipe).unwrap();
    let folder = folder(posts);
    fs::write(
        folder.path().join("asked.csv"),
        "text,tone\nit was a terrible thing to do,-\nit was a wonderful thing to do,+\n",
    )
    .unwrap();
    let task = task(&recipe, folder.path()).unwrap();
    assert!(task.heads[0].train.iter().all(|row| !row.clues.is_empty()), "the rules say something of each");
    let model = Model::read(&train(&task, 1, &mut |_| {}).unwrap()).unwrap();
    let labeller = Labeller::new(None, Some(model), false).unwrap();
    for (text, label) in [("what a horrible flight for us", "bad"), ("what a perfect flight for us", "good")] {
        let said = &labeller.label(&Item::of_text(text))["heads"]["tone"];
        assert_eq!(said["label"], label, "{text}: {said}");
    }
}

#[test]
fn every_recipe_of_the_program_is_valid() {
    for name in names() {
        let recipe = find(name).unwrap_or_else(|failure| panic!("{name}: {}", failure.message()));
        assert_eq!(recipe.name, name);
    }
    assert!(find("shiped").is_err_and(|failure| failure.message().contains("did you mean `shipped`?")));
}

#[test]
fn every_mistake_of_a_recipe_is_told_with_its_place() {
    let broken = RECIPE
        .replace("kind: one_of", "kind: one-of")
        .replace("{set: posts, labels: {'-': bad, '+': good}}", "{set: post}")
        .replace("labels: {'-': bad, '+': good}, percent: [0, 100]", "labels: {'-': baad}, percent: [80, 20]")
        .replace("seed: 1\n", "sead: 1\n");
    let mistakes = parse("tone.yaml", &broken).unwrap_err().join("\n");
    for expected in [
        "there is no key `sead` here, did you mean `seed`?",
        "the key `seed` is missing",
        "tone.yaml:19:11: `one-of` is none of one_of, yes_no",
        "there is no set `post`, did you mean `posts`?",
        "the head has no label `baad`",
        "two whole percentages",
    ] {
        assert!(mistakes.contains(expected), "`{expected}` is not in\n{mistakes}");
    }
}

#[test]
fn weights_that_are_passed_on_come_only_from_sets_that_allow_it() {
    let shipped = RECIPE.replace("seed: 1\n", "seed: 1\nship: true\n");
    assert!(parse("tone.yaml", &shipped).is_ok());
    let forbidden = shipped.replace("    ship: true\n", "    ship: false\n");
    let mistakes = parse("tone.yaml", &forbidden).unwrap_err().join("\n");
    assert!(mistakes.contains("must not come from `posts`"), "{mistakes}");
}

const TAUGHT: &str = "taught:
  rude: {file: rude.taught, teacher: a colleague 1.0, licence: MIT, attribution: a colleague, share: 0.5, sets: [posts]}
";

fn taught_recipe() -> String {
    let yes_no = RECIPE.replace("name: tone\n    kind: one_of", "name: rude\n    kind: yes_no");
    yes_no.replace("labels: [bad, good]", "labels: [good, bad]") + TAUGHT
}

#[test]
fn a_teacher_has_its_share_in_labelled_rows_and_brings_those_without_a_label() {
    let folder = folder(POSTS);
    fs::write(folder.path().join("tone.yaml"), taught_recipe()).unwrap();
    let recipe =
        find(folder.path().join("tone.yaml").to_str().unwrap()).unwrap_or_else(|failure| panic!("{failure:?}"));
    let (rows, _) = labelled(folder.path(), &recipe.sets["posts"]).unwrap();
    let mut said = taught::Taught::new("rude".to_owned(), "a colleague 1.0".to_owned());
    said.note("posts", &rows, [1.0, 0.2, 0.4, 0.0].into_iter());
    fs::write(folder.path().join("rude.taught"), said.file()).unwrap();

    let read = task(&recipe, folder.path()).unwrap();
    let rows: Vec<(&str, Vec<(usize, f64)>)> = read.heads[0]
        .train
        .iter()
        .map(|row| (row.text.as_str(), [vec![(row.label, row.weight)], row.others.clone()].concat()))
        .map(|(text, answers)| {
            (text, answers.into_iter().map(|(at, count)| (at, (count * 100.0).round() / 100.0)).collect())
        })
        .collect();
    let expected = [
        ("late, again", vec![(1, 1.0)]),
        ("she said \"thanks\"\nand left", vec![(0, 0.9), (1, 0.1)]),
        ("both", vec![(0, 0.3), (1, 0.2)]),
        ("neither", vec![(0, 0.5)]),
    ];
    assert_eq!(rows, expected);
    let teacher = read.data.last().unwrap();
    assert_eq!((teacher.name.as_str(), teacher.licence.as_str(), teacher.trained), ("a colleague 1.0", "MIT", 4));

    fs::write(folder.path().join("posts.csv"), POSTS.replace("again", "once more")).unwrap();
    let stale = format!("{:#}", task(&recipe, folder.path()).unwrap_err());
    assert!(stale.contains("`rude.taught`") && stale.contains("has other texts"), "{stale}");
}

#[test]
fn a_teacher_is_held_to_the_same_licences_and_teaches_only_yes_or_no() {
    assert!(parse("tone.yaml", &taught_recipe()).is_ok());
    let shipped = taught_recipe().replace("seed: 1\n", "seed: 1\nship: true\n");
    let mistakes = parse("tone.yaml", &shipped).unwrap_err().join("\n");
    assert!(mistakes.contains("must not come from this teacher"), "{mistakes}");
    let other_set = shipped.replace("    ship: true\n", "").replace("share: 0.5", "ship: true, share: 0.5");
    let mistakes = parse("tone.yaml", &other_set).unwrap_err().join("\n");
    assert!(mistakes.contains("must not be taught on `posts`"), "{mistakes}");
    let wrong = parse("tone.yaml", &(RECIPE.to_owned() + &TAUGHT.replace("[posts]", "[post]"))).unwrap_err().join("\n");
    assert!(wrong.contains("there is no head `rude`") && wrong.contains("did you mean `posts`?"), "{wrong}");
    let one_of = parse("tone.yaml", &(RECIPE.to_owned() + &TAUGHT.replace("rude:", "tone:"))).unwrap_err().join("\n");
    assert!(one_of.contains("the head `tone` cannot be taught"), "{one_of}");
}

#[test]
fn a_set_that_is_not_as_the_recipe_says_is_named_with_its_line() {
    let recipe = parse("tone.yaml", RECIPE).unwrap();
    let failure = |posts: &str| format!("{:#}", task(&recipe, folder(posts).path()).unwrap_err());
    assert!(failure("body,tone,language\n").contains("no column `text`; its columns are body, tone, language"));
    let short = failure("language,text,tone\nen,fine,+\nen,lonely\n");
    assert!(short.contains("posts.csv:3: there is no column 3, only 2"), "{short}");
    let unmapped = parse("tone.yaml", &RECIPE.replace(", labels: {'-': bad, '+': good}", "")).unwrap();
    let error =
        format!("{:#}", task(&unmapped, folder("text,tone,language\na,bad,en\nb,god,en\n").path()).unwrap_err());
    assert!(error.contains("posts.csv:3") && error.contains("did you mean `good`?"), "{error}");
    let missing = format!("{:#}", task(&recipe, std::path::Path::new("/nowhere")).unwrap_err());
    assert!(missing.contains("posts") && missing.contains("/nowhere/posts.csv"), "{missing}");
}

#[test]
fn escapes_of_public_sets_are_decoded() {
    assert_eq!(records::without_escapes(r"it\u2019s \u002c ok\"), "it\u{2019}s , ok\\");
    assert_eq!(records::without_escapes(r#"he said \"no\" é"#), "he said  \"no \" é");
}
