//! The brand book: brands, products, teams, themes, routes and clocks as typed, versioned, validated data.

mod model;
pub mod phrases;

pub use model::*;
