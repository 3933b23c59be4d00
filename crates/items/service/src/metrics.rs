//! What a server did, for Prometheus: how many requests, how many of them failed, and how long they took.
//!
//! One histogram has all three. Its labels have few values: a route is as the router has it, never as the client wrote it.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::http::{Method, StatusCode};

/// The histogram, as OpenTelemetry names it.
pub const NAME: &str = "http_server_request_duration_seconds";
/// The media type of [`text`].
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4";

/// Upper ends of the buckets, in milliseconds: those that OpenTelemetry recommends, and two below.
const ENDS_MS: [u64; 15] = [1, 2, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 10_000];

static COUNTED: Counted = Counted(Mutex::new(BTreeMap::new()));

struct Counted(Mutex<BTreeMap<Labels, Histogram>>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Default)]
struct Histogram {
    /// Requests for which this is the first bucket; the last is for what takes longer than all ends.
    buckets: [u64; ENDS_MS.len() + 1],
    sum: Duration,
}

/// Counts a request that this process has answered. `route` is none where there is none for the path.
pub(crate) fn count(method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
    COUNTED.count(method, route, status, took);
}

/// All that this process has answered, in the text format of Prometheus.
pub fn text() -> String {
    COUNTED.text()
}

impl Counted {
    fn count(&self, method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
        let route = route.unwrap_or("none").to_owned();
        let labels = Labels { route, method: known(method), status: status.as_u16() };
        // A panic cannot leave the numbers half-changed.
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram = counted.entry(labels).or_default();
        let bucket = ENDS_MS.iter().position(|end| took <= Duration::from_millis(*end)).unwrap_or(ENDS_MS.len());
        histogram.buckets[bucket] += 1;
        histogram.sum += took;
    }

    fn text(&self) -> String {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut text = format!("# HELP {NAME} Time until the head of an answer.\n# TYPE {NAME} histogram\n");
        for (Labels { route, method, status }, histogram) in &counted {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            histogram.write(&labels, &mut text);
        }
        text
    }
}

impl Histogram {
    fn write(&self, labels: &str, text: &mut String) {
        let mut count = 0;
        let ends = ENDS_MS.iter().map(|end| Duration::from_millis(*end).as_secs_f64().to_string());
        for (end, bucket) in ends.chain(["+Inf".to_owned()]).zip(self.buckets) {
            count += bucket;
            let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"{end}\"}} {count}");
        }
        let _ = writeln!(text, "{NAME}_sum{{{labels}}} {}", self.sum.as_secs_f64());
        let _ = writeln!(text, "{NAME}_count{{{labels}}} {count}");
    }
}

/// Clients may invent methods; labels may not.
fn known(method: &Method) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    all.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_in_its_bucket_and_all_above() {
        let counted = Counted(Mutex::default());
        for took in [400, 3_000, 20_000_000] {
            let took = Duration::from_micros(took);
            counted.count(&Method::GET, Some("/api/items/{item_id}"), StatusCode::OK, took);
        }
        counted.count(&Method::from_bytes(b"BREW").unwrap(), None, StatusCode::NOT_FOUND, Duration::ZERO);
        let text = counted.text();
        let labels = r#"method="GET",route="/api/items/{item_id}",status="200""#;
        for (name, value) in [
            (format!("bucket{{{labels},le=\"0.001\"}}"), "1"),
            (format!("bucket{{{labels},le=\"0.002\"}}"), "1"),
            (format!("bucket{{{labels},le=\"0.005\"}}"), "2"),
            (format!("bucket{{{labels},le=\"10\"}}"), "2"),
            (format!("bucket{{{labels},le=\"+Inf\"}}"), "3"),
            (format!("sum{{{labels}}}"), "20.0034"),
            (format!("count{{{labels}}}"), "3"),
            (r#"count{method="other",route="none",status="404"}"#.to_owned(), "1"),
        ] {
            let line = format!("{NAME}_{name} {value}");
            assert!(text.lines().any(|it| it == line), "`{line}` is not in {text}");
        }
    }
}
