//! The bucket's policy: that it is reached through TLS alone, beside whatever else somebody wants of it.

use serde_json::{Value, json};

const TLS: &str = "aws:SecureTransport";

/// Whether a statement of `policy` denies everything on the bucket `name` and in it, to everybody who comes without TLS.
pub(super) fn has_tls_only(policy: &str, name: &str) -> bool {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    each(&policy["Statement"]).any(|statement| denies(statement, name))
}

/// `policy`, or one of its own, with such a statement.
pub(super) fn with_tls_only(policy: Option<&str>, name: &str) -> anyhow::Result<String> {
    let mut policy: Value = match policy {
        Some(policy) => serde_json::from_str(policy)?,
        None => json!({ "Version": "2012-10-17" }),
    };
    let statements: Vec<_> = each(&policy["Statement"]).cloned().chain([tls_only(name)]).collect();
    policy["Statement"] = statements.into();
    Ok(policy.to_string())
}

fn tls_only(name: &str) -> Value {
    json!({
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": arns(name),
        "Condition": { "Bool": { TLS: "false" } },
    })
}

fn arns(name: &str) -> [String; 2] {
    [format!("arn:aws:s3:::{name}"), format!("arn:aws:s3:::{name}/*")]
}

/// What else a statement could have would let somebody out of it.
fn denies(statement: &Value, name: &str) -> bool {
    const KNOWN: [&str; 6] = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
    let has = |element: &str, wanted: &str| each(&statement[element]).any(|one| one == wanted);
    let everybody = has("Principal", "*") || each(&statement["Principal"]["AWS"]).any(|one| one == "*");
    statement.as_object().is_some_and(|it| it.keys().all(|key| KNOWN.contains(&key.as_str())))
        && statement["Effect"] == "Deny"
        && everybody
        && (has("Action", "*") || has("Action", "s3:*"))
        && (has("Resource", "*") || arns(name).iter().all(|arn| has("Resource", arn)))
        && is_without_tls(&statement["Condition"])
}

fn is_without_tls(condition: &Value) -> bool {
    let only = |value: &Value| -> Option<(String, Value)> {
        let mut members = value.as_object()?.iter();
        members.next().filter(|_| members.next().is_none()).map(|(name, value)| (name.clone(), value.clone()))
    };
    let Some((operator, keys)) = only(condition) else { return false };
    let Some((key, value)) = only(&keys) else { return false };
    let values: Vec<_> = each(&value).collect();
    operator == "Bool"
        && key.eq_ignore_ascii_case(TLS)
        && matches!(&values[..], [one] if **one == "false" || **one == false)
}

/// An element of a policy: one, or several.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(several) => several.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
    .iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_keeps_everybody_out_counts() {
        let ours = tls_only("items");
        assert!(has_tls_only(&json!({ "Statement": ours }).to_string(), "items"));
        let with = |element: &str, value: Value| {
            let mut statement = ours.clone();
            statement[element] = value;
            has_tls_only(&json!({ "Statement": [{ "Effect": "Allow" }, statement] }).to_string(), "items")
        };
        for (element, value) in [
            ("Sid", json!("another")),
            ("Principal", json!({ "AWS": "*" })),
            ("Principal", json!({ "AWS": ["arn:aws:iam::1:root", "*"] })),
            ("Action", json!(["*"])),
            ("Resource", json!("*")),
            ("Resource", json!(["arn:aws:s3:::items/*", "arn:aws:s3:::items", "arn:aws:s3:::other"])),
            ("Condition", json!({ "Bool": { "AWS:securetransport": ["false"] } })),
            ("Condition", json!({ "Bool": { "aws:SecureTransport": false } })),
        ] {
            assert!(with(element, value.clone()), "{element}: {value}");
        }
        for (element, value) in [
            ("Effect", json!("Allow")),
            ("Principal", json!({ "AWS": "arn:aws:iam::1:root" })),
            ("Principal", json!({ "Service": "*" })),
            ("Action", json!("s3:GetObject")),
            ("NotAction", json!("s3:PutObject")),
            ("Resource", json!("arn:aws:s3:::items/*")),
            ("Resource", json!(["arn:aws:s3:::items", "arn:aws:s3:::items/releases/*"])),
            ("Condition", json!({ "Bool": { "aws:SecureTransport": "true" } })),
            ("Condition", json!({ "Bool": { "aws:SecureTransport": ["false", "true"] } })),
            ("Condition", json!({ "Bool": { "aws:SecureTransport": "false", "aws:ViaAWSService": "true" } })),
            (
                "Condition",
                json!({ "Bool": { "aws:SecureTransport": "false" }, "StringEquals": { "aws:PrincipalTag/a": "b" } }),
            ),
            ("Condition", json!({ "Null": { "aws:SecureTransport": "false" } })),
            ("Condition", json!({})),
        ] {
            assert!(!with(element, value.clone()), "{element}: {value}");
        }
        for policy in ["", "aws:SecureTransport", "{}", r#"{"Statement": []}"#] {
            assert!(!has_tls_only(policy, "items"), "{policy}");
        }
    }

    #[test]
    fn what_somebody_else_wants_of_the_bucket_stays() {
        let theirs = json!({ "Version": "2012-10-17", "Id": "x", "Statement": { "Sid": "Theirs", "Effect": "Deny" } });
        let policy: Value = serde_json::from_str(&with_tls_only(Some(&theirs.to_string()), "items").unwrap()).unwrap();
        assert_eq!((&policy["Id"], &policy["Statement"][0]["Sid"]), (&json!("x"), &json!("Theirs")));
        assert!(has_tls_only(&policy.to_string(), "items"));
        assert!(has_tls_only(&with_tls_only(None, "items").unwrap(), "items"));
    }
}
