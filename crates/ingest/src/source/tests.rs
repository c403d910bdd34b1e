use std::io::{self, Read, Write};

use events::{EventTime, Span};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

fn reader(file: &str, bytes: impl Into<Vec<u8>>) -> LineReader {
    LineReader::open(file, Box::new(io::Cursor::new(bytes.into()))).unwrap()
}

fn lines(bytes: impl Into<Vec<u8>>) -> Vec<(u64, Vec<u8>)> {
    let mut reader = reader("f", bytes);
    let next = || reader.next_line().unwrap();
    std::iter::from_fn(next).map(|line| (line.number, line.bytes.to_vec())).collect()
}

fn at(second: i64) -> EventTime {
    EventTime::parse("2026-11-02T02:00:00Z").unwrap().plus(Span::seconds(second))
}

fn line_at(second: i64) -> String {
    format!("{{\"text\":\"x\",\"published_at\":\"{}\"}}\n", at(second))
}

fn slices(bytes: impl Into<Vec<u8>>, most: usize) -> Vec<Slice> {
    let merge = Merge::new(vec![reader("f", bytes)]);
    Slices::new(merge, Span::seconds(5), most).map(Result::unwrap).collect()
}

/// What a slice is about: its lines, from when, to when.
fn shape(slices: &[Slice]) -> Vec<(Vec<u64>, EventTime, EventTime)> {
    slices.iter().map(|slice| (slice.lines.iter().map(|line| line.line).collect(), slice.start, slice.end)).collect()
}

#[test]
fn blank_lines_are_skipped_and_counted_and_the_last_needs_no_line_end() {
    let read = lines("a\n\n  \r\nb\r\n\t\nc");
    assert_eq!(read, [(1, b"a".to_vec()), (4, b"b".to_vec()), (6, b"c".to_vec())]);
    assert_eq!(lines(""), []);
}

#[test]
fn gzip_and_zstd_are_known_by_their_first_bytes() {
    let text = (0..20_000).map(|i| format!("line {i}\n")).collect::<String>();
    let (first, second) = text.as_bytes().split_at(text.len() / 2);
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest);
    let plain = lines(text.clone());
    assert_eq!(plain.len(), 20_000);
    // Two streams in one file, as `cat a.gz b.gz` makes them; between the frames of zstd one that is to be skipped.
    assert!(lines([gzip(first), gzip(second)].concat()) == plain);
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    assert!(lines([zstd(first), skipped, zstd(second)].concat()) == plain);
}

#[test]
fn a_packed_file_that_is_cut_off_is_an_error_that_names_file_and_line() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(b"one\ntwo\nthree").unwrap();
    let mut bytes = encoder.finish().unwrap();
    bytes.truncate(bytes.len() - 12);
    let mut slices = Slices::new(Merge::new(vec![reader("cut.gz", bytes)]), Span::seconds(5), 100);
    let read = slices.next().unwrap().unwrap();
    assert_eq!(read.lines.len(), 2, "what came before the failure is handled");
    let error = slices.next().unwrap().unwrap_err();
    assert!(error.to_string().starts_with("cannot read `cut.gz` after line 2"), "{error}");
    assert!(slices.next().is_none());
}

/// Gives `length` bytes without ever holding them.
struct Endless {
    length: usize,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let given = out.len().min(self.length);
        out[..given].fill(b'x');
        self.length -= given;
        Ok(given)
    }
}

#[test]
fn a_line_that_is_too_long_leaves_its_beginning_its_length_and_its_checksum() {
    const LENGTH: usize = 300 * 1024 * 1024 + 7;
    let input = Endless { length: LENGTH }.chain(io::Cursor::new(b"\nnext\n".to_vec()));
    let mut reader = LineReader::open("long", Box::new(input)).unwrap();
    let line = reader.next_line().unwrap().unwrap();
    let oversize = line.oversize.unwrap();
    assert_eq!((line.bytes.len(), oversize.length), (OVERSIZE_KEPT, LENGTH as u64));
    let mut hash = Sha256::new();
    let piece = vec![b'x'; 1024 * 1024];
    (0..300).for_each(|_| hash.update(&piece));
    hash.update(b"xxxxxxx");
    let expected: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(oversize.sha256, expected);
    assert_eq!(reader.next_line().unwrap().unwrap().bytes, "next");
}

#[test]
fn a_line_of_exactly_the_limit_is_whole_and_one_byte_more_is_not() {
    for (length, cut) in [(MAX_LINE, false), (MAX_LINE + 1, true)] {
        let mut reader = reader("f", [vec![b'a'; length], b"\nb".to_vec()].concat());
        let line = reader.next_line().unwrap().unwrap();
        assert_eq!(line.oversize.map(|oversize| oversize.length), cut.then_some(length as u64));
        assert_eq!(line.bytes.len(), if cut { OVERSIZE_KEPT } else { length });
        assert_eq!(reader.next_line().unwrap().unwrap().bytes, "b");
    }
}

#[test]
fn a_slice_ends_with_its_step_and_the_last_where_time_stands() {
    let text: String = [1, 3, 4, 6, 9, 23, 24].map(line_at).concat();
    assert_eq!(
        shape(&slices(text, 100)),
        [
            (vec![1, 2, 3], at(0), at(5)),
            (vec![4, 5], at(5), at(10)),
            // Empty steps are skipped, and time stands still at the last line.
            (vec![6, 7], at(20), at(24)),
        ]
    );
}

