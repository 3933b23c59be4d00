//! Policy documents, as IAM's grammar has them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::principal::Principals;

/// A policy: statements, and the version of the language that they are written in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Document {
    /// Whether `${…}` is a variable: version `2012-10-17`. In the older version, which is the default, it is plain text.
    pub(crate) variables: bool,
    pub(crate) statements: Vec<Statement>,
}

/// What a statement does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// A list of patterns, or all but those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listed<T> {
    In(T),
    NotIn(T),
}

/// One rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) principal: Option<Listed<Principals>>,
    pub(crate) action: Listed<Vec<String>>,
    /// None: whatever the policy is attached to.
    pub(crate) resource: Option<Listed<Vec<String>>>,
    pub(crate) conditions: Vec<Condition>,
}

/// One comparison of a `Condition` element: all of them have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) operator: String,
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON.
    #[error("reading a policy as JSON: {0}")]
    Json(String),
    /// An element that has to be there.
    #[error("{place} has no `{element}`")]
    Missing {
        /// The policy, or one of its statements.
        place: String,
        /// The element's name.
        element: &'static str,
    },
    /// An element that policies do not know.
    #[error("{place} has `{element}`, which policies do not know")]
    Unknown {
        /// The policy, or one of its statements.
        place: String,
        /// The element's name.
        element: String,
    },
    /// An element with a value that it cannot have.
    #[error("`{element}` of {place} is {value}")]
    Value {
        /// The policy, or one of its statements.
        place: String,
        /// The element's name.
        element: String,
        /// What it has, in JSON.
        value: String,
    },
    /// Two elements that exclude each other.
    #[error("{place} has both `{one}` and `{other}`")]
    Both {
        /// The policy, or one of its statements.
        place: String,
        /// An element.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
}

impl Document {
    /// Reads a policy from its JSON.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let value: Value = serde_json::from_str(text).map_err(|error| DocumentError::Json(error.to_string()))?;
        Self::try_from(value)
    }
}

impl TryFrom<Value> for Document {
    type Error = DocumentError;

