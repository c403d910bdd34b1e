//! From what a test gives to the lines that `firebreak run` would read, in order of time.

use events::{EventTime, Span};
use serde_json::{Map, Value, json};

use super::model::{Given, What};

/// The lines, in order of time; at the same time in order of the file.
pub(super) fn lines(given: &[Given]) -> Vec<Vec<u8>> {
    let mut lines: Vec<(EventTime, Vec<u8>)> = Vec::new();
    for (index, given) in given.iter().enumerate() {
        match &given.what {
            What::Restart => {}
            What::Line(text) => lines.push((given.at, text.clone().into_bytes())),
            What::Other { kind, fields } => {
                let mut fields = fields.clone();
                fields.entry("at").or_insert_with(|| json!(given.at));
                lines.push((given.at, json!({ *kind: fields }).to_string().into_bytes()));
            }
            What::Mentions { fields, texts, authors, series } => {
                let times = times(given.at, series.count, series.every, series.lasts);
                for (number, at) in times.enumerate() {
                    let mention = mention(fields, texts, *authors, at, index, number);
                    lines.push((at, Value::Object(mention).to_string().into_bytes()));
                }
            }
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// `count` instants evenly over each `every`, as long as they lie within `lasts`.
fn times(from: EventTime, count: u64, every: Span, lasts: Span) -> impl Iterator<Item = EventTime> {
    let every = every.as_millis();
    let end = from.plus(lasts);
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let steps = (0..).map(move |step| from.plus(Span::millis(step * every))).take_while(move |begin| *begin < end);
    steps
        .flat_map(move |begin| (0..count).map(move |i| begin.plus(Span::millis(every * i / count))))
        .take_while(move |at| *at < end)
}

fn mention(
    fields: &Map<String, Value>,
    texts: &[String],
    authors: Option<u64>,
    at: EventTime,
    index: usize,
    number: usize,
) -> Map<String, Value> {
    let mut line = fields.clone();
    line.entry("source").or_insert_with(|| json!("x"));
    line.entry("published_at").or_insert_with(|| json!(at));
    if let Some(text) = number.checked_rem(texts.len()).and_then(|turn| texts.get(turn)) {
        line.insert("text".into(), json!(text));
    }
    let own = fields.get("native_id").and_then(Value::as_str);
    let native_id = match own {
        Some(id) if number == 0 => id.to_owned(),
        Some(id) => format!("{id}-{number}"),
        None => format!("given-{index}-{number}"),
    };
    line.insert("native_id".into(), json!(native_id));
    match fields.get("author") {
        Some(Value::String(author)) => {
            line.insert("author".into(), json!({ "id": author, "handle": author }));
        }
        Some(_) => {}
        None => {
            let turn = authors.map_or(number as u64, |authors| number as u64 % authors);
            let author = format!("author-{index}-{turn}");
            line.insert("author".into(), json!({ "id": author, "handle": author }));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::model::Series;
    use super::*;

    fn read(lines: Vec<Vec<u8>>) -> Vec<Value> {
        lines.iter().map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    #[test]
    fn a_series_is_even_in_time_and_takes_turns_with_authors_and_texts() {
        let what = What::Mentions {
            fields: Map::new(),
            texts: vec!["a".into(), "b".into()],
            authors: Some(3),
            series: Series { count: 4, every: Span::minutes(10), lasts: Span::minutes(20) },
        };
        let lines = read(lines(&[Given { at: EventTime::FIRST, what }]));
        assert_eq!(lines.len(), 8);
        assert_eq!(lines[1]["published_at"], "2000-01-01T00:02:30Z");
        assert_eq!(lines[7]["published_at"], "2000-01-01T00:17:30Z");
        assert_eq!((lines[3]["author"]["id"].as_str(), lines[3]["text"].as_str()), (Some("author-0-0"), Some("b")));
        let ids: std::collections::BTreeSet<_> = lines.iter().map(|line| line["native_id"].to_string()).collect();
        assert_eq!(ids.len(), 8, "each mention of a series is one of its own");
    }

    #[test]
    fn lines_come_in_order_of_time() {
        let at = |seconds| EventTime::FIRST.plus(Span::seconds(seconds));
        let line = |text: &str, seconds| Given { at: at(seconds), what: What::Line(text.into()) };
        assert_eq!(lines(&[line("b", 2), line("a", 1), line("c", 2)]), [b"a".to_vec(), b"b".to_vec(), b"c".to_vec()]);
    }
}
