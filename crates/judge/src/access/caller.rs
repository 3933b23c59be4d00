//! Who asks.

use std::fmt;

use serde::Deserialize;

use super::{arn::Arn, principal::Meant};

/// Who makes a request.
///
/// As a text: the ARN of a user, of a role, of a role's session (`arn:aws:sts::111122223333:assumed-role/deploy/run-7`), of a
/// federated user, of an account (`…:root`), of an OIDC or SAML provider; the name of a service of AWS
/// (`ecs-tasks.amazonaws.com`); `anonymous`. The ARN of a session has no path: it is taken for one of a role without. In JSON, a role
/// and its session can be said apart: `{"role": "arn:aws:iam::111122223333:role/ci/deploy", "session": "run-7"}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Named")]
pub enum Caller {
    /// An account's root user.
    Root {
        /// The account's number.
        account: String,
    },
    /// An IAM user.
    User {
        /// The user's ARN.
        arn: String,
    },
    /// A session of a role.
    Role {
        /// The role's ARN.
        arn: String,
        /// The session's name, where it matters.
        session: Option<String>,
    },
    /// A session that `GetFederationToken` gave.
    FederatedUser {
        /// The session's ARN.
        arn: String,
    },
    /// Somebody whom an identity provider vouches for, before a role is taken.
    Federated {
        /// The provider's ARN, or its name, such as `cognito-identity.amazonaws.com`.
        provider: String,
    },
    /// A service of AWS.
    Service(String),
    /// Somebody without credentials.
    Anonymous,
}

/// The forms of a caller in JSON.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Text(String),
    /// The ARN of a session has no path: of a role with one, both have to be said.
    Session {
        role: String,
        session: Option<String>,
    },
}

/// A text that names no caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither the ARN of a principal nor the name of a service of AWS")]
pub struct CallerError(String);

impl Caller {
    /// Reads who asks from its name.
    pub fn parse(text: &str) -> Result<Self, CallerError> {
        let wrong = || CallerError(text.to_owned());
        if text == "anonymous" {
            return Ok(Self::Anonymous);
        }
        let Some(arn) = Arn::parse(text) else {
            return match text {
                "cognito-identity.amazonaws.com" | "accounts.google.com" | "graph.facebook.com" | "www.amazon.com" => {
                    Ok(Self::Federated { provider: text.to_owned() })
                }
                _ if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") => {
                    Ok(Self::Service(text.to_owned()))
                }
                _ => Err(wrong()),
            };
        };
        let (kind, name) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
        Ok(match (arn.service, kind) {
            ("iam", "root") => Self::Root { account: arn.account.to_owned() },
            ("iam", "user") => Self::User { arn: text.to_owned() },
            ("iam", "role") => Self::Role { arn: text.to_owned(), session: None },
            ("iam", "oidc-provider" | "saml-provider") => Self::Federated { provider: text.to_owned() },
            ("sts", "federated-user") => Self::FederatedUser { arn: text.to_owned() },
            ("sts", "assumed-role") => {
                let (role, session) = name.rsplit_once('/').ok_or_else(wrong)?;
                let partition = text.split(':').nth(1).unwrap_or("aws");
                Self::Role {
                    arn: format!("arn:{partition}:iam::{}:role/{role}", arn.account),
                    session: Some(session.to_owned()),
                }
            }
            _ => return Err(wrong()),
        })
    }

    /// The account that the caller belongs to.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account } => Some(account),
            Self::User { arn } | Self::Role { arn, .. } | Self::FederatedUser { arn } => {
                Arn::parse(arn).map(|arn| arn.account)
            }
            Self::Federated { .. } | Self::Service(_) | Self::Anonymous => None,
        }
    }

    /// The name by which a `Principal` element would list the caller.
    pub(crate) fn named(&self, meant: Meant) -> Option<String> {
        match meant {
            Meant::Account => self.account().map(root),
            Meant::Role => match self {
                Self::Role { arn, .. } => Some(arn.clone()),
                _ => None,
            },
            Meant::Directly => match self {
                Self::Root { account } => Some(root(account)),
                Self::User { arn } | Self::FederatedUser { arn } => Some(arn.clone()),
                Self::Role { .. } => self.session_arn(),
                _ => None,
            },
        }
    }

    /// All names of the caller: account, role, session.
    pub(crate) fn identities(&self) -> Vec<String> {
        match self {
            Self::Service(name) => vec![name.clone()],
            Self::Federated { provider } => vec![provider.clone()],
            Self::Anonymous => vec!["anonymous".to_owned()],
            _ => {
                let mut names: Vec<_> = [Meant::Account, Meant::Role, Meant::Directly]
                    .into_iter()
                    .filter_map(|meant| self.named(meant))
                    .collect();
                names.dedup();
                names
            }
        }
    }

    fn session_arn(&self) -> Option<String> {
        let Self::Role { arn, session: Some(session) } = self else {
            return None;
        };
        let parsed = Arn::parse(arn)?;
        let name = parsed.resource.rsplit('/').next()?;
        let partition = arn.split(':').nth(1)?;
        Some(format!("arn:{partition}:sts::{}:assumed-role/{name}/{session}", parsed.account))
    }

    /// Whether the ARN of a session may be that of this role's session, which has no name here.
    pub(crate) fn may_be_session(&self, session: &str) -> bool {
        match self {
            Self::Role { arn, session: None } => {
                let name = arn.rsplit('/').next().unwrap_or_default();
                session.contains(&format!(":assumed-role/{name}/"))
            }
            _ => false,
        }
    }

    /// Whether it is a role that a service of AWS made for itself, which no policy of an organization limits.
    pub(crate) fn is_service_linked(&self) -> bool {
        matches!(self, Self::Role { arn, .. } if arn.contains(":role/aws-service-role/"))
    }
}

fn root(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

impl TryFrom<Named> for Caller {
    type Error = CallerError;

    fn try_from(named: Named) -> Result<Self, CallerError> {
        match named {
            Named::Text(text) => Self::parse(&text),
            Named::Session { role, session } => match Self::parse(&role)? {
                Self::Role { arn, session: None } => Ok(Self::Role { arn, session }),
                _ => Err(CallerError(role)),
            },
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root { account } => out.write_str(&root(account)),
            Self::User { arn } | Self::FederatedUser { arn } => out.write_str(arn),
            Self::Role { arn, .. } => out.write_str(&self.session_arn().unwrap_or(arn.clone())),
            Self::Federated { provider } => out.write_str(provider),
            Self::Service(name) => out.write_str(name),
            Self::Anonymous => out.write_str("anonymous"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_names_of_callers() {
        for name in [
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user/people/ann",
            "arn:aws:iam::111122223333:role/deploy",
            "arn:aws:sts::111122223333:assumed-role/deploy/run-7",
            "arn:aws:sts::111122223333:federated-user/ann",
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
            "ecs-tasks.amazonaws.com",
            "anonymous",
        ] {
            assert_eq!(Caller::parse(name).expect(name).to_string(), name);
        }
        for name in ["", "deploy", "arn:aws:s3:::bucket", "arn:aws:sts::1:assumed-role/a"] {
            Caller::parse(name).expect_err(name);
        }
    }
}
