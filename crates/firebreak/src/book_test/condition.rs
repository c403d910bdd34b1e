//! What a value must be, and how to say so.

use serde_json::Value;

/// What a value must be: all that is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Condition {
    pub(super) is: Option<Value>,
    pub(super) not: Option<Value>,
    /// A number and how far from it is near enough.
    pub(super) about: Option<(f64, f64)>,
    pub(super) at_least: Option<f64>,
    pub(super) at_most: Option<f64>,
    pub(super) contains: Vec<Value>,
    pub(super) lacks: Vec<Value>,
    pub(super) length: Option<u64>,
    /// True: null or not there. False: there.
    pub(super) absent: Option<bool>,
}

impl Condition {
    pub(super) fn equal_to(value: Value) -> Self {
        Self { is: Some(value), ..Self::default() }
    }

    /// Whether `found` is so; `None` is not there, which is the same as null.
    pub(super) fn holds(&self, found: Option<&Value>) -> bool {
        let found = found.unwrap_or(&Value::Null);
        let number = found.as_f64();
        self.is.as_ref().is_none_or(|is| same(is, found))
            && self.not.as_ref().is_none_or(|not| !same(not, found))
            && self.about.is_none_or(|(near, far)| number.is_some_and(|number| (number - near).abs() <= far))
            && self.at_least.is_none_or(|least| number.is_some_and(|number| number >= least))
            && self.at_most.is_none_or(|most| number.is_some_and(|number| number <= most))
            && self.contains.iter().all(|part| contains(found, part))
            && !self.lacks.iter().any(|part| contains(found, part))
            && self.length.is_none_or(|length| length_of(found) == Some(length))
            && self.absent.is_none_or(|absent| found.is_null() == absent)
    }

    /// The condition in words.
    pub(super) fn words(&self) -> String {
        let mut words = Vec::new();
        words.extend(self.is.iter().map(ToString::to_string));
        words.extend(self.not.iter().map(|not| format!("not {not}")));
        words.extend(self.about.iter().map(|(near, far)| format!("about {near} (± {far})")));
        words.extend(self.at_least.iter().map(|least| format!("at least {least}")));
        words.extend(self.at_most.iter().map(|most| format!("at most {most}")));
        words.extend(self.contains.iter().map(|part| format!("contains {part}")));
        words.extend(self.lacks.iter().map(|part| format!("does not contain {part}")));
        words.extend(self.length.iter().map(|length| format!("{length} long")));
        words.extend(self.absent.iter().map(|absent| if *absent { "absent" } else { "present" }.to_owned()));
        words.join(" and ")
    }
}

/// Numbers are the same by value, all else as JSON.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// A text holds a part of it; a list an element that is, or has all the fields of, the part; an object such fields.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::String(whole), Value::String(part)) => whole.contains(part.as_str()),
        (Value::Array(items), part) => items.iter().any(|item| covers(item, part)),
        (Value::Object(_), Value::Object(_)) => covers(whole, part),
        _ => false,
    }
}

fn covers(whole: &Value, part: &Value) -> bool {
    match part {
        Value::Object(fields) => fields.iter().all(|(key, value)| {
            super::path::find(whole, key).is_some_and(|found| covers(found, value))
                || (value.is_null() && whole.is_object()) && super::path::find(whole, key).is_none_or(Value::is_null)
        }),
        _ => same(whole, part),
    }
}

fn length_of(value: &Value) -> Option<u64> {
    match value {
        Value::Array(items) => u64::try_from(items.len()).ok(),
        Value::String(text) => u64::try_from(text.chars().count()).ok(),
        Value::Object(fields) => u64::try_from(fields.len()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_condition_holds_and_fails() {
        let none = Condition::default();
        let cases = [
            (Condition::equal_to(json!(100)), json!(100.0), json!(101)),
            (Condition { not: Some(json!("a")), ..none.clone() }, json!("b"), json!("a")),
            (Condition { about: Some((100.0, 5.0)), ..none.clone() }, json!(104.9), json!(106)),
            (Condition { at_least: Some(2.0), ..none.clone() }, json!(2), json!(1)),
            (Condition { at_most: Some(2.0), ..none.clone() }, json!(2), json!("2")),
            (Condition { contains: vec![json!("oa")], ..none.clone() }, json!("boarding"), json!("seat")),
            (Condition { contains: vec![json!("a")], ..none.clone() }, json!(["a", "b"]), json!(["ab"])),
            (
                Condition { contains: vec![json!({"kind": "theme", "value": "seat"})], ..none.clone() },
                json!([{"kind": "theme", "value": "seat", "count": 3}]),
                json!([{"kind": "theme", "value": "crew"}, {"kind": "term", "value": "seat"}]),
            ),
            (Condition { lacks: vec![json!("a")], ..none.clone() }, json!(["b"]), json!(["a"])),
            (Condition { length: Some(2), ..none.clone() }, json!([1, 2]), json!([1])),
            (Condition { absent: Some(true), ..none.clone() }, json!(null), json!(0)),
            (Condition { absent: Some(false), ..none }, json!(0), json!(null)),
        ];
        for (condition, good, bad) in cases {
            assert!(condition.holds(Some(&good)), "{} must hold for {good}", condition.words());
            assert!(!condition.holds(Some(&bad)), "{} must fail for {bad}", condition.words());
        }
    }
}
