//! Secrets come from a file or from the environment, never from a flag or a book.

use std::path::Path;

use super::Mistakes;

/// The secret of environment variable `variable` or of the file that its twin `<variable>_FILE` names; two are one too many.
pub fn secret(variable: &str, file: Option<&Path>, mistakes: &mut Mistakes) -> Option<String> {
    match (std::env::var(variable).ok(), file) {
        (Some(_), Some(file)) => {
            mistakes.note(format!("{variable} and {variable}_FILE (`{}`) are both given: keep one", file.display()));
            None
        }
        (Some(secret), None) => Some(secret),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) => {
                mistakes.note(format!("{variable}_FILE: `{}` cannot be read: {error}", file.display()));
                None
            }
        },
        (None, None) => None,
    }
}
