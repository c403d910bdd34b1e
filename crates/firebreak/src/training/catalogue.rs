//! The recipes that come with the program, and those of the user.

use std::path::Path;

use anyhow::Context;

use super::{Recipe, parse};
use crate::failure::Failure;
use crate::nearest::hint;

macro_rules! recipes {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../classify/recipes/", $name, ".yaml")))),+]
    };
}

/// The recipes that come with the program, by name.
const RECIPES: [(&str, &str); 9] = recipes![
    "airline-reason",
    "airline-sentiment",
    "banking77",
    "complaints",
    "emotion",
    "irony",
    "offensive",
    "sentiment-by-language",
    "shipped",
];

/// Their names.
pub fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|(name, _)| *name)
}

/// The recipe of that name, or in that file.
///
/// # Errors
/// There is none, or it has mistakes, all of which are listed.
pub fn find(name_or_file: &str) -> Result<Recipe, Failure> {
    let known = RECIPES.iter().find(|(name, _)| *name == name_or_file);
    let (file, text) = match known {
        Some((name, text)) => (format!("{name}.yaml"), (*text).to_owned()),
        None if Path::new(name_or_file).exists() => {
            let text =
                std::fs::read_to_string(name_or_file).with_context(|| format!("cannot read `{name_or_file}`"))?;
            (name_or_file.to_owned(), text)
        }
        None => {
            let hint = hint(name_or_file, names());
            let names = names().collect::<Vec<_>>().join(", ");
            return Err(Failure::Usage(format!(
                "`{name_or_file}` is no recipe and no file{hint}; the recipes are {names}"
            )));
        }
    };
    parse(&file, &text)
        .map_err(|mistakes| Failure::Configuration(format!("the recipe has mistakes:\n  {}", mistakes.join("\n  "))))
}
