//! The nearest known word to one that nobody knows.

/// A remedy: the nearest of `known` as a question, or what there is to choose from.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    let distance = |other: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase());
    let nearest = known.iter().map(|other| (distance(other), *other)).min();
    // A third of the letters may differ: more is a guess.
    if let Some((distance, other)) = nearest
        && distance * 3 <= word.chars().count().max(other.chars().count())
    {
        return format!("did you mean `{other}`?");
    }
    choose_from(&known)
}

fn choose_from(known: &[&str]) -> String {
    const SHOWN: usize = 12;
    if known.is_empty() {
        return "there is none yet".into();
    }
    let list: Vec<String> = known.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
    let more = if known.len() > SHOWN { " …" } else { "" };
    format!("there are {}{more}", list.join(", "))
}
