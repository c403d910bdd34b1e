//! What each page of the admin port says.

use events::Span;

use crate::metrics::Metrics;
use crate::service::{Health, wall_clock};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its HTTP status.
    pub status: u16,
    /// Its media type.
    pub content_type: &'static str,
    /// What it says.
    pub text: String,
}

impl Page {
    pub(super) fn new(status: u16, text: String) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", text: text + "\n" }
    }

    fn probe(result: Result<(), String>) -> Self {
        match result {
            Ok(()) => Self::new(200, "ok".to_owned()),
            Err(why) => Self::new(503, why),
        }
    }
}

/// The page at `path`.
pub fn page(path: &str, health: &Health, metrics: &Metrics) -> Page {
    match path {
        "/livez" => Page::probe(health.live()),
        "/readyz" => Page::probe(health.ready()),
        "/startupz" => Page::probe(health.started()),
        "/metrics" => exposition(health, metrics),
        _ => Page::new(404, "the pages are /livez, /readyz, /startupz and /metrics".to_owned()),
    }
}

fn exposition(health: &Health, metrics: &Metrics) -> Page {
    let now = wall_clock();
    for (role, worker, ago) in health.last_passes() {
        let ago = Span::millis(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX));
        metrics.set_last_pass(role, worker, now.minus(ago));
    }
    match metrics.text() {
        Ok(text) => Page { status: 200, content_type: "text/plain; version=0.0.4; charset=utf-8", text },
        Err(error) => Page::new(500, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use events::Role;

    use super::*;

    #[test]
    fn pages_tell_health_and_metrics() {
        let health = Health::new(Duration::from_secs(30));
        let metrics = Metrics::new(&"b00c".into()).unwrap();
        let worker = health.worker(Role::Enrich, 0);
        let status = |path| page(path, &health, &metrics).status;
        assert_eq!(["/livez", "/readyz", "/startupz", "/"].map(status), [200, 503, 503, 404]);
        worker.set_ready(true);
        assert_eq!(["/livez", "/readyz", "/startupz", "/metrics"].map(status), [200; 4]);
        health.end();
        assert_eq!(["/livez", "/readyz", "/startupz"].map(status), [200, 503, 200]);
        let text = page("/metrics", &health, &metrics).text;
        let series = r#"firebreak_worker_last_pass_timestamp_seconds{role="enrich",stage="enrich",worker="0"} "#;
        assert!(text.contains(series), "{text}");
    }
}