#[test]
fn a_date_that_the_lines_behind_it_do_not_bear_out_moves_no_time() {
    let wrong = "{\"text\":\"x\",\"published_at\":\"2098-11-02T02:00:00Z\"}\n";
    let day = 24 * 3_600;
    // First, in the middle, and twice in a row.
    for place in [0, 2, 4] {
        let mut lines: Vec<String> = [1, 2, 6, 7, 8, 9, 11].map(line_at).into();
        lines.splice(place..place, [wrong.to_owned(), wrong.to_owned()]);
        let slices = slices(lines.concat(), 100);
        assert_eq!(slices.last().unwrap().end, at(11), "{place}");
        let times = slices.iter().flat_map(|slice| &slice.lines).map(|line| line.stream_time);
        assert!(times.is_sorted() && slices.iter().map(|slice| slice.lines.len()).sum::<usize>() == 9, "{place}");
    }
    // A gap is no mistake, and neither is the last line.
    let gap = [1, 2, 90 * day, 90 * day + 1, 400 * day].map(line_at).concat();
    assert_eq!(slices(gap, 100).last().unwrap().end, at(400 * day));
}

#[test]
fn a_wrong_date_in_one_input_holds_up_no_other() {
    let wrong = "{\"text\":\"x\",\"published_at\":\"2098-11-02T02:00:00Z\"}\n".to_owned();
    let one = reader("one", [line_at(1), wrong, line_at(4)].concat());
    let other = reader("other", [2, 3, 5].map(line_at).concat());
    let mut merge = Merge::new(vec![one, other]);
    let order: Vec<(String, u64)> =
        std::iter::from_fn(|| merge.next_line().unwrap()).map(|line| (line.file.to_string(), line.line)).collect();
    let expected = [("one", 1), ("one", 2), ("other", 1), ("other", 2), ("one", 3), ("other", 3)];
    assert_eq!(order, expected.map(|(file, line)| (file.to_owned(), line)));
}

#[test]
fn a_slice_of_too_many_lines_is_cut_where_time_stands() {
    let text: String = [1, 2, 2, 3, 4, 11].map(line_at).concat();
    assert_eq!(
        shape(&slices(text, 2)),
        [(vec![1, 2], at(0), at(2)), (vec![3, 4], at(2), at(3)), (vec![5], at(3), at(5)), (vec![6], at(10), at(11)),]
    );
}

#[test]
fn late_lines_and_lines_without_a_time_belong_to_the_slice_in_hand() {
    let text = [
        "no json\n".to_owned(),
        line_at(7),
        line_at(2),
        "{\"published_at\": 5}\n".to_owned(),
        "{\"published_at\": \"9999-01-01T00:00:00Z\"}\n".to_owned(),
        line_at(12),
    ]
    .concat();
    let slices = slices(text, 100);
    assert_eq!(shape(&slices), [(vec![1, 2, 3, 4, 5], at(5), at(10)), (vec![6], at(10), at(12))]);
    let times: Vec<EventTime> = slices[0].lines.iter().map(|line| line.stream_time).collect();
    assert_eq!(times, [at(7); 5], "a line before the first time takes that one");
}

#[test]
fn an_input_without_any_time_stands_at_the_first_instant() {
    let slices = slices("a\nb\nc\n", 2);
    assert_eq!(
        shape(&slices),
        [(vec![1, 2], EventTime::FIRST, EventTime::FIRST), (vec![3], EventTime::FIRST, EventTime::FIRST)]
    );
}

#[test]
fn actions_links_and_numbers_have_a_time_too() {
    for wrapper in ["_action", "_link", "_business"] {
        let line = format!("{{\"{wrapper}\": {{\"at\": \"{}\"}}}}", at(3));
        assert_eq!(peek::time(line.as_bytes()), Some(at(3)), "{wrapper}");
    }
}

#[test]
fn several_files_are_read_in_order_of_time_and_each_in_its_own() {
    let left = [line_at(1), line_at(4), line_at(3), "rubbish\n".into(), line_at(9)].concat();
    let right = [line_at(2), line_at(4), line_at(8)].concat();
    let mut merge = Merge::new(vec![reader("left", left), reader("right", right)]);
    let next = || merge.next_line().unwrap();
    let order: Vec<(String, u64)> = std::iter::from_fn(next).map(|line| (line.file.to_string(), line.line)).collect();
    let expected =
        [("left", 1), ("right", 1), ("left", 2), ("left", 3), ("left", 4), ("right", 2), ("right", 3), ("left", 5)];
    assert_eq!(order, expected.map(|(file, line)| (file.to_owned(), line)));
}

proptest! {
    #[test]
    fn every_line_is_in_exactly_one_slice_and_time_never_goes_back(
        seconds in proptest::collection::vec(proptest::option::of(0..200i64), 0..120),
        most in 1..20usize,
    ) {
        let text: String = seconds.iter().map(|second| second.map_or("?\n".to_owned(), line_at)).collect();
        let slices = slices(text, most);
        let numbers: Vec<u64> = slices.iter().flat_map(|slice| &slice.lines).map(|line| line.line).collect();
        prop_assert_eq!(numbers, (1..=seconds.len() as u64).collect::<Vec<_>>());
        for slice in &slices {
            prop_assert!(!slice.lines.is_empty() && slice.lines.len() <= most);
            prop_assert!(slice.start <= slice.end);
            prop_assert!(slice.lines.iter().all(|line| line.stream_time <= slice.end));
        }
        for pair in slices.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start, "{:?} then {:?}", pair[0], pair[1]);
        }
        if let (Some(last), Some(highest)) = (slices.last(), seconds.iter().flatten().max()) {
            prop_assert_eq!(last.end, at(*highest));
        }
    }

    #[test]
    fn any_bytes_are_lines(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let total: usize = lines(bytes.clone()).iter().map(|(_, line)| line.len()).sum();
        prop_assert!(total <= bytes.len());
    }
}
