//! The acceptance tests, one binary.

mod arrows;
mod sizes;
