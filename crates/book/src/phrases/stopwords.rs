//! Words that say nothing about the matter, whatever the book.

/// Whether `word`, folded and of four letters or more, stands in so many texts that it tells none from another.
pub fn is_stopword(word: &str) -> bool {
    let Some(first) = word.bytes().next() else { return false };
    let group = usize::from(first).saturating_sub(usize::from(b'a')).min(LETTERS);
    // Few words are as long and begin alike, so hardly any is compared to its end.
    let begins = word.as_bytes().first_chunk::<4>();
    let like = |known: &&str| known.len() == word.len() && known.as_bytes().first_chunk() == begins;
    STOPWORDS[STARTS[group]..STARTS[group + 1]].iter().any(|known| like(known) && *known == word)
}

/// Letters that a group of words begins with; one group more has all others behind `z`.
const LETTERS: usize = 26;

/// Where each group begins, and where the last one ends: fewer words to compare with.
const STARTS: [usize; LETTERS + 2] = {
    let mut starts = [STOPWORDS.len(); LETTERS + 2];
    let mut at = STOPWORDS.len();
    while at > 0 {
        at -= 1;
        let group = STOPWORDS[at].as_bytes()[0] as usize - b'a' as usize;
        starts[if group < LETTERS { group } else { LETTERS }] = at;
    }
    // A letter without words begins where the next one does.
    let mut group = LETTERS;
    while group > 0 {
        group -= 1;
        if starts[group] > starts[group + 1] {
            starts[group] = starts[group + 1];
        }
    }
    starts
};

/// Sorted by bytes. English first of all; the commonest of other languages of Europe; what every text about an airline, a bank
/// or a hotel says.
#[rustfmt::skip]
const STOPWORDS: [&str; 239] = [
    "aber", "about", "actually", "after", "again", "ahora", "airline", "algo", "alle", "almost", "along", "already",
    "also", "always", "anche", "another", "anyone", "anything", "around", "asked", "auch", "avec", "away", "back",
    "bank", "because", "been", "before", "being", "best", "better", "both", "came", "cannot", "come", "comes",
    "coming", "como", "completely", "could", "cuando", "dans", "dass", "della", "desde", "dich", "didn", "diese",
    "does", "doing", "donde", "done", "down", "durch", "each", "eine", "einem", "einen", "einer", "elle", "ellos",
    "else", "esta", "este", "esto", "even", "ever", "every", "everyone", "everything", "feel", "find", "first",
    "from", "fuer", "getting", "give", "given", "goes", "going", "gone", "gonna", "good", "gotta", "great", "habe",
    "haben", "hace", "hasta", "hatte", "have", "haven", "having", "hello", "here", "honestly", "hotel", "http",
    "https", "ihre", "into", "itself", "just", "keep", "kein", "keine", "know", "last", "later", "least", "less",
    "like", "literally", "little", "look", "made", "mais", "make", "makes", "making", "many", "maybe", "mehr", "mein",
    "meine", "mich", "might", "mine", "more", "most", "much", "muss", "must", "myself", "need", "never", "next",
    "nicht", "nobody", "noch", "nothing", "nous", "once", "only", "other", "over", "para", "people", "pero", "please",
    "porque", "pour", "quand", "quite", "really", "said", "same", "says", "should", "since", "some", "someone",
    "something", "still", "such", "sure", "take", "tell", "than", "thank", "thanks", "that", "their", "them", "then",
    "there", "these", "they", "thing", "things", "think", "this", "those", "though", "thought", "through", "till",
    "time", "today", "told", "tomorrow", "took", "toujours", "trop", "trying", "under", "unos", "unter", "until",
    "upon", "used", "using", "usually", "very", "viel", "voor", "votre", "vous", "want", "wanted", "wants", "wasn",
    "well", "went", "were", "weren", "what", "when", "where", "which", "while", "whole", "will", "wird", "with",
    "without", "wont", "worden", "would", "wouldn", "wurde", "years", "yesterday", "your", "yours", "yourself",
    "zijn", "être", "über",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrases::FoldedText;

    #[test]
    fn stopwords_are_sorted_and_folded_so_that_they_are_found() {
        assert!(STOPWORDS.is_sorted());
        assert!(STOPWORDS.iter().all(|word| FoldedText::new(word).as_str() == *word));
        assert!(is_stopword("because") && is_stopword("über") && !is_stopword("luggage"));
    }
}
