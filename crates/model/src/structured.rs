//! Structured log lines, as people read them.

use serde_json::{Map, Value};

/// Members that say what the line's place in the log says already, or nothing to people.
const LEFT_OUT: [&str; 5] = ["timestamp", "time", "ts", "target", "logger"];

/// `LEVEL message name=value …` for a line that is a JSON object with a `message`, as most programs write them.
pub fn readable(line: &str) -> Option<String> {
    let mut members: Map<String, Value> = line.starts_with('{').then(|| serde_json::from_str(line).ok())??;
    let message = members.remove("message").or_else(|| members.remove("msg"))?;
    let level = members.remove("level").as_ref().map(text).unwrap_or_default();
    let rest = members.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
    let rest = rest.map(|(name, value)| format!(" {name}={}", text(value)));
    Some(format!("{level:5} {}{}", text(&message), rest.collect::<String>()))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_level_message_and_members() {
        let line = r#"{"timestamp":"2026-11-23T10:00:00Z","level":"INFO","message":"request","path":"/","status":200,"target":"t"}"#;
        assert_eq!(readable(line).as_deref(), Some("INFO  request path=/ status=200"));
    }

    #[test]
    fn leaves_other_lines_alone() {
        for line in ["ready", "{", "{}", r#"{"a":1}"#, "[1]", ""] {
            assert_eq!(readable(line), None, "{line}");
        }
    }
}
