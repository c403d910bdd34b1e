//! Who writes: a population of returning authors, each at home at one source, with few loud and many quiet ones.

use rand::RngExt;

use crate::random::{Stream, mix, normal_at, weighted};

/// An author as a source shows it.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    pub(crate) id: String,
    /// Empty where the source has none: telephone and mail.
    pub(crate) handle: String,
    pub(crate) name: String,
    pub(crate) followers: Option<i64>,
    pub(crate) verified: bool,
}

/// Sources where people are at home, with their weights.
const HOMES: [(&str, u32); 10] = [
    ("x", 46),
    ("meta", 17),
    ("reddit", 8),
    ("forum", 5),
    ("review", 6),
    ("bluesky", 5),
    ("mastodon", 3),
    ("email", 4),
    ("phone", 3),
    ("chat", 3),
];

/// The share of the population that is loudest, all equally: so that in a crisis thousands of people speak a few times
/// each, and none of them thousands of times.
const LOUDEST: f64 = 0.05;

/// The people who talk about one brand.
#[derive(Debug, Clone)]
pub(crate) struct Population {
    salt: u64,
    size: f64,
}

impl Population {
    /// About 40,000 people at scale 1, more or fewer with the scale.
    pub(crate) fn new(seed: u64, scale: f64) -> Self {
        Self { salt: mix(seed ^ 0x7065_6f70), size: (40_000.0 * scale).clamp(4_000.0, 4_000_000.0) }
    }

    /// Somebody; the ranks follow Zipf's law with a plateau, so that many come back and nobody dominates.
    pub(crate) fn anybody(&self, stream: &mut Stream) -> u64 {
        let share: f64 = stream.random();
        let plateau = LOUDEST * self.size;
        (plateau * ((1.0 + self.size / plateau).powf(share) - 1.0)) as u64
    }

    /// Somebody at home at one of `sources`; after some tries anybody.
    pub(crate) fn anybody_at(&self, stream: &mut Stream, sources: &[&str]) -> u64 {
        let mut person = self.anybody(stream);
        for _ in 0..20 {
            if sources.contains(&self.home(person)) {
                break;
            }
            person = self.anybody(stream);
        }
        person
    }

    /// The source that the person uses.
    pub(crate) fn home(&self, person: u64) -> &'static str {
        let total: u32 = HOMES.iter().map(|home| home.1).sum();
        let mut left = (self.bits(person, 1) % u64::from(total)) as u32;
        for (source, weight) in HOMES {
            if left < weight {
                return source;
            }
            left -= weight;
        }
        "x"
    }

    /// The person as `source` shows them: the same each time.
    pub(crate) fn author(&self, person: u64, source: &str) -> Author {
        let bits = self.bits(person, 2);
        let first = FIRST_NAMES[(bits % FIRST_NAMES.len() as u64) as usize];
        let last = LAST_NAMES[((bits >> 16) % LAST_NAMES.len() as u64) as usize];
        let number = (bits >> 32) % 9_973;
        let name = [first, " ", last].concat();
        match source {
            "phone" => Author {
                id: format!("+4477{:08}", (bits >> 20) % 100_000_000),
                handle: String::new(),
                name,
                followers: None,
                verified: false,
            },
            "email" | "chat" => {
                let id = format!("{}.{}{number}@mail.example", first.to_lowercase(), last.to_lowercase());
                Author { id, handle: String::new(), name, followers: None, verified: false }
            }
            _ => {
                // Log-normal: half have fewer than 220 followers, one in some thousand has a million.
                let followers = (5.4 + 2.2 * normal_at(self.salt, person)).exp().min(4.0e7) as i64;
                let handle = handle(first, last, number, bits >> 50);
                let verified = followers > 60_000 && bits & 3 != 0;
                Author {
                    id: (self.bits(person, 3) >> 4).to_string(),
                    handle,
                    name,
                    followers: Some(followers),
                    verified,
                }
            }
        }
    }

    /// An account made yesterday that nobody follows.
    pub(crate) fn fresh_account(&self, number: u64) -> Author {
        let bits = self.bits(number, 4);
        let first = FIRST_NAMES[(bits % FIRST_NAMES.len() as u64) as usize];
        let handle = format!("{}{:08}", first.to_lowercase(), (bits >> 8) % 100_000_000);
        let id = (self.bits(number, 5) >> 4).to_string();
        Author { id, handle, name: first.to_owned(), followers: Some((bits >> 40) as i64 % 12), verified: false }
    }

    fn bits(&self, person: u64, of: u64) -> u64 {
        mix(self.salt ^ mix(person.wrapping_mul(8).wrapping_add(of)))
    }
}

