//! Words that say nothing about the matter, whatever the book.

/// Whether `word`, folded and of four letters or more, stands in so many texts that it tells none from another.
pub fn is_stopword(word: &str) -> bool {
    let Some(begins) = word.as_bytes().first_chunk::<4>() else { return false };
    let mut slot = slot(*begins, word.len());
    // Few words share a slot, and every chain ends with one that is free.
    while let Some(known) = STOPWORDS.get(usize::from(SLOTS[slot])) {
        if *known == word {
            return true;
        }
        slot = (slot + 1) % SLOTS.len();
    }
    false
}

/// As a power of two, more than four times as many slots as there are words.
const SLOT_BITS: u32 = 10;

/// Where each word is in the list, by the hash of its beginning and its length, or in the next slot that was free; what lies
/// behind the list is free.
static SLOTS: [u8; 1 << SLOT_BITS] = {
    let mut slots = [u8::MAX; 1 << SLOT_BITS];
    let mut at = 0;
    while at < STOPWORDS.len() {
        let word = STOPWORDS[at].as_bytes();
        let mut slot = slot([word[0], word[1], word[2], word[3]], word.len());
        while slots[slot] != u8::MAX {
            slot = (slot + 1) % slots.len();
        }
        slots[slot] = at as u8;
        at += 1;
    }
    slots
};

const fn slot(begins: [u8; 4], length: usize) -> usize {
    let number = u32::from_le_bytes(begins) ^ ((length as u32) << 28);
    (number.wrapping_mul(0x9e37_79b1) >> (u32::BITS - SLOT_BITS)) as usize
}

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
        assert!(STOPWORDS.iter().all(|word| is_stopword(word) && !is_stopword(&format!("{word}x"))));
        assert!(["luggage", "abe", "", "befor", "üb"].iter().all(|word| !is_stopword(word)));
    }
}
