//! What was heard: mentions that no theme covers, as who said when which terms.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use book::Book;
use classify::Classify;
use events::{
    AuthorRole, BrandId, ClassifiedMention, EnrichedMention, EventTime, Intent, MentionKind, Span, TextSpan,
    person_hash,
};

use super::rank::{Brand, Sample, rank};
use super::terms::terms;

/// Samples kept of a term, the newest.
const SAMPLES: usize = 2;
/// What stands in place of personal data.
const MASK: &str = "▮";

/// Counts what no theme covers.
pub struct Uncovered {
    book: Arc<Book>,
    judge: Classify,
    brands: HashMap<BrandId, Said>,
}

/// What people said about a brand.
#[derive(Default)]
pub(super) struct Said {
    /// Mentions about it, covered or not.
    pub(super) mentions: u64,
    /// Those that no theme covers.
    pub(super) uncovered: Vec<Utterance>,
    numbers: HashMap<String, u32>,
    /// By number.
    pub(super) terms: Vec<Term>,
    /// Texts that copies share, heard already.
    copied: HashSet<i64>,
}

/// A term, and who used it last.
pub(super) struct Term {
    pub(super) text: String,
    /// The oldest first.
    pub(super) samples: Vec<Sample>,
}

/// One mention that no theme covers.
pub(super) struct Utterance {
    pub(super) at: EventTime,
    pub(super) person: i64,
    pub(super) terms: Box<[u32]>,
}

/// All that was counted.
#[derive(Debug)]
pub struct Heard {
    /// The time up to which was heard.
    pub until: EventTime,
    /// The time from which on was heard.
    pub since: EventTime,
    /// What rises, for each brand in the order of the book.
    pub brands: Vec<Brand>,
}

impl Uncovered {
    /// Nothing heard yet.
    ///
    /// # Errors
    /// A phrase of the book cannot be used.
    pub fn new(book: Arc<Book>) -> Result<Self, classify::LexiconError> {
        Ok(Self { judge: Classify::new(Arc::clone(&book))?, book, brands: HashMap::new() })
    }

    /// Hears one mention. Only first revisions count, and neither the brand's own voice nor advertising.
    pub fn hear(&mut self, enriched: EnrichedMention) {
        let own_voice = enriched.mention.from_brand || enriched.enrichment.author_role == AuthorRole::Brand;
        if !enriched.enrichment.first || own_voice || enriched.mention.kind == MentionKind::Delete {
            return;
        }
        let ClassifiedMention { mention, enrichment, classification } = self.judge.judge(enriched);
        if classification.intent.label == Some(Intent::Noise) {
            return;
        }
        let mut found: Option<Vec<String>> = None;
        for brand in classify::brands(&self.book, &enrichment) {
            let said = self.brands.entry(brand.clone()).or_default();
            said.mentions += 1;
            // A theme for whatever no other covers does not say what it is.
            let covers = |theme: &events::ThemeFinding| {
                theme.brand == *brand && self.book.theme(&theme.id).is_some_and(|theme| !theme.otherwise)
            };
            let copy = enrichment.copied_text.is_some_and(|text| !said.copied.insert(text));
            if copy || classification.themes.iter().any(covers) {
                continue;
            }
            let found = found.get_or_insert_with(|| terms(&mention.text, &enrichment));
            let text = masked(&mention.text, enrichment.personal_data.iter().map(|personal| personal.span));
            let person = person_hash(&enrichment.person);
            said.add(&Sample { at: mention.event_time, person, text: text.into() }, found);
        }
    }

    /// What rose in the last `window` beside the time before it; the `top` of each brand.
    pub fn rising(mut self, window: Span, top: usize) -> Option<Heard> {
        let times = || self.brands.values().flat_map(|said| said.uncovered.iter().map(|said| said.at));
        let (since, until) = (times().min()?, times().max()?);
        let from = until.minus(window);
        let brands =
            self.book.brands.iter().filter_map(|brand| Some((brand.id.clone(), self.brands.remove(&brand.id)?)));
        let brands = brands.map(|(id, said)| rank(id, said, from, top)).collect();
        Some(Heard { until, since, brands })
    }
}

impl Said {
    fn add(&mut self, sample: &Sample, terms: &[String]) {
        let numbers: Vec<u32> = terms.iter().map(|term| self.number(term)).collect();
        for number in &numbers {
            if let Some(term) = self.terms.get_mut(*number as usize) {
                term.keep(sample);
            }
        }
        self.uncovered.push(Utterance { at: sample.at, person: sample.person, terms: numbers.into() });
    }

    fn number(&mut self, term: &str) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            return *number;
        }
        let number = self.terms.len() as u32;
        self.numbers.insert(term.to_owned(), number);
        self.terms.push(Term { text: term.to_owned(), samples: Vec::new() });
        number
    }
}

