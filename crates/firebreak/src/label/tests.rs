//! Lines of every form, and the shape that outside programs rely on.

use super::*;

fn items(format: Format, input: &str) -> Vec<Item> {
    let mut lines = Lines::new(input.as_bytes(), format, "text".to_owned());
    let mut items = Vec::new();
    loop {
        let read = lines.read(2).unwrap();
        if read.is_empty() {
            return items;
        }
        items.extend(read);
    }
}

#[test]
fn every_line_is_an_item_in_order() {
    let texts = |items: Vec<Item>| {
        items
            .into_iter()
            .map(|item| (item.line, item.id, item.text.unwrap_or_else(|error| format!("! {error}"))))
            .collect::<Vec<_>>()
    };
    let found = texts(items(Format::Text, "one\n\nthree\r\nfour"));
    assert_eq!(
        found.iter().map(|(line, _, text)| (*line, text.as_str())).collect::<Vec<_>>(),
        [(1, "one"), (2, "! the line is empty"), (3, "three"), (4, "four")]
    );
    let found = texts(items(Format::Ndjson, "{\"id\": 7, \"text\": \"a\"}\nnonsense\n\n{\"id\": \"x\"}\n"));
    assert_eq!((found.len(), found[0].1.as_str(), found[3].1.as_str()), (4, "7", "x"));
    assert!(
        found[1].2.starts_with("! the line is not JSON") && found[3].2.contains("no text under `text`"),
        "{found:?}"
    );
    let found = texts(items(Format::Csv, "id,text\n1,\"two\nlines, \"\"quoted\"\"\"\n2,plain\n3\n"));
    assert_eq!(found[0], (2, "1".to_owned(), "two\nlines, \"quoted\"".to_owned()));
    assert_eq!(found[1].0, 4);
    assert!(found[2].2.starts_with('!'));
}

#[test]
fn a_judgement_has_the_shape_that_is_promised() {
    let labeller = Labeller::new(None, None, true).unwrap();
    let item = &items(Format::Text, "I love this crew, thank you so much!")[0];
    let object = labeller.label(item);
    for key in [
        "line",
        "id",
        "language",
        "sentiment",
        "intent",
        "emotion",
        "offensive",
        "hate",
        "irony",
        "harm",
        "main_theme",
        "themes",
        "brands",
        "products",
        "pii",
        "severity",
        "heads",
        "unsure",
        "model",
        "explained",
    ] {
        assert!(object.get(key).is_some(), "{key}");
    }
    assert_eq!(object["sentiment"]["label"], "positive");
    assert_eq!(object["offensive"]["label"], false);
    assert!(object["emotion"]["scores"]["joy"].as_f64().unwrap() > 0.5, "{}", object["emotion"]);
    assert_eq!(object["irony"]["label"], false, "a rule says it");
    assert_eq!(object["pii"], serde_json::json!([]));
    assert!(object["model"].as_str().unwrap().contains("shipped@"));
}

#[test]
fn a_head_says_nothing_in_a_language_that_it_was_not_trained_on() {
    let labeller = Labeller::new(None, None, false).unwrap();
    let item = &items(Format::Text, "der Automat hat meine Karte eingezogen und niemand hilft mir hier")[0];
    let object = labeller.label(item);
    assert_eq!(object["language"]["tag"], "de");
    for head in ["sentiment", "emotion", "offensive", "hate", "irony"] {
        assert!(object[head]["label"].is_null(), "{head}");
        assert!(object["unsure"].as_array().unwrap().contains(&head.into()), "{head}");
    }
}

#[test]
fn a_line_with_an_error_is_answered_with_it() {
    let labeller = Labeller::new(None, None, false).unwrap();
    let object = labeller.label(&items(Format::Ndjson, "nonsense\n")[0]);
    assert_eq!(object["line"], 1);
    assert!(object["error"].is_string() && object.as_object().unwrap().len() == 2);
}
