use super::*;

/// What changing record `R` with these fields to those finds, as (path, beginning of the problem, beginning of the remedy).
fn findings(released: &str, current: &str) -> Vec<Finding> {
    let schema = |fields: &str| {
        let mut schema: Value =
            serde_json::from_str(&format!(r#"{{"type": "record", "name": "R", "doc": "d", "fields": [{fields}]}}"#))
                .unwrap();
        document(&mut schema);
        schema.to_string()
    };
    let released = Released { event: "r".into(), version: "v1".into(), text: schema(released) };
    check_texts(&[("r", &schema(current))], &[released])
}

fn document(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.contains_key("name") {
                object.insert("doc".into(), "what it is".into());
            }
            object.values_mut().for_each(document);
        }
        Value::Array(items) => items.iter_mut().for_each(document),
        _ => {}
    }
}

fn problems(released: &str, current: &str) -> Vec<String> {
    findings(released, current).iter().map(ToString::to_string).collect()
}

const A: &str = r#"{"name": "a", "type": "long"}"#;

#[test]
fn a_field_may_come_and_go_only_with_a_default() {
    let with = format!(r#"{A}, {{"name": "b", "type": "string", "default": ""}}"#);
    let without = format!(r#"{A}, {{"name": "b", "type": "string"}}"#);
    assert_eq!(problems(A, &with), [] as [&str; 0]);
    assert_eq!(problems(&with, A), [] as [&str; 0]);
    assert_eq!(
        problems(A, &without),
        [
            "r (against released v1), field `b`: it cannot read released records: the field was not written and has no default: \
          give the new field a default (or an alias, if it was renamed)"
        ]
    );
    assert_eq!(
        problems(&without, A),
        [
            "r (against released v1), field `b`: released readers cannot read its records: the field was not written and has no \
          default: keep the field: it had no default when it was released"
        ]
    );
}

#[test]
fn a_type_may_not_even_be_widened_because_old_readers_stay() {
    let found = findings(r#"{"name": "a", "type": "int"}"#, A);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].problem.starts_with("released readers cannot read its records: long was written, int is expected")
    );
    assert_eq!(findings(A, r#"{"name": "a", "type": "string"}"#).len(), 2);
    assert_eq!(findings(r#"{"name": "a", "type": "string"}"#, r#"{"name": "a", "type": "bytes"}"#), []);
}

#[test]
fn a_time_that_becomes_a_number_or_another_unit_is_found() {
    let millis = r#"{"name": "a", "type": {"type": "long", "logicalType": "timestamp-millis"}}"#;
    let micros = r#"{"name": "a", "type": {"type": "long", "logicalType": "timestamp-micros"}}"#;
    assert_eq!(findings(millis, A).len(), 2);
    assert_eq!(findings(millis, micros).len(), 2);
    assert_eq!(findings(millis, millis), []);
}

fn enumeration(symbols: &str, default: &str) -> String {
    format!(r#"{{"name": "e", "type": {{"type": "enum", "name": "E", "symbols": [{symbols}]{default}}}}}"#)
}

#[test]
fn symbols_may_come_and_go_only_with_a_default_symbol() {
    let default = r#", "default": "x""#;
    assert_eq!(findings(&enumeration(r#""x""#, default), &enumeration(r#""x", "y""#, default)), []);
    assert_eq!(findings(&enumeration(r#""x", "y""#, default), &enumeration(r#""x""#, default)), []);
    let added = findings(&enumeration(r#""x""#, ""), &enumeration(r#""x", "y""#, ""));
    assert_eq!(added.len(), 1);
    assert!(added[0].problem.starts_with("released readers cannot read"), "{}", added[0]);
    assert!(added[0].problem.contains("symbol `y` of enum `E`"), "{}", added[0]);
    let removed = findings(&enumeration(r#""x", "y""#, ""), &enumeration(r#""x""#, ""));
    assert!(removed[0].problem.starts_with("it cannot read released"), "{}", removed[0]);
    // A default that comes later helps this build, not the readers that are out there.
    assert_eq!(findings(&enumeration(r#""x""#, ""), &enumeration(r#""x", "y""#, default)).len(), 1);
}

#[test]
fn an_alias_lets_this_build_read_the_old_name_but_not_old_readers_the_new() {
    let old = r#"{"name": "old", "type": "long"}"#;
    let renamed = findings(old, r#"{"name": "new", "type": "long", "aliases": ["old"]}"#);
    assert_eq!(renamed.len(), 1);
    assert_eq!((renamed[0].path.as_str(), renamed[0].remedy.starts_with("keep the field")), ("old", true));
    assert_eq!(findings(old, r#"{"name": "new", "type": "long"}"#).len(), 2);
    let old = r#"{"name": "old", "type": "long", "default": 0}"#;
    assert_eq!(findings(old, r#"{"name": "new", "type": "long", "default": 0, "aliases": ["old"]}"#), []);
}

#[test]
fn a_record_that_changes_its_name_is_found() {
    let nested =
        |name: &str| format!(r#"{{"name": "n", "type": {{"type": "record", "name": "{name}", "fields": [{A}]}}}}"#);
    let found = findings(&nested("N"), &nested("M"));
    assert_eq!(found.len(), 2);
    assert!(found[0].problem.contains("record `N` was written, record `M` is expected"), "{}", found[0]);
}

#[test]
fn a_change_deep_inside_is_found_with_its_path_and_at_every_use() {
    let nested = |fields: &str| {
        format!(
            r#"{{"name": "list", "type": {{"type": "array", "items": {{"type": "record", "name": "N", "fields": [{fields}]}}}}}},
               {{"name": "maybe", "type": ["null", "N"], "default": null}}"#
        )
    };
    let found = findings(&nested(A), &nested(r#"{"name": "a", "type": "long"}, {"name": "b", "type": "long"}"#));
    assert_eq!(found.iter().map(|finding| finding.path.as_str()).collect::<Vec<_>>(), ["list[].b", "maybe.b"]);
}

#[test]
fn a_union_may_neither_lose_nor_gain_a_branch() {
    let plain = r#"{"name": "a", "type": "string"}"#;
    let optional = r#"{"name": "a", "type": ["null", "string"]}"#;
    let wider = r#"{"name": "a", "type": ["null", "string", "long"]}"#;
    let turned = r#"{"name": "a", "type": ["string", "null"]}"#;
    for (released, current) in [(plain, optional), (optional, plain), (optional, wider), (wider, optional)] {
        assert_eq!(findings(released, current).len(), 1, "{released} to {current}");
    }
    assert_eq!(findings(optional, turned), []);
}

#[test]
fn a_type_that_contains_itself_comes_to_an_end() {
    let tree = r#"{"name": "t", "type": {"type": "record", "name": "T", "fields": [{"name": "inner", "type": ["null", "T"]}]}}"#;
    assert_eq!(findings(tree, tree), []);
}

#[test]
fn an_event_that_is_gone_is_found() {
    let released = Released { event: "gone".into(), version: "v3".into(), text: "{}".into() };
    assert_eq!(check_texts(&[], &[released])[0].problem, "it was released and is gone");
}

#[test]
fn every_release_counts_not_only_the_last() {
    let release = |version: &str, kind: &str| Released {
        event: "r".into(),
        version: version.into(),
        text: format!(r#"{{"type": "record", "name": "R", "fields": [{{"name": "a", "type": "{kind}"}}]}}"#),
    };
    let current =
        r#"{"type": "record", "name": "R", "doc": "d", "fields": [{"name": "a", "type": "long", "doc": "d"}]}"#;
    let found = check_texts(&[("r", current)], &[release("v1", "string"), release("v2", "long")]);
    assert!(!found.is_empty() && found.iter().all(|finding| finding.version.as_deref() == Some("v1")), "{found:?}");
}

#[test]
fn a_type_or_field_without_words_is_found() {
    let bare = r#"{"type": "record", "name": "R", "doc": "d", "fields": [
        {"name": "a", "type": ["null", {"type": "record", "name": "N", "doc": " ", "fields": [{"name": "b", "type": "int"}]}], "doc": "d"}]}"#;
    let found: Vec<_> = check_texts(&[("r", bare)], &[]).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "r, field `a`: the type has no `doc`: say what it is, with its unit and range, and when it is null",
            "r, field `a.b`: the field has no `doc`: say what it is, with its unit and range, and when it is null"
        ]
    );
}

#[test]
fn the_schemas_of_this_build_are_documented_and_agree_with_themselves() {
    let released: Vec<_> = codec::embedded()
        .map(|schema| Released { event: schema.name.into(), version: "v1".into(), text: schema.text.into() })
        .collect();
    assert_eq!(check(&released), []);
}
