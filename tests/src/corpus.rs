//! The corpus of the fuzzer, through the same readers. What once broke one of them is a file there.

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/entries.rs"]
#[expect(clippy::expect_used, unreachable_pub, reason = "they are the fuzzer's, which stops where a promise breaks")]
mod entries;

/// A reader, and where its corpus lies.
type Reader = (&'static str, fn(&[u8]));

const READERS: [Reader; 5] = [
    ("avro", entries::avro),
    ("foreign", entries::foreign),
    ("line", entries::line),
    ("webhook", entries::webhook),
    ("book", entries::book),
];

#[test]
fn every_text_of_the_corpus_is_read_or_refused_and_breaks_no_promise() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, read) in READERS {
        let mut texts = 0;
        for entry in fs::read_dir(corpus.join(name)).unwrap().map(Result::unwrap) {
            let bytes = fs::read(entry.path()).unwrap();
            let broke = std::panic::catch_unwind(|| read(&bytes)).is_err();
            assert!(!broke, "{} breaks `{name}`: see above", entry.path().display());
            texts += 1;
        }
        assert!(texts >= 5, "`{name}` has {texts} texts: the search is broken");
    }
}
