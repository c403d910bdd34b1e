//! No file grows beyond what can be read in one go.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a file without its inline tests.
const CAP: usize = 500;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Lines before the inline tests; a file of tests alone counts nothing.
fn lines_without_tests(path: &Path, text: &str) -> usize {
    let is_test = |part: &std::ffi::OsStr| part == "tests" || part == "tests.rs" || part == "benches";
    if path.iter().any(is_test) {
        return 0;
    }
    text.lines().take_while(|line| line.trim_end() != "#[cfg(test)]").count()
}

#[test]
fn every_source_file_stays_below_the_cap() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 50, "only {} files found: the search is broken", found.len());
    let too_long: Vec<String> = found
        .iter()
        .map(|path| (path, lines_without_tests(path, &fs::read_to_string(path).unwrap())))
        .filter(|(_, lines)| *lines > CAP)
        .map(|(path, lines)| format!("{}: {lines} lines, at most {CAP}: split it along its ideas", path.display()))
        .collect();
    assert_eq!(too_long, Vec::<String>::new());
}

#[test]
fn inline_tests_do_not_count_and_code_does() {
    let long = "x\n".repeat(CAP + 1);
    assert_eq!(lines_without_tests(Path::new("a/src/lib.rs"), &long), CAP + 1);
    let tested = format!("x\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
    assert_eq!(lines_without_tests(Path::new("a/src/lib.rs"), &tested), 1);
}
