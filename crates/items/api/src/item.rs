//! An item as the API shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

/// One item of the list.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// Assigned by the server, ascending, never reused.
    pub id: i64,
    /// At most 200 characters, not blank.
    pub name: String,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// RFC 3339, UTC, milliseconds.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-11-23T19:05:03.123Z"))]
    pub created_at: Timestamp,
}

/// Always three digits, so that equal instants have equal text.
fn milliseconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_times_in_utc_with_three_digits() {
        let item = Item {
            id: 7,
            name: "kettle".to_owned(),
            description: None,
            created_at: Timestamp::from_millisecond(1_795_460_703_120).expect("in range"),
        };
        let json = serde_json::to_string(&item).expect("serialises");
        assert_eq!(json, r#"{"id":7,"name":"kettle","description":null,"created_at":"2026-11-23T19:05:03.120Z"}"#);
        assert_eq!(serde_json::from_str::<Item>(&json).expect("parses"), item);
    }
}
