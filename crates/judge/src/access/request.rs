//! What is asked: who wants to do what with what, and what else the request carries.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{arn::Arn, caller::Caller, keys};

/// A request to AWS, as a policy sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// `service:Operation`.
    pub action: String,
    /// The ARNs that it is about. An operation may need several; none is `*`.
    #[serde(default)]
    pub resource: OneOrMany,
    /// Values of condition keys. Null or an empty list: the request has no such key.
    #[serde(default)]
    pub context: BTreeMap<String, Values>,
    /// Whether `context` names every key that AWS would have put into the request. If not, a key that is not named is not known.
    #[serde(default)]
    pub complete: bool,
    /// The account that owns the resource, where its ARN does not say so (buckets). Otherwise the caller's own.
    #[serde(default)]
    pub resource_account: Option<String>,
}

/// One text or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Loose")]
pub struct OneOrMany(pub Vec<String>);

/// The values of a condition key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Loose")]
pub enum Values {
    /// The request has no such key.
    Absent,
    /// A key of one value.
    One(String),
    /// A key of a set of values.
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    Many(Vec<Loose>),
}

impl Loose {
    fn texts(self) -> Vec<String> {
        match self {
            Self::Null => Vec::new(),
            Self::Bool(truth) => vec![truth.to_string()],
            Self::Number(number) => vec![number.to_string()],
            Self::Text(text) => vec![text],
            Self::Many(items) => items.into_iter().flat_map(Self::texts).collect(),
        }
    }
}

impl From<Loose> for OneOrMany {
    fn from(loose: Loose) -> Self {
        Self(loose.texts())
    }
}

impl From<Loose> for Values {
    fn from(loose: Loose) -> Self {
        let many = matches!(loose, Loose::Many(_));
        let mut texts = loose.texts();
        match (many, texts.len()) {
            (_, 0) => Self::Absent,
            (true, _) => Self::Many(texts),
            (false, _) => Self::One(texts.remove(0)),
        }
    }
}

/// What a request says about a key.
pub(crate) enum Lookup {
    Value(Values),
    Unknown(String),
}

/// A request about one resource.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    pub(crate) resource: &'a str,
}

impl Asked<'_> {
    /// The account of the resource: what is said, what the ARN says, otherwise the caller's.
    pub(crate) fn resource_account(&self) -> Option<&str> {
        self.request.resource_account.as_deref().or_else(|| {
            Arn::parse(self.resource)
                .map(|arn| arn.account)
                .filter(|account| !account.is_empty())
                .or_else(|| self.request.caller.account())
        })
    }

    /// The value of a condition key. Names of keys know no case.
    pub(crate) fn lookup(&self, key: &str) -> Lookup {
        let own = self.request.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        if let Some((_, values)) = own {
            return Lookup::Value(values.clone());
        }
        let key = key.to_ascii_lowercase();
        if let Some(values) = self.derived(&key) {
            return Lookup::Value(values);
        }
        if !keys::is_known(&key) {
            return Lookup::Unknown(format!("the condition key `{key}` is not known here"));
        }
        if self.request.complete {
            Lookup::Value(Values::Absent)
        } else {
            Lookup::Unknown(format!("the request's `{key}` is not known"))
        }
    }

    /// Keys that follow from who asks and for what.
    fn derived(&self, key: &str) -> Option<Values> {
        let caller = &self.request.caller;
        let one = |text: &str| Some(Values::One(text.to_owned()));
        let or_absent = |text: Option<&str>| Some(text.map_or(Values::Absent, |text| Values::One(text.to_owned())));
        match key {
            "aws:principalarn" => match caller {
                Caller::Role { arn, .. } => one(arn),
                Caller::Root { .. } | Caller::User { .. } | Caller::FederatedUser { .. } => one(&caller.to_string()),
                _ => Some(Values::Absent),
            },
            "aws:principalaccount" => or_absent(caller.account()),
            "aws:principaltype" => or_absent(match caller {
                Caller::Root { .. } => Some("Account"),
                Caller::User { .. } => Some("User"),
                Caller::Role { .. } => Some("AssumedRole"),
                Caller::FederatedUser { .. } => Some("FederatedUser"),
                Caller::Anonymous => Some("Anonymous"),
                _ => None,
            }),
            "aws:principalisawsservice" => match caller {
                Caller::Service(_) => one("true"),
                _ => one("false"),
            },
            "aws:principalservicename" => match caller {
                Caller::Service(name) => one(name),
                _ => Some(Values::Absent),
            },
            "aws:username" => match caller {
                Caller::User { arn } => or_absent(arn.rsplit('/').next()),
                _ => Some(Values::Absent),
            },
            "aws:resourceaccount" => or_absent(self.resource_account()),
            "aws:requestedregion" => {
                Arn::parse(self.resource).map(|arn| arn.region).filter(|region| !region.is_empty()).and_then(one)
            }
            _ => None,
        }
    }
}
