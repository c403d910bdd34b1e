//! Everything that reads bytes from outside, as functions of bytes: each panics when what it is fed breaks a promise. The fuzzer
//! calls them, and so does a test with the corpus.

mod entries;

pub use entries::{avro, book, foreign, line, webhook};
