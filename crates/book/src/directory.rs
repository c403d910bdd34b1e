//! Reads the files of a book's folder. The only place of this crate that touches the disk.

use std::path::Path;

use crate::error::BookError;
use crate::model::Book;

/// The `*.yaml` files of `directory` with their texts, in order of name; folders in it are not looked into.
///
/// # Errors
/// Every file that cannot be read, the folder itself, or a folder without such files.
pub fn read_dir(directory: &Path) -> Result<Vec<(String, String)>, Vec<BookError>> {
    let shown = directory.display().to_string();
    let cannot_open = |error: std::io::Error| {
        vec![failure(
            &shown,
            format!("cannot be opened: {error}"),
            "give the folder of a book, such as `books/airline`",
        )]
    };
    let mut paths = Vec::new();
    let mut errors = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(cannot_open)? {
        let path = entry.map_err(cannot_open)?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("yaml") => paths.push(path),
            Some("yml") => {
                errors.push(failure(&path.display().to_string(), "would not be read", "rename it to `.yaml`"))
            }
            _ => {}
        }
    }
    paths.sort();
    if paths.is_empty() && errors.is_empty() {
        errors.push(failure(&shown, "holds no `*.yaml` file", "give the folder of a book, such as `books/airline`"));
    }
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let file = path.display().to_string();
        match std::fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => files.push((file, text)),
            Ok(Err(_)) => errors.push(failure(&file, "is not UTF-8", "save it as UTF-8 text")),
            Err(error) => errors.push(failure(&file, format!("cannot be read: {error}"), "look at its permissions")),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

/// Reads the book in `directory`.
///
/// # Errors
/// What [`read_dir`] and [`load`](crate::load) find.
pub fn load_dir(directory: &Path) -> Result<Book, Vec<BookError>> {
    crate::load(&read_dir(directory)?)
}

fn failure(file: &str, problem: impl Into<String>, remedy: &str) -> BookError {
    BookError {
        file: file.to_owned(),
        line: 0,
        column: 0,
        path: String::new(),
        problem: problem.into(),
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_order_of_name_and_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.yaml", "b"), ("a.yaml", "a"), ("notes.txt", "x")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::create_dir(folder.path().join("tests")).unwrap();
        let texts: Vec<String> = read_dir(folder.path()).unwrap().into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["a", "b"]);
    }

    #[test]
    fn every_file_that_cannot_be_read_is_named_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.yaml"), b"name: \xff").unwrap();
        std::fs::create_dir(folder.path().join("b.yaml")).unwrap();
        std::fs::write(folder.path().join("c.yml"), "name: x").unwrap();
        let mut said: Vec<String> = read_dir(folder.path()).unwrap_err().iter().map(ToString::to_string).collect();
        said.sort();
        assert!(said[0].ends_with("a.yaml: is not UTF-8: save it as UTF-8 text"), "{said:?}");
        assert!(said[1].contains("b.yaml: cannot be read: "), "{said:?}");
        assert!(said[2].ends_with("c.yml: would not be read: rename it to `.yaml`"), "{said:?}");
    }
}
