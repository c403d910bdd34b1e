use proptest::prelude::*;

use super::*;

/// A small book that is right, with one of everything.
const GOOD: &str = r#"
name: Nova
brands:
  - id: nova
    name: Nova
    names: [nova mobile, "@nova"]
    ambiguous: [nova]
    context: [bill, price]
    false_friends: [telescope]
    accounts: ["x:nova"]
    staff: ["x:jo"]
    threshold: 0.6
    language: en
    rules:
      - id: nova-price
        any: [nova mobile, "@nova"]
        with: [price]
        none: [telescope]
    products:
      - id: sim-only
        name: sim only
        aliases: [simo]
    owner: care
teams:
  - id: care
    name: Customer care
    recipient: team:care
  - {id: night, name: Night}
themes:
  - id: bill
    name: Bills
    brands: [nova]
    any: [bill went up, "over* ~2 charged"]
    none: [bill gates]
    reasons:
      - {id: rise, any: [went up]}
    points: 5
    safety: false
    owner: care
routes:
  - id: at-night
    when: {brands: [nova], intents: [complaint], themes: [bill], harm: [threat], languages: [en], sources: [x], min_severity: 10, owned: true, hours: 22-6}
    team: night
default_team: care
clocks:
  - id: all
    when: {owned: true}
    first_reply: 10m
    warn_at: 0.7
sources: {x: social}
press: ["x:the_daily"]
detection: {min_mentions: 5, min_people: 3, min_ratio: 1.5, false_alarms_per_week: 0.5}
"#;

fn one(text: &str) -> Vec<(String, String)> {
    vec![("book.yaml".to_owned(), text.to_owned())]
}

fn errors(text: &str) -> Vec<String> {
    match load(&one(text)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(BookError::to_string).collect(),
    }
}

