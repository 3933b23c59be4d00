//! What the statements of one kind of policy say about a request.

use super::{
    document::{Document, Effect},
    policies::{Layer, Named},
    request::Asked,
    statement::{Answer, Whom},
    verdict::Deciding,
};
use crate::known::Known;

/// What one kind of policy says.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) known: Known,
    /// The statement that says yes.
    pub(crate) by: Option<Deciding>,
    /// Statements about the action that do not apply, and why.
    pub(crate) near: Vec<String>,
}

impl Said {
    pub(crate) fn no() -> Self {
        Self::of(Known::No(String::new()))
    }

    pub(crate) fn of(known: Known) -> Self {
        Self { known, by: None, near: Vec::new() }
    }

    /// Yes, for a reason that is no statement.
    pub(crate) fn by_default() -> Self {
        Self {
            known: Known::Yes,
            by: Some(Deciding { layer: Layer::Default, policy: None, statement: None }),
            near: Vec::new(),
        }
    }

    pub(crate) fn is_yes(&self) -> bool {
        self.known == Known::Yes
    }

    pub(crate) fn is_no(&self) -> bool {
        matches!(self.known, Known::No(_))
    }
}

/// Looks for a statement of this effect that applies.
pub(crate) fn policies(layer: Layer, named: &Named, effect: Effect, whom: &Whom<'_>, asked: &Asked<'_>) -> Said {
    merge(named.iter().map(|(name, policy)| match policy {
        Some(policy) => document(layer, Some(name), policy, effect, whom, asked),
        None => Said::of(Known::Unknown(format!("what the {} `{name}` says is not known", layer.words()))),
    }))
}

/// The same in one policy.
pub(crate) fn document(
    layer: Layer,
    name: Option<&str>,
    policy: &Document,
    effect: Effect,
    whom: &Whom<'_>,
    asked: &Asked<'_>,
) -> Said {
    let statements = policy.statements.iter().enumerate();
    merge(statements.filter(|(_, statement)| statement.effect == effect).filter_map(|(index, statement)| {
        let deciding = Deciding {
            layer,
            policy: name.map(str::to_owned),
            statement: Some(statement.sid.clone().unwrap_or_else(|| format!("statement {}", index + 1))),
        };
        let Answer::Known(known) = statement.applies(policy.variables, whom, asked) else {
            return None;
        };
        let near = match &known {
            Known::No(why) if !why.is_empty() => {
                vec![format!("{deciding} does not apply: {why}")]
            }
            _ => Vec::new(),
        };
        let known = match known {
            Known::Unknown(why) => Known::Unknown(format!("whether {deciding} applies is not known: {why}")),
            known => known,
        };
        Some(Said { by: (known == Known::Yes).then_some(deciding), known, near })
    }))
}

/// Yes if one says yes.
pub(crate) fn merge(all: impl IntoIterator<Item = Said>) -> Said {
    let mut merged = Said::no();
    for said in all {
        merged.near.extend(said.near);
        match (&merged.known, &said.known) {
            (Known::Yes, _) | (_, Known::No(_)) | (Known::Unknown(_), Known::Unknown(_)) => {}
            _ => {
                merged.known = said.known;
                merged.by = said.by;
            }
        }
    }
    merged
}
