//! The policies that have a say in a request, by their kind.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::document::{Document, DocumentError};

/// Policies of one kind, by name. None: the policy is there, what it says is not known.
pub type Named = BTreeMap<String, Option<Document>>;

/// All policies that have a say in one request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// Identity-based policies of the caller: its own and those of its groups.
    pub identity: Named,
    /// The caller's permissions boundary; none where nothing is set.
    pub boundary: Option<Named>,
    /// Policies that were passed when the session began.
    pub session: Option<Named>,
    /// Service control policies of the caller's account, from the organization's root down: each level has to allow.
    pub service_control: Vec<Named>,
    /// Resource control policies of the resource's account, likewise.
    pub resource_control: Vec<Named>,
    /// The policy of the VPC endpoint that the request goes through.
    pub endpoint: Option<Named>,
    /// The resource's own policy: a bucket's, a key's, a secret's, a role's trust policy.
    pub resource: ResourcePolicy,
}

/// The policy of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum ResourcePolicy {
    /// The resource has none.
    #[default]
    None,
    /// Nobody said. In JSON: `"unknown"`.
    Unknown,
    /// This one.
    Is(Document),
}

impl TryFrom<Value> for ResourcePolicy {
    type Error = DocumentError;

    fn try_from(value: Value) -> Result<Self, DocumentError> {
        Ok(match value {
            Value::Null => Self::None,
            Value::String(word) if word == "unknown" => Self::Unknown,
            other => Self::Is(Document::try_from(other)?),
        })
    }
}

/// A kind of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Of the organization, for its accounts.
    ServiceControl,
    /// Of the organization, for its resources.
    ResourceControl,
    /// Of a VPC endpoint.
    Endpoint,
    /// Of the resource.
    Resource,
    /// Of a role: who may take it.
    Trust,
    /// Of the caller.
    Identity,
    /// The most that the caller's policies can give.
    Boundary,
    /// The most that the session can have.
    Session,
    /// None: the account's root user, or what AWS does where there is no policy.
    Default,
}

impl Layer {
    /// AWS's words for a policy of this kind.
    pub fn words(self) -> &'static str {
        match self {
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Endpoint => "VPC endpoint policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Default => "default",
        }
    }
}
