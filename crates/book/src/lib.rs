//! The brand book: brands, products, teams, themes, routes and clocks as typed, versioned, validated data.
//!
//! A book is a folder of YAML files that people without a programmer's training write. [`load`] returns it whole or says all that is
//! wrong with it; [`phrases`] is how its words are found in a text; [`lint`] says what is allowed and probably not meant.
//! What a stage decides with a book must not be here.

mod accounts;
mod directory;
mod error;
mod judging;
mod lint;
mod load;
mod model;
pub mod phrases;
mod version;

pub use accounts::{Account, Accounts};
pub use directory::{load_dir, read_dir};
pub use error::BookError;
pub use judging::{Cost, Costs, HarmRule, Tones};
pub use lint::lint;
pub use load::load;
pub use model::*;
