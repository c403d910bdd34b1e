//! The known word nearest to a mistyped one.

/// The nearest of `known`, when it is near enough to have been meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|candidate| (strsim::jaro_winkler(word, candidate), candidate));
    // Above 0.75 a slip of the finger is likelier than another word; below it a suggestion would only puzzle.
    scored.filter(|(score, _)| *score > 0.75).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, candidate)| candidate)
}

/// ` (did you mean …?)`, or nothing.
pub fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|known| format!(", did you mean `{known}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_corrected_and_another_word_is_not() {
        assert_eq!(nearest("incidnets", ["cases", "incidents"]), Some("incidents"));
        assert_eq!(nearest("zebra", ["cases", "incidents"]), None);
    }
}
