//! The recipes that come with the program, and those of the user.

use std::path::Path;

use anyhow::{Context, Result};

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

/// What teachers said for them, by file.
const TAUGHT: [(&str, &str); 1] =
    [("shipped-offensive.taught", include_str!("../../../classify/recipes/shipped-offensive.taught"))];

/// What a teacher said for a recipe, as the text of the file.
///
/// # Errors
/// There is no such file.
pub(super) fn taught(recipe: &Recipe, file: &str) -> Result<String> {
    let Some(folder) = &recipe.folder else {
        let known = TAUGHT.iter().find(|(name, _)| *name == file).map(|(_, text)| (*text).to_owned());
        return known.with_context(|| format!("no `{file}` comes with the program"));
    };
    let path = folder.join(file);
    std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read `{}`; `firebreak teach` makes it", path.display()))
}

/// Their names.
pub fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|(name, _)| *name)
}

/// The recipe of that name, or in that file.
///
/// # Errors
/// There is none, or it has mistakes, all of which are listed.
pub fn find(name_or_file: &str) -> std::result::Result<Recipe, Failure> {
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
    let folder = if known.is_some() { None } else { Path::new(name_or_file).parent().map(Path::to_path_buf) };
    parse(&file, &text)
        .map(|recipe| Recipe { folder, ..recipe })
        .map_err(|mistakes| Failure::Configuration(format!("the recipe has mistakes:\n  {}", mistakes.join("\n  "))))
}
