//! The executable: parse, dispatch, exit codes.

fn main() {}
