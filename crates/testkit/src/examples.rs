//! The example records of `schemas/`, and what a stage makes of them: a new example is a new test.

use std::fs;
use std::path::Path;

use events::Event;
use serde_json::Value;

/// The examples of an event by the name of their file, in order of name.
pub fn examples<T: Event>() -> Vec<(String, T)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas").join(T::SCHEMA).join("examples");
    let paths = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let mut examples: Vec<(String, T)> =
        paths.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(&path))).collect();
    examples.sort_by(|(left, _), (right, _)| left.cmp(right));
    examples
}

/// What differs from the snapshots `<name>.json` in `folder`. What was found instead is written to `found`, so that it can
/// be looked at, and copied over the snapshot when it is right.
pub fn changed(folder: &Path, found: &Path, results: &[(String, Value)]) -> Vec<String> {
    fs::create_dir_all(found).unwrap();
    let mut changed = Vec::new();
    for (name, result) in results {
        let snapshot = folder.join(name).with_extension("json");
        let kept = fs::read(&snapshot).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
        if kept.as_ref() != Some(result) {
            let file = found.join(name).with_extension("json");
            fs::write(&file, format!("{result:#}\n")).unwrap();
            changed.push(format!("{} is not {}", snapshot.display(), file.display()));
        }
    }
    changed
}