    fn try_from(value: Value) -> Result<Self, DocumentError> {
        let place = "a policy".to_owned();
        let fields = match value {
            Value::String(text) => return Self::parse(&text),
            Value::Object(fields) => fields,
            other => return Err(wrong(&place, "policy", &other)),
        };
        known_elements(&fields, &place, &["Version", "Id", "Statement"])?;
        let variables = match fields.get("Version") {
            None => false,
            Some(Value::String(version)) if version == "2012-10-17" => true,
            Some(Value::String(version)) if version == "2008-10-17" => false,
            Some(other) => return Err(wrong(&place, "Version", other)),
        };
        let statements = match fields.get("Statement") {
            Some(Value::Array(statements)) => statements.clone(),
            Some(one @ Value::Object(_)) => vec![one.clone()],
            Some(other) => return Err(wrong(&place, "Statement", other)),
            None => {
                return Err(DocumentError::Missing { place, element: "Statement" });
            }
        };
        Ok(Self {
            variables,
            statements: statements
                .iter()
                .enumerate()
                .map(|(index, value)| statement(value, &format!("statement {}", index + 1)))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn statement(value: &Value, place: &str) -> Result<Statement, DocumentError> {
    let Value::Object(fields) = value else {
        return Err(wrong(place, "Statement", value));
    };
    known_elements(
        fields,
        place,
        &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"],
    )?;
    let sid = match fields.get("Sid") {
        None => None,
        Some(Value::String(sid)) => Some(sid.clone()).filter(|sid| !sid.is_empty()),
        Some(other) => return Err(wrong(place, "Sid", other)),
    };
    let effect = match fields.get("Effect") {
        Some(Value::String(effect)) if effect == "Allow" => Effect::Allow,
        Some(Value::String(effect)) if effect == "Deny" => Effect::Deny,
        Some(other) => return Err(wrong(place, "Effect", other)),
        None => return Err(missing(place, "Effect")),
    };
    Ok(Statement {
        sid,
        effect,
        principal: listed(fields, place, ["Principal", "NotPrincipal"], |name, value| {
            Principals::read(value).ok_or_else(|| wrong(place, name, value))
        })?,
        action: listed(fields, place, ["Action", "NotAction"], |name, value| {
            patterns(value).ok_or_else(|| wrong(place, name, value))
        })?
        .ok_or_else(|| missing(place, "Action"))?,
        resource: listed(fields, place, ["Resource", "NotResource"], |name, value| {
            patterns(value).ok_or_else(|| wrong(place, name, value))
        })?,
        conditions: fields.get("Condition").map(|value| conditions(value, place)).transpose()?.unwrap_or_default(),
    })
}

/// An element in one of its two forms.
fn listed<T>(
    fields: &Map<String, Value>,
    place: &str,
    [one, other]: [&'static str; 2],
    read: impl Fn(&str, &Value) -> Result<T, DocumentError>,
) -> Result<Option<Listed<T>>, DocumentError> {
    Ok(match (fields.get(one), fields.get(other)) {
        (None, None) => None,
        (Some(value), None) => Some(Listed::In(read(one, value)?)),
        (None, Some(value)) => Some(Listed::NotIn(read(other, value)?)),
        (Some(_), Some(_)) => {
            return Err(DocumentError::Both { place: place.to_owned(), one, other });
        }
    })
}

fn conditions(value: &Value, place: &str) -> Result<Vec<Condition>, DocumentError> {
    let Value::Object(operators) = value else {
        return Err(wrong(place, "Condition", value));
    };
    let mut found = Vec::new();
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else {
            return Err(wrong(place, operator, keys));
        };
        for (key, values) in keys {
            found.push(Condition {
                operator: operator.clone(),
                key: key.clone(),
                values: scalars(values).ok_or_else(|| wrong(place, key, values))?,
            });
        }
    }
    Ok(found)
}

/// One text or a list of texts, at least one.
fn patterns(value: &Value) -> Option<Vec<String>> {
    let texts = match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>()?,
        _ => return None,
    };
    Some(texts).filter(|texts| !texts.is_empty())
}

/// One value or a list of values, as text.
fn scalars(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        one => Some(vec![text(one)?]),
    }
}

fn known_elements(fields: &Map<String, Value>, place: &str, known: &[&str]) -> Result<(), DocumentError> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(element) => Err(DocumentError::Unknown { place: place.to_owned(), element: element.clone() }),
        None => Ok(()),
    }
}

fn missing(place: &str, element: &'static str) -> DocumentError {
    DocumentError::Missing { place: place.to_owned(), element }
}

fn wrong(place: &str, element: &str, value: &Value) -> DocumentError {
    DocumentError::Value { place: place.to_owned(), element: element.to_owned(), value: value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_value_as_a_list_of_one() {
        let one = Document::parse(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#);
        let list = Document::parse(r#"{"Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["*"]}]}"#);
        assert_eq!(one, list);
        assert!(one.is_ok());
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, expected) in [
            (r#"{"Statement": [], "Extra": 1}"#, "a policy has `Extra`, which policies do not know"),
            (r#"{"Version": "2020-01-01", "Statement": []}"#, r#"`Version` of a policy is "2020-01-01""#),
            (r"{}", "a policy has no `Statement`"),
            (r#"{"Statement": [{"Effect": "Allow"}]}"#, "statement 1 has no `Action`"),
            (
                r#"{"Statement": {"Effect": "Allow", "Action": "a:b", "NotAction": "a:c"}}"#,
                "statement 1 has both `Action` and `NotAction`",
            ),
            (r#"{"Statement": {"Effect": "Perhaps", "Action": "a:b"}}"#, r#"`Effect` of statement 1 is "Perhaps""#),
            (r#"{"Statement": {"Effect": "Deny", "NotAction": []}}"#, "`NotAction` of statement 1 is []"),
        ] {
            let error = Document::parse(text).expect_err(text);
            assert_eq!(error.to_string(), expected);
        }
    }
}
