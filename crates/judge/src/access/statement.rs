//! Whether a statement is about a request.

use super::{
    condition,
    document::{Effect, Listed, Statement},
    pattern::Pattern,
    principal::Meant,
    request::Asked,
    variable::{Unset, expand},
};
use crate::known::Known;

/// What a statement's principals are compared with.
pub(crate) enum Whom<'a> {
    /// Identity-based policies have no principals.
    Nobody,
    /// In these ways.
    Caller(&'a [Meant]),
    /// In any way; whether the caller has a permissions boundary.
    AnyWay { bounded: bool },
}

/// Why a statement is not about a request, if its action is.
pub(crate) enum Answer {
    Known(Known),
    /// Another action: nothing worth telling.
    OtherAction,
}

impl Statement {
    pub(crate) fn applies(&self, variables: bool, whom: &Whom<'_>, asked: &Asked<'_>) -> Answer {
        let action = self.acts_on(&asked.request.action);
        if let Known::No(_) = action {
            return Answer::OtherAction;
        }
        Answer::Known(Known::all([
            self.is_about(whom, asked),
            self.names(variables, asked),
            action,
            condition::met(&self.conditions, variables, asked),
        ]))
    }

    fn acts_on(&self, action: &str) -> Known {
        let listed = |patterns: &[String]| {
            Known::any(patterns.iter().map(|pattern| Pattern::glob(pattern).matches_any_case(action)), String::new)
        };
        match &self.action {
            Listed::In(patterns) => listed(patterns),
            Listed::NotIn(patterns) => listed(patterns).not(String::new),
        }
    }

    fn names(&self, variables: bool, asked: &Asked<'_>) -> Known {
        let listed = |patterns: &[String]| {
            Known::any(
                patterns.iter().map(|text| match expand(text, variables, true, asked) {
                    Ok(pattern) => pattern.within_segments().matches(asked.resource),
                    Err(Unset::Missing(key)) => Known::No(format!("the request has no `{key}`")),
                    Err(Unset::Unknown(why)) => Known::Unknown(why),
                }),
                || format!("its resources are {}", patterns.join(", ")),
            )
        };
        match &self.resource {
            None => Known::Yes,
            Some(Listed::In(patterns)) => listed(patterns),
            Some(Listed::NotIn(patterns)) => listed(patterns).not(|| format!("it excludes {}", patterns.join(", "))),
        }
    }

    fn is_about(&self, whom: &Whom<'_>, asked: &Asked<'_>) -> Known {
        let caller = &asked.request.caller;
        let all = [Meant::Account, Meant::Role, Meant::Directly];
        let meant = match whom {
            Whom::Nobody => return Known::Yes,
            Whom::Caller(meant) => *meant,
            Whom::AnyWay { .. } => &all,
        };
        match &self.principal {
            None => Known::No("it has no principal".to_owned()),
            Some(Listed::In(principals)) => principals.lists(caller, meant),
            Some(Listed::NotIn(_)) if self.effect == Effect::Allow => {
                Known::Unknown("`NotPrincipal` with `Allow` is not supported by AWS".to_owned())
            }
            // A boundary makes `NotPrincipal` deny whatever it lists (IAM user guide, "Permissions boundaries").
            Some(Listed::NotIn(_)) if matches!(whom, Whom::AnyWay { bounded: true }) => Known::Yes,
            Some(Listed::NotIn(principals)) => {
                principals.spares(caller).not(|| "`NotPrincipal` lists the caller".to_owned())
            }
        }
    }
}
