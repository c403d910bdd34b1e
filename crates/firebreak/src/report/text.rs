//! Numbers, times and tables as people read them.

use events::EventTime;

/// `52310` as `52,310`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 case`, `2 cases`.
pub(crate) fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { more })
}

/// The same of a number that a record carries.
pub(crate) fn quantity(number: i64, one: &str, more: &str) -> String {
    counted(unsigned(number), one, more)
}

/// A count of a record, which is never below zero.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A wall-clock time.
pub(super) fn seconds(seconds: f64) -> String {
    if seconds < 60.0 {
        format!("{seconds:.1} seconds")
    } else {
        format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

/// `2026-11-04 00:00:40`, UTC.
pub(crate) fn time(at: EventTime) -> String {
    let text = at.to_string();
    let whole = text.trim_end_matches('Z').split('.').next().unwrap_or_default();
    whole.replace('T', " ")
}

/// A count that need not be whole: at most one digit behind the point.
pub(super) fn expected(number: f64) -> String {
    if number >= 10.0 { thousands(number.round() as u64) } else { format!("{number:.1}") }
}

/// One line of a text from outside, cut to `limit` characters; control characters would move the reader's cursor.
pub(crate) fn quoted(text: &str, limit: usize) -> String {
    let clean: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= limit {
        return format!("\"{words}\"");
    }
    let cut: String = words.chars().take(limit).collect();
    format!("\"{cut}…\"")
}

/// Aligned columns: the first to the left, the others to the right.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|&name| name.to_owned()).collect();
    let all = || std::iter::once(&header).chain(rows);
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for row in all() {
        let mut line = String::from(" ");
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            line += &if index == 0 { format!(" {cell:<width$}") } else { format!("  {cell:>width$}") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_times_and_quotes_are_for_people() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(counted(1, "case", "cases"), "1 case");
        assert_eq!(time(EventTime::parse("2026-11-04T00:00:40.5Z").unwrap()), "2026-11-04 00:00:40");
        assert_eq!(quoted("a\n\u{1b}[2Jb", 80), "\"a [2Jb\"");
        assert_eq!(quoted("abcdef", 3), "\"abc…\"");
    }

    #[test]
    fn columns_are_aligned() {
        let rows = vec![vec!["pr".into(), "1,000".into()], vec!["cards, night".into(), "5".into()]];
        assert_eq!(
            table(&["team", "cases"], &rows),
            "  team          cases\n  pr            1,000\n  cards, night      5\n"
        );
    }
}
