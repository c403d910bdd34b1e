//! What a run does when the world around it fails: a full disk, a kill half-way, a second start, files that cannot be read.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails, also in its fixtures")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const FIREBREAK: &str = env!("CARGO_BIN_EXE_firebreak");

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../books/airline")
}

fn simulated(folder: &Path, hours: u32) -> PathBuf {
    let file = folder.join("mentions.ndjson");
    let made = Command::new(FIREBREAK)
        .args(["simulate", "missing-plane", "--hours", &hours.to_string(), "--out"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    file
}

fn run(input: &Path, out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(FIREBREAK);
    command.arg("run").arg("--input").arg(input).arg("--book").arg(book()).arg("--out").arg(out).args(more);
    command.output().unwrap()
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn a_kill_half_way_leaves_parts_only_and_a_second_start_gives_what_an_unbroken_run_gives() {
    let folder = tempfile::tempdir().unwrap();
    let input = simulated(folder.path(), 6);
    let (broken, whole) = (folder.path().join("broken"), folder.path().join("whole"));
    let mut child = Command::new(FIREBREAK)
        .args(["run", "--input", "-", "--book"])
        .arg(book())
        .arg("--out")
        .arg(&broken)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let text = std::fs::read(&input).unwrap();
    child.stdin.as_mut().unwrap().write_all(&text[..text.len() / 2]).unwrap();
    // Standard input stays open, so the run cannot have ended by itself.
    while !broken.join("mentions.raw.ndjson.part").exists() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(names(&broken).iter().all(|name| name.ends_with(".part")), "{:?}", names(&broken));

    let refused = run(&input, &broken, &[]);
    assert_eq!(refused.status.code(), Some(1), "{}", message(&refused));
    assert!(message(&refused).contains("not empty") && message(&refused).contains("--force"), "{}", message(&refused));

    assert!(run(&input, &broken, &["--force"]).status.success());
    assert!(run(&input, &whole, &[]).status.success());
    assert_eq!(names(&broken), names(&whole));
    for name in names(&whole).iter().filter(|name| name.ends_with(".ndjson")) {
        assert!(
            std::fs::read(broken.join(name)).unwrap() == std::fs::read(whole.join(name)).unwrap(),
            "{name} differs"
        );
    }
}

/// A limit on the size of files stands for a full disk: the write fails half-way through a file.
#[cfg(unix)]
#[test]
fn a_full_disk_stops_the_run_names_the_file_and_leaves_no_finished_one() {
    let folder = tempfile::tempdir().unwrap();
    let input = simulated(folder.path(), 12);
    let out = folder.path().join("out");
    let script = format!(
        "trap '' XFSZ; ulimit -f 64; exec '{FIREBREAK}' run --input '{}' --book '{}' --out '{}'",
        input.display(),
        book().display(),
        out.display()
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", message(&output));
    assert!(
        message(&output).contains(".ndjson.part") && message(&output).contains("make room"),
        "{}",
        message(&output)
    );
    assert!(names(&out).iter().all(|name| name.ends_with(".part")), "{:?}", names(&out));
}

#[test]
fn a_file_that_cannot_be_read_stops_the_start_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(&folder.path().join("nowhere.ndjson"), &out, &[]);
    assert!(!output.status.success());
    assert!(message(&output).contains("nowhere.ndjson"), "{}", message(&output));
    assert!(!out.exists());
}

#[test]
fn an_unreadable_book_stops_the_start_with_64_and_lists_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("book.yaml"), "name: Broken\nbrandz: []\nteams: 7\n").unwrap();
    let input = simulated(folder.path(), 3);
    let output = Command::new(FIREBREAK)
        .arg("run")
        .arg("--input")
        .arg(&input)
        .arg("--book")
        .arg(folder.path())
        .arg("--out")
        .arg(folder.path().join("out"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64), "{}", message(&output));
    let message = message(&output);
    assert!(message.contains("brandz") && message.contains("brands"), "{message}");
    assert!(message.contains("teams"), "{message}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn gzip_and_plain_input_give_the_same_topics() {
    let folder = tempfile::tempdir().unwrap();
    let plain = simulated(folder.path(), 3);
    let packed = folder.path().join("mentions.ndjson.gz");
    let gzip = Command::new("gzip").arg("-c").arg(&plain).output().unwrap();
    std::fs::write(&packed, gzip.stdout).unwrap();
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    assert!(run(&plain, &left, &[]).status.success());
    assert!(run(&packed, &right, &[]).status.success());
    for name in ["mentions.classified.ndjson", "cases.ndjson"] {
        assert!(std::fs::read(left.join(name)).unwrap() == std::fs::read(right.join(name)).unwrap(), "{name} differs");
    }
}