/// The good book with its only `from` replaced.
fn with(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` stands once in the good book");
    GOOD.replace(from, to)
}

#[test]
fn a_good_book_loads_with_everything_it_says() {
    let book = load(&one(GOOD)).unwrap();
    assert_eq!(book.brands[0].threshold, 0.6);
    assert_eq!(book.brands[0].rules[0].with, ["price"]);
    assert_eq!(book.brands[0].products[0].aliases, ["simo"]);
    assert_eq!(book.teams[0].recipient.as_str(), "team:care");
    assert_eq!(book.teams[1].recipient.as_str(), "night");
    assert_eq!(book.themes[0].owner.as_deref(), Some("care"));
    assert_eq!(book.themes[0].reasons[0].id, "rise");
    assert_eq!(book.routes[0].when.hours, Some((22, 6)));
    assert_eq!(book.routes[0].when.harm, [events::HarmClass::Threat]);
    assert_eq!(book.clocks[0].first_reply, events::Span::minutes(10));
    assert_eq!(book.source_class("x"), SourceClass::Social);
    assert_eq!(book.press, ["x:the_daily"]);
    assert_eq!(book.detection.min_people, 3);
    assert_eq!(book.version.as_str().len(), 12);
}

/// Each mistake alone: what is replaced, by what, and what is said of it.
const MISTAKES: [(&str, &str, &str); 46] = [
    (
        "    ambiguous: [nova]",
        "    ambigous: [nova]",
        "book.yaml:7:5: brands[0].ambigous: no such key: did you mean `ambiguous`?",
    ),
    (
        "    owner: care\nteams",
        "    owner: car\nteams",
        "book.yaml:23:12: brands[0].owner: no team `car`: did you mean `care`?",
    ),
    (
        "    owner: care\nroutes",
        "routes",
        "book.yaml:30:5: themes[0]: `owner` is missing: name the team that answers for it, such as `owner: care`",
    ),
    (
        "    owner: care\nteams",
        "teams",
        "book.yaml:4:5: brands[0]: `owner` is missing: name the team that answers for the brand, such as `owner: care`",
    ),
    (
        "default_team: care",
        "default_team: nobody",
        "book.yaml:44:15: default_team: no team `nobody`: there are `care`, `night`",
    ),
    (
        "default_team: care\n",
        "",
        "book.yaml:1:1: `default_team` is missing in the book: name the team that gets what no route matches",
    ),
    (
        "name: Nova\nbrands",
        "brands",
        "book.yaml:1:1: `name` is missing in the book: add a name for people, such as `name: Skyline Air`",
    ),
    (
        "themes: [bill]",
        "themes: [bil]",
        "book.yaml:42:59: routes[0].when.themes[0]: no theme `bil`: did you mean `bill`?",
    ),
    (
        "    brands: [nova]\n    any",
        "    brands: [nora]\n    any",
        "book.yaml:32:14: themes[0].brands[0]: no brand `nora`: did you mean `nova`?",
    ),
    (
        "intents: [complaint]",
        "intents: [complain]",
        "book.yaml:42:38: routes[0].when.intents[0]: `complain` is no word that fits here: did you mean `complaint`?",
    ),
    (
        "harm: [threat]",
        "harm: [treat]",
        "book.yaml:42:73: routes[0].when.harm[0]: `treat` is no word that fits here: did you mean `threat`?",
    ),
    (
        "sources: {x: social}",
        "sources: {x: sozial}",
        "book.yaml:50:14: sources.x: `sozial` is no word that fits here: did you mean `social`?",
    ),
    (
        "sources: {x: social}",
        "sources: {X: social}",
        "book.yaml:50:11: sources.X: `X` is no name of a source: use lower-case letters, digits, `_`, `-` and `.`",
    ),
    ("sources: [x]", "sources: [y]", "book.yaml:42:109: routes[0].when.sources[0]: no source `y`: there are `x`"),
    (
        "languages: [en]",
        "languages: [English]",
        "book.yaml:42:94: routes[0].when.languages[0]: `English` is no language tag: write a tag such as `en`, `es` or `pt-BR`",
    ),
    (
        "hours: 22-6",
        "hours: 22-25",
        "book.yaml:42:151: routes[0].when.hours: these are no hours of a day: write first and last hour in UTC, such as `22-6` or `9-17`, from 0 to 24",
    ),
    (
        "hours: 22-6",
        "hours: 6-6",
        "book.yaml:42:151: routes[0].when.hours: these are no hours of a day: write first and last hour in UTC, such as `22-6` or `9-17`, from 0 to 24",
    ),
    (
        "min_severity: 10",
        "min_severity: 101",
        "book.yaml:42:127: routes[0].when.min_severity: 101 is out of range: write a whole number from 0 to 100",
    ),
    (
        "warn_at: 0.7",
        "warn_at: 1",
        "book.yaml:49:14: clocks[0].warn_at: 1 is out of range: write a number above 0 and below 1",
    ),
    (
        "warn_at: 0.7",
        "warn_at: 0",
        "book.yaml:49:14: clocks[0].warn_at: 0 is out of range: write a number above 0 and below 1",
    ),
    ("warn_at: 0.7", "warn_at: .nan", "book.yaml:49:14: clocks[0].warn_at: expected a number, found `.nan`"),
    (
        "warn_at: 0.7",
        "warn_at: \"0.7\"",
        "book.yaml:49:14: clocks[0].warn_at: expected a number, found `0.7`: take the quotes away",
    ),
    (
        "first_reply: 10m",
        "first_reply: 10 min",
        "book.yaml:48:18: clocks[0].first_reply: `10 min` is no time: write a whole number and its unit, such as `90s`, `10m`, `2h`, `1d`, up to `90d`",
    ),
    (
        "first_reply: 10m",
        "first_reply: 0m",
        "book.yaml:48:18: clocks[0].first_reply: `0m` is no time: write a whole number and its unit, such as `90s`, `10m`, `2h`, `1d`, up to `90d`",
    ),
    (
        "threshold: 0.6",
        "threshold: 1.5",
        "book.yaml:12:16: brands[0].threshold: 1.5 is out of range: write a number above 0 and up to 1",
    ),
    (
        "points: 5",
        "points: 21",
        "book.yaml:37:13: themes[0].points: 21 is out of range: write a whole number from 0 to 20",
    ),
    ("points: 5", "points: many", "book.yaml:37:13: themes[0].points: expected a whole number, found `many`"),
    ("safety: false", "safety: no", "book.yaml:38:13: themes[0].safety: expected `true` or `false`, found `no`"),
    (
        "min_ratio: 1.5",
        "min_ratio: 1",
        "book.yaml:52:56: detection.min_ratio: 1 is out of range: write a number above 1 and up to 1000",
    ),
    (
        "context: [bill, price]",
        "context: bill",
        "book.yaml:8:14: brands[0].context: expected a list, found `bill`: write `[bill]`",
    ),
    (
        "context: [bill, price]",
        "context: []",
        "book.yaml:7:16: brands[0].ambiguous: an ambiguous name is never sure without context: list words under `context`, such as `flight`",
    ),
    (
        "context: [bill, price]",
        "context: [bill, [price]]",
        "book.yaml:8:21: brands[0].context[1]: expected text, found a list",
    ),
    (
        "context: [bill, price]",
        "context: [\"bill\", {price: up}]",
        "book.yaml:8:23: brands[0].context[1]: expected text, found keys with values: put text that holds `: ` in quotes",
    ),
    (
        "any: [bill went up, \"over* ~2 charged\"]",
        "any: []",
        "book.yaml:33:10: themes[0].any: the list is empty: add at least one phrase",
    ),
    (
        "\"over* ~2 charged\"",
        "\"over ~ charged\"",
        "book.yaml:33:25: themes[0].any[1]: `~` in `over ~ charged` must stand between two words with a number from 1 to 9, such as `lost ~2 bag`",
    ),
    (
        "\"over* ~2 charged\"",
        "\"\"",
        "book.yaml:33:25: themes[0].any[1]: the text is empty: write something or take the line out",
    ),
    (
        "  - {id: night, name: Night}",
        "  - {id: night, name: Night}\n  - {id: night, name: Again}",
        "book.yaml:29:10: teams[2].id: the team `night` stands in the book twice, first at book.yaml:28: rename or remove one of them",
    ),
    (
        "- {id: rise, any: [went up]}",
        "- {id: rise, any: [up]}\n      - {id: rise, any: [went up]}",
        "book.yaml:37:14: themes[0].reasons[1].id: the reason `rise` stands in the theme twice, first in line 36: rename or remove one of them",
    ),
    (
        "staff: [\"x:jo\"]",
        "staff: [\"x:@Nova\"]",
        "book.yaml:11:13: brands[0].staff[0]: the account `x:nova` stands in the book twice, first at book.yaml:10: rename or remove one of them",
    ),
    (
        "accounts: [\"x:nova\"]",
        "accounts: [\"nova\"]",
        "book.yaml:10:16: brands[0].accounts[0]: `nova` is no account: write source, colon and handle, such as `x:skylineair`",
    ),
    (
        "accounts: [\"x:nova\"]",
        "accounts: [\"y:nova\"]",
        "book.yaml:10:16: brands[0].accounts[0]: no source `y`: there are `x`",
    ),
    (
        "id: sim-only",
        "id: sim only",
        "book.yaml:20:13: brands[0].products[0].id: `sim only` cannot be an id: use letters, digits, `_`, `-` and `.`, without spaces",
    ),
    (
        "default_team: care",
        "default_team: care\ndefault_team: night",
        "book.yaml:45:1: the key `default_team` stands here twice, first in line 44: keep one of them",
    ),
    (
        "press: [\"x:the_daily\"]",
        "press:\n  - #the_daily",
        "book.yaml:52:15: press[0]: nothing stands here: a text that begins with `#` must be in quotes, else it is a comment",
    ),
    (
        "names: [nova mobile, \"@nova\"]",
        "names: [nova mobile, *nova]",
        "book.yaml:6:26: this is no YAML: while parsing node, found unknown anchor: look at the indentation here and above, and put text in quotes that begins with a sign such as `@` or holds `: `",
    ),
    (
        "names: [nova mobile, \"@nova\"]",
        "names: [nova mobile, !nova x]",
        "book.yaml:6:26: `!` at the beginning has a meaning of its own in YAML: if it is text, put it in quotes",
    ),
];

