//! Spans of time as people write them: `500ms`, `5s`, `10m`, `2h`, `3d`, `3w`, and sums such as `1h30m`.

use std::time::Duration;

use events::Span;

/// Units, the longer names first, so that `ms` is not read as minutes.
const UNITS: [(&str, i64); 6] =
    [("ms", 1), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];

/// Reads a span.
///
/// # Errors
/// What was expected.
pub fn parse(text: &str) -> Result<Span, String> {
    let mistake = || format!("`{text}` is no span of time: write it like 500ms, 5s, 10m, 2h, 3d, 3w or 1h30m");
    let mut rest = text.trim();
    let mut total: i64 = 0;
    if rest.is_empty() {
        return Err(mistake());
    }
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit()).ok_or_else(mistake)?;
        let (number, after) = rest.split_at(digits);
        let number: i64 = number.parse().map_err(|_| mistake())?;
        let (unit, millis) = UNITS.into_iter().find(|(unit, _)| after.starts_with(unit)).ok_or_else(mistake)?;
        total = number.checked_mul(millis).and_then(|part| total.checked_add(part)).ok_or_else(mistake)?;
        rest = after.strip_prefix(unit).unwrap_or_default();
    }
    Ok(Span::millis(total))
}

/// Reads a span above zero.
///
/// # Errors
/// What was expected.
pub fn parse_positive(text: &str) -> Result<Span, String> {
    let span = parse(text)?;
    if span.as_millis() > 0 { Ok(span) } else { Err(format!("`{text}` must be longer than nothing")) }
}

/// Reads a span above zero as the system counts time.
///
/// # Errors
/// What was expected.
pub fn parse_time(text: &str) -> Result<Duration, String> {
    let span = parse_positive(text)?;
    Ok(Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_sums_are_read() {
        assert_eq!(parse("500ms"), Ok(Span::millis(500)));
        assert_eq!(parse("10m"), Ok(Span::minutes(10)));
        assert_eq!(parse("3w"), Ok(Span::days(21)));
        assert_eq!(parse("1h30m"), Ok(Span::minutes(90)));
    }

    #[test]
    fn what_is_no_span_is_refused_with_examples() {
        for text in ["", "5", "s", "5 s", "-5s", "5y", "99999999999999999999s", "9999999999999999w"] {
            assert!(parse(text).is_err_and(|why| why.contains("10m")), "{text}");
        }
        assert!(parse_positive("0s").is_err());
    }
}
