//! The body that creates or replaces an item, and what is refused in it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{FieldError, Place};

/// Longest name, in characters (Unicode scalar values).
pub const NAME_MAX_CHARS: usize = 200;
/// Longest description, in characters.
pub const DESCRIPTION_MAX_CHARS: usize = 2000;
/// Longest string that an error repeats, in characters.
const ECHO_MAX_CHARS: usize = 64;

/// Body of `POST /api/items` and `PUT /api/items/{id}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewItem {
    /// What it is called: not blank, no control characters.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 200,
            example = "Kettle",
            pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
        )
    )]
    pub name: String,
    /// Anything else about it; line breaks and tabs are allowed.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 2000,
            example = "Boils a litre in two minutes",
            pattern = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"
        )
    )]
    pub description: Option<String>,
}

impl NewItem {
    /// Reads a request body. Unknown members are ignored; every fault of the members is reported, not only the first.
    pub fn from_json(body: &[u8]) -> Result<Self, Vec<FieldError>> {
        if body.is_empty() {
            return Err(vec![fault("missing", &[], "Field required", Value::Null)]);
        }
        // Straight into the type first: the slower way through `Value` is only there to say what is wrong.
        if let Ok(item) = serde_json::from_slice::<Self>(body) {
            let errors = item.faults();
            return if errors.is_empty() { Ok(item) } else { Err(errors) };
        }
        let value: Value = serde_json::from_slice(body).map_err(|error| vec![broken(body, &error)])?;
        match value {
            Value::Object(members) => Err(type_faults(&members)),
            other => Err(vec![not_an_object(brief(&other))]),
        }
    }

    /// What a body is told that is no JSON object at all, or not declared to be JSON.
    pub fn not_an_object() -> Vec<FieldError> {
        vec![not_an_object(Value::Null)]
    }

    /// What is wrong with the values.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.name.trim().is_empty() {
            errors.push(fault("string_too_short", &["name"], "Name should not be blank", self.name.clone().into()));
        }
        check_text("name", "Name", &self.name, NAME_MAX_CHARS, |_| false, &mut errors);
        if let Some(text) = &self.description {
            let layout = |c: char| matches!(c, '\n' | '\r' | '\t');
            check_text("description", "Description", text, DESCRIPTION_MAX_CHARS, layout, &mut errors);
        }
        errors
    }
}

fn check_text(
    field: &str,
    title: &str,
    text: &str,
    max_chars: usize,
    allowed_control: impl Fn(char) -> bool,
    errors: &mut Vec<FieldError>,
) {
    if text.chars().nth(max_chars).is_some() {
        let message = format!("{title} should have at most {max_chars} characters");
        errors.push(fault("string_too_long", &[field], &message, brief(&text.into())));
    }
    if text.chars().any(|c| c.is_control() && !allowed_control(c)) {
        let message = format!("{title} should not contain control characters");
        errors.push(fault("string_pattern_mismatch", &[field], &message, brief(&text.into())));
    }
}

/// Why an object is not a [`NewItem`].
fn type_faults(members: &Map<String, Value>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    match members.get("name") {
        None => errors.push(fault("missing", &["name"], "Field required", Value::Null)),
        Some(Value::String(_)) => {}
        Some(other) => errors.push(fault("string_type", &["name"], "Input should be a valid string", brief(other))),
    }
    match members.get("description") {
        None | Some(Value::Null | Value::String(_)) => {}
        Some(other) => {
            errors.push(fault("string_type", &["description"], "Input should be a valid string", brief(other)));
        }
    }
    if errors.is_empty() {
        // An object with well-typed members that serde refused all the same: a member given twice.
        errors.push(fault("json_invalid", &[], "JSON decode error: a member is given twice", Value::Null));
    }
    errors
}

fn not_an_object(input: Value) -> FieldError {
    fault("model_attributes_type", &[], "Input should be a JSON object, sent as application/json", input)
}

fn broken(body: &[u8], error: &serde_json::Error) -> FieldError {
    let before: usize =
        body.split_inclusive(|b| *b == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let offset = (before + error.column()).saturating_sub(1).min(body.len());
    FieldError {
        kind: "json_invalid".to_owned(),
        loc: vec!["body".into(), Place::Offset(offset as u64)],
        msg: "JSON decode error".to_owned(),
        input: Value::Null,
    }
}

fn fault(kind: &str, fields: &[&str], message: &str, input: Value) -> FieldError {
    let loc = std::iter::once("body").chain(fields.iter().copied()).map(Place::from).collect();
    FieldError { kind: kind.to_owned(), loc, msg: message.to_owned(), input }
}

/// The value as far as it is small: an error does not send a megabyte back.
fn brief(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().nth(ECHO_MAX_CHARS).is_some() => {
            text.chars().take(ECHO_MAX_CHARS).chain(['…']).collect::<String>().into()
        }
        Value::Array(_) | Value::Object(_) => Value::Null,
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(body: &str) -> String {
        serde_json::to_string(&NewItem::from_json(body.as_bytes()).expect_err("refused")).expect("serialises")
    }

    fn accepted(body: &str) -> NewItem {
        NewItem::from_json(body.as_bytes()).expect("accepted")
    }

    #[test]
    fn accepts_a_missing_and_a_null_description_and_ignores_unknown_members() {
        for body in [r#"{"name":"a"}"#, r#"{"name":"a","description":null,"x":[1]}"#] {
            assert_eq!(accepted(body), NewItem { name: "a".to_owned(), description: None });
        }
    }

    #[test]
    fn says_what_is_wrong_as_the_old_api_did() {
        insta::assert_snapshot!(
            [
                "",
                "{}",
                r#"{"name":5}"#,
                r#"{"name":null,"description":7}"#,
                "[1]",
                "\"text\"",
                r#"{"name": "a", }"#,
                "{\n\"name\": tru}",
                r#"{"name":"a","name":"b"}"#,
                r#"{"name":"   "}"#,
                r#"{"name":"a\u0000b","description":"tab\tand\nline"}"#,
                r#"{"name":"\ud800"}"#,
            ]
            .map(|body| format!("{body}\n  {}", errors(body)))
            .join("\n")
        );
    }

    #[test]
    fn limits_count_characters_and_errors_do_not_repeat_the_whole_text() {
        let longest = "ü".repeat(NAME_MAX_CHARS);
        assert_eq!(accepted(&format!(r#"{{"name":"{longest}"}}"#)).name, longest);
        let told = errors(&format!(r#"{{"name":"{longest}ü"}}"#));
        assert!(told.contains("string_too_long") && told.len() < 400, "{told}");
        let told = errors(&format!(r#"{{"name":"a","description":"{}"}}"#, "x".repeat(DESCRIPTION_MAX_CHARS + 1)));
        assert!(told.contains("Description should have at most 2000 characters"), "{told}");
    }

    #[test]
    fn refuses_bytes_that_are_not_utf_8() {
        assert!(NewItem::from_json(b"{\"name\":\"\xff\"}").is_err());
    }
}