#[test]
fn every_mistake_is_named_with_its_place_and_a_remedy() {
    let mut wrong = Vec::new();
    for (from, to, said) in MISTAKES {
        let found = errors(&with(from, to));
        if found != [said] {
            wrong.push(format!("`{to}` should say\n  {said}\nbut says\n  {}", found.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_mistakes_come_at_once_in_order_of_place() {
    let text = with("threshold: 0.6", "threshold: 6")
        .replace("warn_at: 0.7", "warn_at: 7")
        .replace("team: night", "team: nigth");
    let found = errors(&text);
    let places: Vec<&str> = found.iter().map(|error| error.split(": ").nth(1).unwrap()).collect();
    assert_eq!(places, ["brands[0].threshold", "routes[0].team", "clocks[0].warn_at"]);
}

#[test]
fn lists_of_several_files_are_joined_and_single_keys_may_not_repeat() {
    let (brands, rest) = GOOD.split_at(GOOD.find("teams:").unwrap());
    let files = vec![("a.yaml".to_owned(), brands.to_owned()), ("b.yaml".to_owned(), rest.to_owned())];
    assert_eq!(load(&files).unwrap().version, load(&one(GOOD)).unwrap().version);
    let twice = vec![files[0].clone(), files[1].clone(), ("c.yaml".to_owned(), "name: Again".to_owned())];
    let found = load(&twice).unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "c.yaml:1:7: name: `name` stands in the book twice, first in a.yaml: keep one of them"
    );
}

#[test]
fn a_file_that_is_no_yaml_does_not_blame_the_others_for_what_it_may_hold() {
    let files = vec![
        ("a.yaml".to_owned(), "teams: [".to_owned()),
        ("b.yaml".to_owned(), "name: x\ndefault_team: care\nbrandz: []".to_owned()),
    ];
    let found: Vec<String> = load(&files).unwrap_err().iter().map(BookError::to_string).collect();
    assert!(found[0].starts_with("a.yaml:"), "{found:?}");
    assert_eq!(found[1..], ["b.yaml:3:1: brandz: no such key: did you mean `brands`?"]);
}

#[test]
fn the_version_is_that_of_the_content_alone() {
    let version = |text: &str| load(&one(text)).unwrap().version;
    let good = version(GOOD);
    assert_eq!(version(&format!("# a comment\n{GOOD}\n\n# and another")), good);
    assert_eq!(
        version(&with("names: [nova mobile, \"@nova\"]", "names:\n      - 'nova mobile'  # sure\n      - '@nova'")),
        good
    );
    assert_eq!(version(&with("first_reply: 10m", "first_reply: 600s")), good);
    assert_ne!(version(&with("first_reply: 10m", "first_reply: 601s")), good);
    assert_ne!(version(&with("[bill, price]", "[price, bill]")), good);
}

#[test]
fn bombs_are_refused_quickly() {
    let deep = format!("name: {}", "[".repeat(10_000));
    let nested: String = (0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]";
    let large = format!("name: {}", "x".repeat(5 << 20));
    let documents = "name: x\n---\nname: y\n";
    for (bomb, said) in [
        (deep.as_str(), ""),
        (&nested, "nested too deep"),
        (laughs, "`&`"),
        (&large, "4 MiB"),
        (documents, "second document"),
    ] {
        let found = errors(bomb);
        assert!(found.iter().any(|error| error.contains(said)), "{found:?}");
    }
}

#[test]
fn no_files_and_empty_files_lack_everything_that_must_be_there() {
    assert_eq!(load(&[]).unwrap_err().len(), 4);
    assert_eq!(errors("# nothing yet\n").len(), 4);
    assert_eq!(errors("- a\n- b\n").len(), 1);
}

#[test]
fn an_optional_list_with_all_its_lines_commented_out_is_no_list() {
    assert!(errors(&with("    false_friends: [telescope]", "    false_friends:\n      # - telescope")).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_damaged_book_never_panics(cuts in proptest::collection::vec((0..GOOD.len(), 0..12usize, "[ -~\\n\\x00é]{0,4}"), 1..6)) {
        let mut text = GOOD.to_owned();
        for (at, length, insert) in cuts {
            let at = at.min(text.len());
            let end = (at + length).min(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(end) {
                text.replace_range(at..end, &insert);
            }
        }
        if let Err(errors) = load(&one(&text)) {
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.iter().all(|error| error.line <= text.lines().count() + 1), "{errors:?}");
        }
    }

    #[test]
    fn any_text_at_all_never_panics(text in any::<String>()) {
        let _outcome = load(&one(&text));
    }

    #[test]
    fn yaml_like_text_never_panics(text in "[-a-c:\\[\\]{},&*!|>'\"%@#? \\n\\t~]{0,60}") {
        let _outcome = load(&one(&text));
    }
}
