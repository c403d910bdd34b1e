use std::collections::{BTreeMap, BTreeSet};

use events::{MentionId, Person, SaidWords, digest};
use proptest::prelude::*;

use super::*;

fn said(text: i64, person: u32, second: i64, followers: Option<i64>) -> SeenEntry {
    SeenEntry {
        id: MentionId::new(digest(&[&format!("{text} {person} {second}")])),
        revision: 0,
        deleted: false,
        person: Person::new(format!("x:{person}")),
        at: EventTime::FIRST.plus(Span::seconds(second)),
        said: Some(SaidWords { copied_text: text, followers }),
    }
}

fn accounts(copies: &mut Copies, entry: &SeenEntry) -> u32 {
    copies.add(entry).unwrap().accounts
}

#[test]
fn an_account_counts_once_however_often_it_says_the_same() {
    let mut copies = Copies::new(MOST);
    let counted = [1, 1, 2, 1, 3, 2].map(|person| accounts(&mut copies, &said(7, person, 0, None)));
    assert_eq!(counted, [1, 1, 2, 2, 3, 3]);
    assert_eq!(accounts(&mut copies, &said(8, 4, 0, None)), 1, "another text");
    assert_eq!(copies.add(&SeenEntry { said: None, ..said(7, 5, 0, None) }), None);
}

#[test]
fn what_was_said_an_hour_ago_is_forgotten_and_a_late_mention_forgets_nothing() {
    let mut copies = Copies::new(MOST);
    for person in 0..3 {
        accounts(&mut copies, &said(7, person, 0, None));
    }
    assert_eq!(accounts(&mut copies, &said(7, 3, 3_600, None)), 4);
    assert_eq!(accounts(&mut copies, &said(7, 4, 60, None)), 5, "it comes late, and counts when it came");
    assert_eq!(accounts(&mut copies, &said(7, 5, 3_601, None)), 3, "itself and the two of before");
}

#[test]
fn the_company_tells_what_is_usual_and_how_fresh_accounts_are() {
    let mut copies = Copies::new(MOST);
    for person in 0..10 {
        copies.add(&said(i64::from(person), person, 0, None));
    }
    let first = copies.add(&said(77, 1, 0, Some(3))).unwrap();
    assert_eq!((first.accounts, first.usual, first.fresh), (1, 1.0, 1.0));
    let second = copies.add(&said(77, 2, 0, Some(9_000))).unwrap();
    assert_eq!((second.accounts, second.usual, second.fresh), (2, 1.0, 0.0));
    // Beside it now two of twelve accounts say the same.
    let other = copies.add(&said(78, 3, 0, Some(100))).unwrap();
    assert_eq!((other.usual, other.fresh), (15.0 / 13.0, 0.0));
}

#[test]
fn a_partition_costs_less_than_a_mebibyte() {
    let mut copies = Copies::new(MOST);
    for number in 0..100_000u32 {
        copies.add(&said(i64::from(number.wrapping_mul(2_654_435_761)) << 31 | i64::from(number), number, 0, None));
        if number % 500 == 0 {
            copies.merge();
        }
    }
    println!("{} bytes", copies.memory());
    assert!(copies.memory() < 1 << 20, "{} bytes", copies.memory());
}

/// The company of the last of `entries`, counted from all of them.
fn counted_anew(entries: &[SeenEntry], most: usize) -> Company {
    let mut newest = EventTime::EPOCH;
    let stamped: Vec<(EventTime, &SeenEntry)> = entries
        .iter()
        .map(|entry| {
            newest = newest.max(entry.at);
            (newest, entry)
        })
        .collect();
    let (mut by_text, mut fresh) = (BTreeMap::<i64, BTreeSet<&Person>>::new(), Vec::new());
    let own = entries.last().and_then(|entry| entry.said).unwrap().copied_text;
    for (at, entry) in stamped.iter().rev().take(most).rev() {
        if *at < newest.minus(LATELY) {
            continue;
        }
        let said = entry.said.unwrap();
        by_text.entry(said.copied_text).or_default().insert(&entry.person);
        if said.copied_text == own {
            fresh.push(said.followers.map_or(0.0, |count| match count {
                ..FEW => 1.0,
                MANY.. => -1.0,
                _ => 0.0,
            }));
        }
    }
    let others: Vec<usize> = by_text.iter().filter(|(text, _)| **text != own).map(|(_, who)| who.len()).collect();
    let squares: usize = others.iter().map(|count| count * count).sum();
    Company {
        accounts: by_text[&own].len() as u32,
        usual: (squares + 1) as f64 / (others.iter().sum::<usize>() + 1) as f64,
        fresh: fresh.iter().sum::<f64>() / fresh.len() as f64,
    }
}

proptest! {
    #[test]
    fn however_turns_are_cut_aborted_and_restored_the_company_is_that_of_the_entries(
        turns in proptest::collection::vec(
            (proptest::collection::vec((0..3i64, 0..6u32, 0..9_000i64, 0..4usize), 0..12), 0..3u8), 0..20,
        ),
    ) {
        const FEW_ENTRIES: usize = 10;
        let mut copies = Copies::new(FEW_ENTRIES);
        let mut committed: Vec<SeenEntry> = Vec::new();
        for (entries, fate) in turns {
            let mut open = committed.clone();
            for (text, person, second, followers) in entries {
                let entry = said(text, person, second, [None, Some(3), Some(50), Some(9_000)][followers]);
                open.push(entry.clone());
                prop_assert_eq!(copies.add(&entry).unwrap(), counted_anew(&open, FEW_ENTRIES));
            }
            match fate {
                0 => copies.discard(),
                _ => {
                    copies.merge();
                    committed = open;
                }
            }
            if fate == 2 {
                copies = Copies::new(FEW_ENTRIES);
                for entry in &committed {
                    copies.add(entry);
                }
                copies.merge();
            }
        }
    }
}