impl Term {
    /// Keeps the newest, of different people.
    fn keep(&mut self, sample: &Sample) {
        self.samples.retain(|kept| kept.person != sample.person);
        self.samples.push(sample.clone());
        self.samples.sort_by_key(|sample| sample.at);
        if self.samples.len() > SAMPLES {
            self.samples.remove(0);
        }
    }
}

/// The text without these places.
fn masked(text: &str, spans: impl Iterator<Item = TextSpan>) -> String {
    let (mut masked, mut at) = (String::new(), 0);
    for span in spans {
        masked += text.get(at..span.start as usize).unwrap_or_default();
        masked += MASK;
        at = span.end as usize;
    }
    masked + text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use events::PersonalData;
    use testkit::build::{AT, at, enriched, mention};

    use super::*;

    const HOUR: Span = Span::hours(1);

    /// The example book of a hotel without its theme of this id.
    fn hotel_without(theme: &str) -> Arc<Book> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../books/hotel");
        let mut book = book::load_dir(&folder).unwrap();
        book.themes.retain(|kept| kept.id.as_str() != theme);
        Arc::new(book)
    }

    fn said(number: i64, author: &str, after: Span, text: &str) -> EnrichedMention {
        enriched(at(mention(&number.to_string(), author, text), AT.plus(after)), "harbour")
    }

    /// Two days of talk, five people an hour.
    fn quiet_days(uncovered: &mut Uncovered) {
        for number in 0..240 {
            let text = format!("Walked along the promenade this morning, guest {number} says hello from the seaside");
            uncovered.hear(said(number, &format!("guest{number}"), Span::minutes(12 * number), &text));
        }
    }

    /// Twenty people about the car park, in the third day's first hour.
    fn car_park(uncovered: &mut Uncovered) {
        for number in 0..20 {
            let text = format!(
                "The car park ticket ran out at ten thirty and guest {number} got a fine from the barrier people"
            );
            uncovered.hear(said(1_000 + number, &format!("driver{number}"), Span::minutes(2_880 + number), &text));
        }
    }

    fn terms(uncovered: Uncovered) -> Vec<(String, u64)> {
        let heard = uncovered.rising(HOUR, 20).unwrap();
        heard.brands.into_iter().flat_map(|brand| brand.rising).map(|rising| (rising.term, rising.people)).collect()
    }

    #[test]
    fn what_many_say_all_at_once_rises_until_a_theme_covers_it() {
        let mut uncovered = Uncovered::new(hotel_without("parking_expiry")).unwrap();
        quiet_days(&mut uncovered);
        car_park(&mut uncovered);
        let found = terms(uncovered);
        assert!(found.contains(&("park ticket".into(), 20)), "the pair, and not its words: {found:?}");
        assert!(!found.iter().any(|(term, _)| term.contains("seaside")), "what was said all along: {found:?}");

        let mut covered = Uncovered::new(hotel_without("none of them")).unwrap();
        quiet_days(&mut covered);
        car_park(&mut covered);
        assert_eq!(terms(covered), []);
    }

    #[test]
    fn neither_one_who_writes_often_nor_a_text_that_many_copy_makes_a_term_rise() {
        let mut uncovered = Uncovered::new(hotel_without("none of them")).unwrap();
        quiet_days(&mut uncovered);
        for number in 0..50 {
            let after = Span::minutes(2_880 + number);
            let text = format!("Lobster number {number} of this wonderful evening");
            uncovered.hear(said(1_000 + number, "gourmet", after, &text));
            let mut copy =
                said(2_000 + number, &format!("bot{number}"), after, "Everybody boycott the promenade tonight friends");
            copy.enrichment.copied_text = Some(7);
            uncovered.hear(copy);
        }
        assert_eq!(terms(uncovered), []);
    }

    #[test]
    fn what_tells_who_wrote_is_no_term_and_in_no_sample() {
        let mut uncovered = Uncovered::new(hotel_without("none of them")).unwrap();
        quiet_days(&mut uncovered);
        for number in 0..9 {
            let text = "Somebody called Wilhelmina left her umbrella upstairs";
            let mut lost = said(1_000 + number, &format!("guest{number}"), Span::minutes(2_880 + number), text);
            let start = text.find("Wilhelmina").unwrap() as i64;
            let span = TextSpan { start, end: start + "Wilhelmina".len() as i64 };
            lost.enrichment.personal_data = vec![PersonalData { kind: "name".into(), span }];
            uncovered.hear(lost);
        }
        let heard = uncovered.rising(HOUR, 20).unwrap();
        let rising: Vec<_> = heard.brands.iter().flat_map(|brand| &brand.rising).collect();
        assert!(rising.iter().any(|rising| rising.term.contains("umbrella")), "{rising:?}");
        assert!(!format!("{rising:?}").to_lowercase().contains("wilhelmina"), "{rising:?}");
    }
}
