//! From a recipe and a folder of data to a task for the trainer.
//!
//! A recipe is data: which heads, from which columns of which sets, tried with which settings. This module reads files; what is
//! learnt from them is `classify::train`'s matter. Every mistake says where it is: file, line, and what to do.

mod catalogue;
mod parse;
mod parse_taught;
mod recipe;
mod records;
mod rows;
mod task;
pub(crate) mod taught;
pub(crate) mod teacher;
#[cfg(test)]
mod tests;

pub use catalogue::{find, names};
pub use parse::parse;
pub(crate) use parse::{parse_sets, parse_source};
pub use recipe::{Form, HeadRecipe, Recipe, SetRecipe, Source, TaughtRecipe};
pub(crate) use records::comma_separated;
pub use rows::{Labelled, labelled};
pub(crate) use task::label_of;
pub use task::task;
