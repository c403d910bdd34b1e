//! Lines that are no mentions: what people did, whose account it is, numbers from elsewhere.

use events::{Action, BrandId, Business, EventTime, Link, Person, Topic, digest};
use serde_json::{Map, Value};
use stream::{Output, RejectReason, Route};

use crate::explain::{kind_of, object};
use crate::stamp::Stamp;

/// Wrappers and what they hold.
const WRAPPERS: [&str; 3] = ["_action", "_link", "_business"];

/// The record that a wrapped line is, and how many of its dates were not believed.
#[derive(Debug)]
pub(crate) struct Other {
    pub(crate) output: Output,
    pub(crate) undated: u64,
}

/// Reads a line that wraps an action, a link or a number; `now` stands in for a date that nobody believes.
///
/// # Errors
/// Why it is none of them.
pub(crate) fn other(text: &str, now: EventTime) -> Result<Other, (RejectReason, String)> {
    let line = object(text)?;
    if line.contains_key("_raw") {
        let detail = "`_raw` needs a connector, and there is none yet: send the mention itself, with `source`, `native_id`, \
                      `published_at` and `text`";
        return Err((RejectReason::Refused, detail.into()));
    }
    let mut wrapped = WRAPPERS.into_iter().filter_map(|name| line.get(name).map(|value| (name, value)));
    let (Some((name, value)), None) = (wrapped.next(), wrapped.next()) else {
        return Err(invalid("a line holds one of `_action`, `_link`, `_business`, not several"));
    };
    let Value::Object(fields) = value else {
        return Err(invalid(format!("`{name}` must be an object; this is {}", kind_of(value))));
    };
    let fields = Fields { name, fields };
    let (at, undated) = fields.time(now).map_err(invalid)?;
    let output = match name {
        "_action" => fields.action(at),
        "_link" => fields.link(at),
        _ => fields.business(at),
    };
    Ok(Other { output: output.map_err(invalid)?, undated })
}

fn invalid(detail: impl Into<String>) -> (RejectReason, String) {
    (RejectReason::Invalid, detail.into())
}

/// The fields of a wrapped object.
struct Fields<'a> {
    name: &'static str,
    fields: &'a Map<String, Value>,
}

impl Fields<'_> {
    fn time(&self, now: EventTime) -> Result<(EventTime, u64), String> {
        let stamp = self.fields.get("at").and_then(Value::as_str).and_then(Stamp::read);
        let stamp = stamp.ok_or_else(|| format!("`{}.at` must be a time such as 2026-11-02T02:05:00Z", self.name))?;
        Ok(stamp.believed_at(now).map_or((now, 1), |at| (at, 0)))
    }

    fn maybe(&self, field: &str) -> Result<Option<String>, String> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(format!("`{}.{field}` must be text; this is {}", self.name, kind_of(other))),
        }
    }

    fn text(&self, field: &str) -> Result<String, String> {
        let text = self.maybe(field)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| format!("`{}.{field}` is missing: it must be text", self.name))
    }

    fn number(&self, field: &str) -> Result<Option<f64>, String> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_f64() {
                Some(number) => Ok(Some(number)),
                None => Err(format!("`{}.{field}` must be a number; this is {}", self.name, kind_of(value))),
            },
        }
    }

    fn action(&self, at: EventTime) -> Result<Output, String> {
        let person = self.maybe("person")?.map(Person::new);
        let brand = self.maybe("brand")?.map(BrandId::new);
        let key = person.as_ref().map(Person::as_str).or(brand.as_ref().map(BrandId::as_str));
        let key = key.ok_or("`_action` must name the `person` or the `brand` of its subject")?.to_owned();
        let (kind, actor) = (self.text("kind")?, self.text("actor")?);
        let (subject_kind, subject_id) = (self.text("subject_kind")?, self.text("subject_id")?);
        let detail = self.maybe("detail")?.unwrap_or_default();
        let parts = ["action", &kind, &subject_kind, &subject_id, &key, &actor, &at.to_string(), &detail];
        let action_id = self.maybe("action_id")?.unwrap_or_else(|| digest(&parts));
        let action = Action { action_id, kind, subject_kind, subject_id, person, brand, actor, at, detail };
        Ok(Output { topic: Topic::Actions, key, route: Route::Key, timestamp: at, payload: action.into() })
    }

    fn link(&self, at: EventTime) -> Result<Output, String> {
        let author = self.text("author")?;
        let confidence = self.number("confidence")?.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&confidence) {
            return Err("`_link.confidence` must be between 0 and 1".into());
        }
        let source = self.maybe("source")?.unwrap_or_else(|| "crm".into());
        let link = Link { author: author.clone(), customer: self.maybe("customer")?, confidence, source, at };
        Ok(Output { topic: Topic::Links, key: author, route: Route::Key, timestamp: at, payload: link.into() })
    }

    fn business(&self, at: EventTime) -> Result<Output, String> {
        let (series, brand) = (self.text("series")?, BrandId::new(self.text("brand")?));
        let (value, event) = (self.number("value")?, self.maybe("event")?);
        if value.is_none() && event.is_none() {
            return Err("`_business` must carry a `value` or an `event`".into());
        }
        let route = Route::By(brand.as_str().to_owned());
        let detail = self.maybe("detail")?.unwrap_or_default();
        let business = Business { series: series.clone(), brand, at, value, event, detail };
        Ok(Output { topic: Topic::Business, key: series, route, timestamp: at, payload: business.into() })
    }
}
