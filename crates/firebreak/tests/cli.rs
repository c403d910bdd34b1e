//! The built executable: exit codes, messages, help and pipes.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails, also in its fixtures")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn firebreak() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firebreak"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    // Settings of the shell that runs the tests must not change them.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FIREBREAK_")) {
        command.env_remove(name);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    firebreak().args(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_mistyped_flag_or_command_is_answered_with_the_nearest_and_exit_2() {
    for (arguments, meant) in [
        (&["run", "--inptu", "a"][..], "--input"),
        (&["simulat"][..], "simulate"),
        (&["simulate", "missing-plan"][..], "missing-plane"),
        (
            &["run", "--input", "a", "--book", "b", "--out", "c", "--topics", "incidnets"][..],
            "did you mean `incidents`?",
        ),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(meant), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn help_has_examples_and_the_environment_variables() {
    for command in [
        &["--help"][..],
        &["run", "--help"],
        &["simulate", "--help"],
        &["dlq", "list", "--help"],
        &["book", "suggest", "--help"],
    ] {
        let output = run(command);
        assert!(output.status.success());
        assert!(stdout(&output).contains("Example"), "{command:?}");
    }
    assert!(stdout(&run(&["run", "--help"])).contains("FIREBREAK_SLICE"));
}

#[test]
fn a_bad_book_is_answered_with_all_its_mistakes_and_exit_64() {
    let book = tempfile::tempdir().unwrap();
    fs::write(book.path().join("book.yaml"), "name: Test\nbrandz: []\nteams:\n  - {id: care}\nthemes: 3\n").unwrap();
    let folder = book.path().to_str().unwrap();
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("out");
    let arguments = ["run", "--input", "/dev/null", "--book", folder, "--out", out.to_str().unwrap()];
    for arguments in [&["book", "check", folder][..], &arguments[..]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {}", stderr(&output));
        let message = stderr(&output);
        assert!(message.contains("brandz") && message.contains("brands"), "{message}");
        let places = message.lines().filter(|line| line.contains("book.yaml:")).count();
        assert!(places >= 3, "every mistake has its place:\n{message}");
    }
    assert!(!out.exists(), "nothing is written before the book is read");
}

#[test]
fn a_book_that_cannot_be_read_is_named_with_exit_64() {
    let output = run(&["book", "check", "/nowhere/at/all"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("/nowhere/at/all"), "{}", stderr(&output));
}

#[test]
fn an_input_that_cannot_be_read_is_named_with_exit_1() {
    let out = tempfile::tempdir().unwrap();
    let arguments = ["run", "--input", "/nowhere/mentions.ndjson", "--book", "books/airline", "--out"];
    let output = firebreak().args(arguments).arg(out.path().join("out")).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("/nowhere/mentions.ndjson"), "{}", stderr(&output));
}

#[test]
fn standard_input_cannot_be_read_twice() {
    let output = run(&["run", "--input", "-", "-", "--book", "books/airline", "--out", "/nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("only once"), "{}", stderr(&output));
}

#[test]
fn a_reader_that_goes_away_ends_a_simulation_quietly() {
    let mut child = firebreak()
        .args(["simulate", "missing-plane", "--hours", "72"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with('{'), "{first}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let truth = folder.path().join("truth.json");
    let arguments = ["simulate", "price-rise", "--hours", "3", "--seed", "7", "--truth", truth.to_str().unwrap()];
    let (one, two) = (run(&arguments), run(&arguments));
    assert!(one.status.success(), "{}", stderr(&one));
    assert!(!one.stdout.is_empty() && one.stdout == two.stdout);
    let truth: serde_json::Value = serde_json::from_slice(&fs::read(&truth).unwrap()).unwrap();
    assert_eq!(truth["lines"].as_u64(), Some(stdout(&one).lines().count() as u64));
}

#[test]
fn a_share_out_of_its_range_is_a_usage_error() {
    let output = run(&["simulate", "price-rise", "--poison", "2"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("0 to 0.9"), "{}", stderr(&output));
}

#[test]
fn the_schemas_are_compatible_and_a_folder_without_any_is_no_proof() {
    let output = run(&["schemas", "check"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let empty = tempfile::tempdir().unwrap();
    let output = run(&["schemas", "check", "--released", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn a_schema_that_breaks_a_release_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("mention");
    fs::create_dir(&event).unwrap();
    let released = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/mention/v1.avsc"));
    let text = fs::read_to_string(released).unwrap();
    // As if the release had known a field without default by another name.
    fs::write(event.join("v0.avsc"), text.replace("\"native_id\"", "\"native_key\"")).unwrap();
    let output = run(&["schemas", "check", "--released", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert!(stdout(&output).contains("native_id"), "{}", stdout(&output));
}

#[test]
fn a_wrong_test_file_exits_64_and_names_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.yaml");
    fs::write(&file, "book: x\ntests:\n  - name: a\n    givn: []\n").unwrap();
    let output = run(&["book", "test", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("did you mean `given`?"), "{}", stderr(&output));
}

#[test]
fn texts_from_a_pipe_are_judged_line_by_line() {
    let mut child = firebreak()
        .args(["label", "--input", "-", "--format", "text", "--out", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"I love this crew, thank you!\n\nthis is the worst flight ever\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let lines: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["sentiment"]["label"], "positive");
    assert!(lines[1]["error"].is_string());
    assert_eq!(lines[2]["sentiment"]["label"], "negative");
    assert!(stderr(&output).contains("3 lines"), "{}", stderr(&output));
}

#[test]
fn a_recipe_of_the_user_gives_a_model_whose_heads_answer_and_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // Numbers are all read alike, so what tells the rows apart are letters.
    let rows: String = ('a'..='z')
        .flat_map(|one| {
            ['k', 'q'].map(|two| format!("late parcel {one}{two},delivery\nbroken zip {one}{two},returns\n"))
        })
        .collect();
    fs::write(path("posts.csv"), format!("body,topic\n{rows}")).unwrap();
    let recipe = "name: shop\nabout: For a test.\nseed: 1\nrows_log2: 10\nsets:\n  posts: {files: [posts.csv], form: csv, text: body, label: topic, licence: ours, attribution: us}\nheads:\n  - name: shop\n    kind: one_of\n    labels: [delivery, returns]\n    metric: accuracy\n    grid: {cost: [1], ratio: [false], balanced: [false]}\n    train: [{set: posts, percent: [0, 60]}]\n    dev: [{set: posts, percent: [60, 100]}]\n";
    fs::write(path("shop.yaml"), recipe).unwrap();
    let (data, model) = (folder.path().to_str().unwrap(), path("shop.model"));
    let trained = run(&["train", "--recipe", &path("shop.yaml"), "--data", data, "--out", &model]);
    assert!(trained.status.success(), "{}", stderr(&trained));
    assert!(stderr(&trained).contains("rows to learn from"), "{}", stderr(&trained));

    fs::write(path("new.txt"), "my parcel is late\n").unwrap();
    let input = path("new.txt");
    let label = ["label", "--input", &input, "--format", "text", "--model", &model, "--out", "-"];
    let judged: serde_json::Value = serde_json::from_str(&stdout(&run(&label))).unwrap();
    assert_eq!(judged["heads"]["shop"]["label"], "delivery", "{judged}");

    let mut bytes = fs::read(&model).unwrap();
    bytes[100] ^= 1;
    fs::write(&model, bytes).unwrap();
    let refused = run(&label);
    assert_eq!(refused.status.code(), Some(64));
    assert!(stderr(&refused).contains("shop.model") && stderr(&refused).contains("damaged"), "{}", stderr(&refused));

    let unknown = run(&["train", "--recipe", "shiped", "--data", data, "--out", &path("x")]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("did you mean `shipped`?"), "{}", stderr(&unknown));
}

#[test]
fn a_head_is_taught_by_any_command_and_then_trained_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let rows: String = ('a'..='z')
        .flat_map(|one| {
            ['k', 'q'].map(|two| format!("you fool {one}{two},1\nthank you {one}{two},0\nyou oaf {one}{two},-\n"))
        })
        .collect();
    fs::write(path("posts.csv"), format!("body,rude\n{rows}")).unwrap();
    let source = "{set: posts, labels: {'0': polite, '1': rude}, percent: ";
    let recipe = format!(
        "name: manners\nabout: For a test.\nseed: 1\nrows_log2: 10\nsets:\n  posts: {{files: [posts.csv], form: csv, text: body, label: rude, licence: ours, attribution: us}}\nheads:\n  - name: rude\n    kind: yes_no\n    labels: [polite, rude]\n    metric: accuracy\n    grid: {{cost: [1], ratio: [false], balanced: [false]}}\n    train: [{source}[0, 60]}}]\n    dev: [{source}[60, 100]}}]\ntaught:\n  rude: {{file: rude.taught, teacher: sed, licence: ours, attribution: us, share: 0.5, sets: [posts]}}\n"
    );
    fs::write(path("manners.yaml"), recipe).unwrap();
    let (data, file, out) = (folder.path().to_str().unwrap(), path("manners.yaml"), path("rude.taught"));
    let teach = |head: &str, teacher: &str| {
        run(&["teach", "--recipe", &file, "--head", head, "--data", data, "--teacher", teacher, "--out", &out])
    };
    let train = || run(&["train", "--recipe", &file, "--data", data, "--out", &path("manners.model")]);

    let untaught = stderr(&train());
    assert!(untaught.contains("rude.taught") && untaught.contains("`firebreak teach` makes it"), "{untaught}");
    let broken = teach("rude", "head -n 2");
    assert_eq!(broken.status.code(), Some(1));
    assert!(stderr(&broken).contains("no number from 0 to 1"), "{}", stderr(&broken));
    assert_eq!(teach("tone", "cat").status.code(), Some(2));

    let taught = teach("rude", "sed -e 's/.*thank.*/0/' -e '/you/s/.*/0.9/'");
    assert!(taught.status.success() && stdout(&taught).contains("156 texts"), "{}", stderr(&taught));
    let trained = train();
    assert!(trained.status.success(), "{}", stderr(&trained));
    fs::write(path("new.txt"), "you oaf\n").unwrap();
    let (input, model) = (path("new.txt"), path("manners.model"));
    let label = ["label", "--input", &input, "--format", "text", "--model", &model, "--out", "-"];
    let judged: serde_json::Value = serde_json::from_str(&stdout(&run(&label))).unwrap();
    assert_eq!(judged["heads"]["rude"]["label"], "rude", "only the teacher knows the word: {judged}");
}
