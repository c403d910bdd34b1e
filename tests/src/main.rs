//! The acceptance tests, one binary.

fn main() {}
