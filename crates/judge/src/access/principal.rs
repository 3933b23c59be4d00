//! The `Principal` element: whom a statement of a resource's policy is about.

use serde_json::Value;

use super::{
    arn::{Arn, is_account},
    caller::Caller,
};
use crate::{hole::first_hole, known::Known};

/// What a `Principal` element lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principals(Vec<Principal>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Principal {
    Everyone,
    Aws(String),
    Service(String),
    Federated(String),
    Canonical(String),
}

/// How a caller is meant. What a policy grants to a role is limited by the role's boundary and session policies; what it grants to
/// an account has to be granted on by the account's identity-based policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meant {
    Account,
    Role,
    Directly,
}

impl Principals {
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let kinds = match value {
            Value::String(all) if all == "*" => return Some(Self(vec![Principal::Everyone])),
            Value::Object(kinds) if !kinds.is_empty() => kinds,
            _ => return None,
        };
        let mut principals = Vec::new();
        for (kind, values) in kinds {
            let values = match values {
                Value::String(one) => vec![one.clone()],
                Value::Array(many) => {
                    many.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<_>>()?
                }
                _ => return None,
            };
            for value in values {
                principals.push(match kind.as_str() {
                    "AWS" if value == "*" => Principal::Everyone,
                    "AWS" => Principal::Aws(value),
                    "Service" => Principal::Service(value),
                    "Federated" => Principal::Federated(value),
                    "CanonicalUser" => Principal::Canonical(value),
                    _ => return None,
                });
            }
        }
        Some(Self(principals))
    }

    /// Whether a caller is among them, in any of the ways of `meant`.
    pub(crate) fn lists(&self, caller: &Caller, meant: &[Meant]) -> Known {
        Known::any(self.0.iter().map(|principal| principal.is(caller, meant)), || {
            format!("its principals do not include {caller}")
        })
    }

    /// Whether `NotPrincipal` with `Deny` leaves a caller alone. Account, role and session are looked at one after the other, so
    /// each of them has to be listed (IAM user guide, "AWS JSON policy elements: `NotPrincipal`").
    pub(crate) fn spares(&self, caller: &Caller) -> Known {
        Known::all(caller.identities().iter().map(|identity| {
            Known::any(
                self.0.iter().map(|principal| match principal {
                    Principal::Everyone => Known::Yes,
                    Principal::Canonical(id) => canonical(id),
                    Principal::Aws(text) => same(&expand_account(text), identity),
                    Principal::Service(text) | Principal::Federated(text) => same(text, identity),
                }),
                || format!("`NotPrincipal` does not list {identity}"),
            )
        }))
    }
}

impl Principal {
    fn is(&self, caller: &Caller, meant: &[Meant]) -> Known {
        let no = || Known::No(String::new());
        let directly = meant.contains(&Meant::Directly);
        match self {
            // Neither boundary nor session policy limits what everyone may do.
            Self::Everyone => Known::of(directly, String::new),
            Self::Service(name) => match caller {
                Caller::Service(service) if directly => same(name, service),
                _ => no(),
            },
            Self::Federated(provider) => match caller {
                Caller::Federated { provider: own } if directly => same(provider, own),
                _ => no(),
            },
            Self::Canonical(id) => match caller {
                Caller::Anonymous | Caller::Service(_) | Caller::Federated { .. } => no(),
                _ => canonical(id),
            },
            Self::Aws(text) => {
                let text = expand_account(text);
                let unnamed = directly && caller.may_be_session(&text);
                let session =
                    unnamed.then(|| Known::Unknown(format!("whether {caller} is the session {text} is not known")));
                Known::any(
                    meant
                        .iter()
                        .map(|meant| match caller.named(*meant) {
                            Some(name) => same(&text, &name),
                            None => no(),
                        })
                        .chain(session),
                    String::new,
                )
            }
        }
    }
}

/// `111122223333` is short for the ARN of the account.
fn expand_account(text: &str) -> String {
    if is_account(text) { format!("arn:aws:iam::{text}:root") } else { text.to_owned() }
}

/// Principals know no wildcards. Partitions are left out: an account's number is in one partition only.
fn same(listed: &str, own: &str) -> Known {
    let alike = match (Arn::parse(listed), Arn::parse(own)) {
        (Some(listed), Some(own)) => listed == own,
        _ => listed == own,
    };
    if alike {
        return Known::Yes;
    }
    super::pattern::Pattern(crate::hole::atoms(listed).into_iter().map(super::pattern::Token::Atom).collect())
        .matches(own)
}

fn canonical(id: &str) -> Known {
    let id = first_hole(id).unwrap_or(id);
    Known::Unknown(format!("the account with the canonical id `{id}` is not known"))
}
