//! Paths into a record, such as `classification.intent.label` or `clocks.0.outcome`.

use serde_json::Value;

/// What lies at `path`. Keys may hold dots themselves, as those of `dropped` in a summary do.
pub(super) fn find<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return Some(value);
    }
    let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
    for end in ends {
        let (key, rest) = path.split_at_checked(end)?;
        let rest = rest.strip_prefix('.').unwrap_or_default();
        let next = match value {
            Value::Object(fields) => fields.get(key),
            Value::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        };
        if let Some(found) = next.and_then(|next| find(next, rest)) {
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_elements_and_keys_with_dots_are_found() {
        let value = json!({"clocks": [{"outcome": "met"}], "dropped": {"escalate.noise": 1}, "a": {"b": 2}});
        assert_eq!(find(&value, "clocks.0.outcome"), Some(&json!("met")));
        assert_eq!(find(&value, "dropped.escalate.noise"), Some(&json!(1)));
        assert_eq!(find(&value, "a.b"), Some(&json!(2)));
        assert_eq!(find(&value, "a.c"), None);
        assert_eq!(find(&value, "clocks.1.outcome"), None);
    }
}