fn handle(first: &str, last: &str, number: u64, style: u64) -> String {
    match style % 5 {
        0 => format!("{}{}", first.to_lowercase(), number),
        1 => format!("{}_{}{}", first.to_lowercase(), last.to_lowercase(), number % 100),
        2 => format!("{first}{last}{}", number % 1_000),
        3 => format!("the{}{}", last.to_lowercase(), number),
        _ => format!("{}{}{}", last.to_lowercase(), first.to_lowercase(), number % 1_000),
    }
}

/// One of the outlets, with its source and readers.
pub(crate) fn outlet(stream: &mut Stream) -> (&'static str, Author) {
    let (handle, name, followers, source) = OUTLETS[weighted(stream, OUTLETS.iter().map(|_| 1))];
    let author = Author {
        id: handle.to_owned(),
        handle: handle.to_owned(),
        name: name.to_owned(),
        followers: Some(followers),
        verified: true,
    };
    (source, author)
}

const OUTLETS: [(&str, &str, i64, &str); 8] = [
    ("morningledger", "The Morning Ledger", 2_400_000, "news"),
    ("northwire", "Northwire", 5_100_000, "x"),
    ("harbourpost", "The Coast Post", 310_000, "news"),
    ("citydispatch", "City Dispatch", 890_000, "news"),
    ("northwire", "Northwire", 5_100_000, "news"),
    ("travelgazette", "Travel Gazette", 150_000, "news"),
    ("radiofive24", "Radio Five 24", 1_200_000, "x"),
    ("consumerwatch", "Consumer Watch", 460_000, "news"),
];

const FIRST_NAMES: [&str; 56] = [
    "Ada", "Ben", "Cara", "Dev", "Ella", "Finn", "Gita", "Hugo", "Ines", "Jo", "Kofi", "Lena", "Mia", "Noor", "Omar",
    "Pia", "Quinn", "Rosa", "Sam", "Tara", "Uma", "Vik", "Wes", "Xenia", "Yara", "Zoe", "Alan", "Bea", "Carl", "Dina",
    "Eric", "Fay", "Gwen", "Hal", "Iris", "Jack", "Kim", "Leo", "Mona", "Nick", "Olga", "Paul", "Rita", "Stan", "Tom",
    "Vera", "Will", "Amir", "Bo", "Chloe", "Dan", "Emil", "Greta", "Ivan", "Lou", "Max",
];

const LAST_NAMES: [&str; 48] = [
    "Abara", "Barnes", "Castro", "Dietz", "Evans", "Frost", "Grant", "Hale", "Ito", "Jansen", "Kaur", "Lopez", "Meyer",
    "Novak", "Okoye", "Price", "Quist", "Reyes", "Shah", "Tanaka", "Usman", "Vogel", "Walsh", "Yilmaz", "Zhang",
    "Ashby", "Bloom", "Crane", "Doyle", "Engel", "Flynn", "Gomez", "Hurst", "Irwin", "Joshi", "Keller", "Lang",
    "Marsh", "Nolan", "Osei", "Pratt", "Rossi", "Silva", "Thorne", "Ueda", "Voss", "Weber", "York",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn followers_are_few_for_most_and_millions_for_some() {
        let people = Population::new(1, 1.0);
        let mut followers: Vec<i64> = (0..40_000).filter_map(|person| people.author(person, "x").followers).collect();
        followers.sort_unstable();
        assert!((150..320).contains(&followers[20_000]));
        let millions = followers.iter().filter(|count| **count > 1_000_000).count();
        assert!((1..40).contains(&millions), "{millions} with millions");
    }

    #[test]
    fn some_people_come_back_and_nobody_dominates() {
        let people = Population::new(1, 1.0);
        let mut stream = stream(1, Purpose::Background);
        let mut times = std::collections::BTreeMap::new();
        for _ in 0..20_000 {
            *times.entry(people.anybody(&mut stream)).or_insert(0_u32) += 1;
        }
        let most = times.values().max().copied().unwrap();
        assert!((5..30).contains(&most), "the loudest wrote {most} times");
        let once = times.values().filter(|count| **count == 1).count();
        assert!(once * 3 > times.len(), "{once} of {} wrote once", times.len());
    }
}
