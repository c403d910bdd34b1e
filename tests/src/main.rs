//! The acceptance tests, one binary.

mod arrows;
mod bad_input;
mod books;
mod same_bytes;
mod sizes;
