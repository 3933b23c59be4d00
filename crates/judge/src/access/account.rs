//! An account as a whole: its roles, and the resources that have policies.

use super::{
    caller::{Caller, CallerError},
    evaluate::evaluate,
    policies::{Named, Policies, ResourcePolicy},
    request::{OneOrMany, Request, Values},
    verdict::Verdict,
};

/// Roles and resources of an account, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The account's number, or a hole.
    pub id: String,
    /// Roles.
    pub roles: std::collections::BTreeMap<String, Role>,
    /// Resources.
    pub resources: std::collections::BTreeMap<String, Owned>,
    /// What could not be described, in words.
    pub unknown: Vec<String>,
}

/// A role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Who may take it.
    pub trust: ResourcePolicy,
    /// What it may do.
    pub identity: Named,
    /// The most that it may do.
    pub boundary: Option<Named>,
}

/// A resource of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owned {
    /// Its ARN.
    pub arn: String,
    /// Its own policy.
    pub policy: ResourcePolicy,
}

/// A question about a role of the account.
#[derive(Debug, Clone, Default)]
pub struct Question<'a> {
    /// The role, by its name, its ARN or the last part of either.
    pub role: &'a str,
    /// The action.
    pub action: &'a str,
    /// The resource: an ARN, or a name of the account's resources. A name may be followed by `/` or `:` and more.
    pub resource: &'a str,
    /// Values of condition keys.
    pub context: std::collections::BTreeMap<String, Values>,
    /// Whether those are all that the request has.
    pub complete: bool,
}

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// No such role.
    #[error("`{name}` is no role; there are {known}")]
    Role {
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// The caller has no form that is known.
    #[error(transparent)]
    Caller(#[from] CallerError),
}

impl Role {
    /// The name of its boundary, where nothing else is known of that.
    pub fn unknown_boundary(&self) -> Option<&str> {
        let mut unknown = self.boundary.iter().flatten().filter(|(_, document)| document.is_none());
        unknown.next().map(|(name, _)| name.as_str())
    }
}

impl Account {
    /// Whether a role may do something.
    pub fn may(&self, question: &Question<'_>) -> Result<Verdict, QuestionError> {
        let role = self.role(question.role)?;
        let request = self.request(Caller::parse(&role.arn)?, question);
        let policies = Policies {
            identity: role.identity.clone(),
            boundary: role.boundary.clone(),
            resource: self.policy_of(&request.resource.0[0]),
            ..Policies::default()
        };
        let mut verdict = evaluate(&policies, &request);
        if self.owner(&request.resource.0[0]).is_none() && request.resource.0[0] != "*" {
            verdict.notes.push(format!(
                "{} is not described here: if it has a policy of its own, that was not asked",
                request.resource.0[0]
            ));
        }
        Ok(verdict)
    }

    /// Whether somebody may take a role: a service of AWS, or whom an identity provider vouches for.
    pub fn may_take(&self, caller: &str, question: &Question<'_>) -> Result<Verdict, QuestionError> {
        let role = self.role(question.role)?;
        let mut request = self.request(Caller::parse(caller)?, question);
        request.resource = OneOrMany(vec![role.arn.clone()]);
        let policies = Policies { resource: role.trust.clone(), ..Policies::default() };
        Ok(evaluate(&policies, &request))
    }

    /// Whether a service of AWS may do something with a resource.
    pub fn service_may(&self, service: &str, question: &Question<'_>) -> Result<Verdict, QuestionError> {
        let request = self.request(Caller::parse(service)?, question);
        let policies = Policies { resource: self.policy_of(&request.resource.0[0]), ..Policies::default() };
        Ok(evaluate(&policies, &request))
    }

    fn role(&self, name: &str) -> Result<&Role, QuestionError> {
        let last = |text: &str| text.rsplit(['.', '/']).next() == Some(name);
        let exact = self.roles.iter().find(|(key, role)| *key == name || role.arn == name);
        exact
            .or_else(|| self.roles.iter().find(|(key, role)| last(key) || last(&role.arn)))
            .map(|(_, role)| role)
            .ok_or_else(|| QuestionError::Role {
                name: name.to_owned(),
                known: self.roles.keys().cloned().collect::<Vec<_>>().join(", "),
            })
    }

    fn request(&self, caller: Caller, question: &Question<'_>) -> Request {
        Request {
            caller,
            action: question.action.to_owned(),
            resource: OneOrMany(vec![self.arn_of(question.resource)]),
            context: question.context.clone(),
            complete: question.complete,
            resource_account: Some(self.account_of(question.resource)),
        }
    }

    /// The ARN that a name stands for.
    fn arn_of(&self, resource: &str) -> String {
        let named = self
            .resources
            .iter()
            .filter_map(|(name, owned)| {
                let rest = resource.strip_prefix(name.as_str())?;
                let whole = rest.is_empty() || rest.starts_with(['/', ':']);
                whole.then(|| format!("{}{rest}", owned.arn))
            })
            .max_by_key(String::len);
        named.unwrap_or_else(|| resource.to_owned())
    }

    /// ARNs of buckets do not name their account: one that is not described is taken for the own.
    fn account_of(&self, resource: &str) -> String {
        super::arn::Arn::parse(&self.arn_of(resource))
            .map(|arn| arn.account)
            .filter(|account| !account.is_empty())
            .unwrap_or(&self.id)
            .to_owned()
    }

    /// The resource that an ARN is of, or is in.
    fn owner(&self, arn: &str) -> Option<&Owned> {
        self.resources.values().find(|owned| {
            arn.strip_prefix(owned.arn.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))
        })
    }

    fn policy_of(&self, arn: &str) -> ResourcePolicy {
        match self.owner(arn) {
            Some(owned) => owned.policy.clone(),
            None => ResourcePolicy::None,
        }
    }
}
