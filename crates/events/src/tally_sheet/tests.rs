use proptest::prelude::*;

use super::*;

/// What a stage would know of one mention; small ranges, so that rows meet.
#[derive(Debug, Clone)]
struct Counted {
    brand: BrandId,
    theme: Option<String>,
    kind: MentionKind,
    intent: Option<Intent>,
    class: &'static str,
    at: EventTime,
    person: i64,
    repost: bool,
    tone: Option<Tone>,
    id: MentionId,
    terms: Vec<&'static str>,
    offset: i64,
}

fn counted() -> impl Strategy<Value = Counted> {
    let key = (0..2u8, proptest::option::of(0..3u8), 0..2u8, 0..3u8, 0..2u8, 0..180_000i64);
    let rest =
        (any::<i64>(), any::<bool>(), 0..3u8, 0..50u8, proptest::collection::btree_set(0..6usize, 0..4), 0..1_000i64);
    (key, rest).prop_map(|((brand, theme, kind, intent, class, at), (person, repost, tone, id, terms, offset))| {
        Counted {
            brand: BrandId::new(format!("b{brand}")),
            theme: theme.map(|theme| format!("t{theme}")),
            kind: [MentionKind::Create, MentionKind::Edit][usize::from(kind)],
            intent: [None, Some(Intent::Complaint), Some(Intent::Query)][usize::from(intent)],
            class: ["social", "forum"][usize::from(class)],
            at: EventTime::from_millis(at),
            person,
            repost,
            tone: [None, Some(Tone::Negative), Some(Tone::Positive)][usize::from(tone)],
            id: MentionId::new(format!("m{id}")),
            terms: terms.into_iter().map(|term| ["delay", "gate", "crew", "refund", "bag", "app"][term]).collect(),
            offset,
        }
    })
}

fn tallies(all: &[Counted]) -> Vec<Tally> {
    let mut sheet = TallySheet::new("classify", Partition(3));
    for one in all {
        sheet.count(TallyEntry {
            brand: &one.brand,
            subject_kind: if one.theme.is_some() { SubjectKind::Theme } else { SubjectKind::Volume },
            subject: one.theme.as_deref(),
            kind: one.kind,
            intent: one.intent,
            source_class: one.class,
            minute: one.at,
            person: one.person,
            repost: one.repost,
            tone: one.tone,
            sample: &one.id,
            terms: &one.terms,
            offset: Offset(one.offset),
        });
    }
    sheet.into_tallies()
}

/// Adds tallies by what tells them apart, as a reader of the topic does; samples and terms are left aside.
fn added(parts: [Vec<Tally>; 2]) -> Vec<Tally> {
    let mut sums: Vec<Tally> = Vec::new();
    for tally in parts.into_iter().flatten() {
        let Some(sum) = sums.iter_mut().find(|sum| Tally::key_order(sum, &tally) == Ordering::Equal) else {
            sums.push(tally);
            continue;
        };
        sum.mentions += tally.mentions;
        sum.reposts += tally.reposts;
        sum.negative += tally.negative;
        sum.positive += tally.positive;
        sum.persons.merge(&tally.persons);
        sum.lineage.first_offset = sum.lineage.first_offset.min(tally.lineage.first_offset);
        sum.lineage.last_offset = sum.lineage.last_offset.max(tally.lineage.last_offset);
    }
    sums.sort_by(Tally::key_order);
    without_examples(sums)
}

fn without_examples(mut tallies: Vec<Tally>) -> Vec<Tally> {
    for tally in &mut tallies {
        tally.samples.clear();
        tally.terms.clear();
    }
    tallies
}

proptest! {
    #[test]
    fn adding_the_tallies_of_two_batches_is_counting_both_on_one_sheet(
        left in proptest::collection::vec(counted(), 0..400),
        right in proptest::collection::vec(counted(), 0..400),
    ) {
        let both: Vec<Counted> = left.iter().chain(&right).cloned().collect();
        prop_assert_eq!(added([tallies(&left), tallies(&right)]), without_examples(tallies(&both)));
    }

    #[test]
    fn every_mention_is_counted_once_and_keys_rise(all in proptest::collection::vec(counted(), 0..200)) {
        let tallies = tallies(&all);
        prop_assert_eq!(tallies.iter().map(|tally| tally.mentions).sum::<i64>(), all.len() as i64);
        for pair in tallies.windows(2) {
            prop_assert_eq!(Tally::key_order(&pair[0], &pair[1]), Ordering::Less);
        }
    }
}

#[test]
fn a_tally_keeps_the_first_five_samples_and_the_sixteen_most_frequent_terms() {
    let brand = BrandId::from("b");
    let terms: Vec<String> = (0..20).map(|i| format!("term{i:02}")).collect();
    let ids: Vec<MentionId> = (0..20).map(|i| MentionId::new(format!("m{i:02}"))).collect();
    let mut sheet = TallySheet::new("enrich", Partition(0));
    for (i, id) in ids.iter().enumerate() {
        // The later the term, the more mentions have it; the last two are equally frequent.
        let with: Vec<&str> = terms.iter().skip(19usize.saturating_sub(i + 1)).map(String::as_str).collect();
        sheet.count(TallyEntry {
            brand: &brand,
            subject_kind: SubjectKind::Volume,
            subject: None,
            kind: MentionKind::Create,
            intent: None,
            source_class: "social",
            minute: EventTime::from_millis(61_000),
            person: i as i64 % 7,
            repost: i == 3,
            tone: None,
            sample: id,
            terms: &with,
            offset: Offset(100 - i as i64),
        });
    }
    let tallies = sheet.into_tallies();
    let [tally] = tallies.as_slice() else { panic!("one row, got {}", tallies.len()) };
    assert_eq!(tally.samples, ids[..5]);
    assert_eq!(tally.terms.len(), 16);
    assert_eq!((tally.terms[0].term.as_str(), tally.terms[0].count), ("term18", 20));
    assert_eq!((tally.terms[1].term.as_str(), tally.terms[1].count), ("term19", 20));
    assert_eq!((tally.terms[15].term.as_str(), tally.terms[15].count), ("term04", 6));
    assert_eq!((tally.mentions, tally.reposts, tally.persons.count()), (20, 1, 7));
    assert_eq!((tally.lineage.first_offset, tally.lineage.last_offset), (81, 100));
    assert_eq!(tally.minute, EventTime::from_millis(60_000));
}
