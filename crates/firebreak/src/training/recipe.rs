//! What a recipe says, once it is read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use classify::train::HeadTask;

/// A recipe: all that a model is made of, but the texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// The model's name.
    pub name: String,
    /// What the model is for.
    pub about: String,
    /// Where all chance comes from.
    pub seed: u64,
    /// The table gets two to this many rows.
    pub rows_log2: u32,
    /// Whether what the rules say of a text stands beside it, in learning and in judging.
    pub rules: bool,
    /// Whether the weights are to be passed on: then they may come only from sets that allow it.
    pub ship: bool,
    /// The sets, by name.
    pub sets: BTreeMap<String, SetRecipe>,
    /// Heads that learn first, so that the others may stand on them; they are no part of the model.
    pub before: Vec<HeadRecipe>,
    /// The heads, in order.
    pub heads: Vec<HeadRecipe>,
    /// Who teaches heads beside the labels of their sets, by the head's name.
    pub taught: BTreeMap<String, TaughtRecipe>,
    /// Where the recipe lies, and with it what teachers said; none for a recipe of the program.
    pub folder: Option<PathBuf>,
}

/// Texts of which a teacher says how likely the answer yes is.
#[derive(Debug, Clone, PartialEq)]
pub struct TaughtRecipe {
    /// The file of what the teacher said, beside the recipe.
    pub file: String,
    /// The teacher and its version.
    pub teacher: String,
    /// The licence of the teacher.
    pub licence: String,
    /// Whom to name.
    pub attribution: String,
    /// Whether weights that come from it may be passed on.
    pub ship: bool,
    /// What the teacher's word counts, 0 to 1; the rest is a row's own label, where it has one.
    pub share: f64,
    /// The sets whose texts the teacher is asked about.
    pub sets: Vec<String>,
}

/// A set of labelled texts and how to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRecipe {
    /// Its files below the data folder, plain or gzip.
    pub files: Vec<String>,
    /// How the files are laid out.
    pub form: Form,
    /// Whether the first line names the columns; else they are called `1`, `2` and so on.
    pub header: bool,
    /// The column of the text.
    pub text: String,
    /// The column of the label.
    pub label: String,
    /// The column by which rows are parted into shares; the text if none is named.
    pub id: Option<String>,
    /// Rows are kept that have one of these values in the column.
    pub keep: BTreeMap<String, Vec<String>>,
    /// What parts several labels in one field.
    pub separator: Option<String>,
    /// Whether escapes as `\u2019` stand in the texts.
    pub escapes: bool,
    /// The licence.
    pub licence: String,
    /// Whom to name.
    pub attribution: String,
    /// Whether weights that come from it may be passed on.
    pub ship: bool,
}

/// How files are laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Fields parted by commas, in quotes where needed.
    Csv,
    /// Fields parted by tabs, quotes mean nothing.
    Tsv,
    /// A text a line; labels stand line by line in these other files.
    Lines {
        /// The files of labels, one for each file of texts.
        labels: Vec<String>,
    },
}

/// A head and where its rows come from.
pub type HeadRecipe = HeadTask<Source>;

/// Rows of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The set.
    pub set: String,
    /// The head's label for each label of the set; rows with others are left out. None: they are the same.
    pub labels: Option<BTreeMap<String, String>>,
    /// How much a row counts.
    pub weight: f64,
    /// The share of the set that is taken, from and to a percentage.
    pub percent: (u64, u64),
}
