//! Errors as RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Body of every answer of 400 and above.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The HTTP status's own phrase.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request, as a sentence for its sender.
    pub detail: String,
    /// On 422, each thing that is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// On 5xx, the id under which the cause is in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    /// The media type of this body.
    pub const MEDIA_TYPE: &str = "application/problem+json";
}

/// One thing that is wrong with the request; the members are FastAPI's.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Kind of error, for programs: `missing`, `string_type`, `string_too_long` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where: `body` or `path` or `query`, then names or byte offsets.
    pub loc: Vec<Place>,
    /// What is wrong, for people.
    pub msg: String,
    /// What was sent there, when it is small.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Value))]
    pub input: Value,
}

/// A step on the way to the thing that is wrong.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Place {
    /// A member or parameter.
    Name(String),
    /// A byte offset.
    Offset(u64),
}

impl From<&str> for Place {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}
