//! Condition operators against the values of a request.

mod date;
mod operator;

use self::operator::{Base, Operator, Quantifier};
use super::{
    document::Condition,
    request::{Asked, Lookup, Values},
};
use crate::known::Known;

/// Whether all conditions of a statement are met.
pub(crate) fn met(conditions: &[Condition], variables: bool, asked: &Asked<'_>) -> Known {
    Known::all(conditions.iter().map(|condition| test(condition, variables, asked)))
}

fn test(condition: &Condition, variables: bool, asked: &Asked<'_>) -> Known {
    let Condition { operator: name, key, values } = condition;
    let Some(operator) = Operator::parse(name) else {
        return Known::Unknown(format!("the condition operator `{name}` is not known here"));
    };
    let found = match asked.lookup(key) {
        Lookup::Value(found) => found,
        Lookup::Unknown(why) => return Known::Unknown(why),
    };
    let unmet = |what: &str| Known::No(format!("its condition `{name}` on `{key}` is not met: {what}"));
    if operator.base == Base::Null {
        let absent = found == Values::Absent;
        return match values.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["true"] => Known::of(absent, String::new),
            ["false"] => Known::of(!absent, String::new),
            _ => Known::Unknown(format!("`{name}` on `{key}` is neither `true` nor `false`")),
        }
        .or_else(|| unmet(if absent { "the request has no such key" } else { "the request has it" }));
    }
    let texts = match found {
        Values::Absent => {
            let truth = operator.if_exists
                || match operator.quantifier {
                    Some(Quantifier::All) => true,
                    Some(Quantifier::Any) => false,
                    None => operator.negated,
                };
            return Known::of(truth, String::new).or_else(|| unmet("the request has no such key"));
        }
        Values::Many(_) if operator.quantifier.is_none() => {
            return Known::Unknown(format!(
                "`{key}` has several values, `{name}` compares one: it needs `ForAllValues:` or `ForAnyValue:`"
            ));
        }
        Values::One(text) => vec![text],
        Values::Many(texts) => texts,
    };
    let answers = texts.iter().map(|text| {
        let positive =
            Known::any(values.iter().map(|value| operator.base.compare(value, text, variables, asked)), String::new);
        if operator.negated { positive.not(String::new) } else { positive }
    });
    match operator.quantifier {
        Some(Quantifier::Any) => Known::any(answers, String::new),
        Some(Quantifier::All) | None => Known::all(answers),
    }
    .or_else(|| {
        let (own, listed) = (texts.join("`, `"), values.join("`, `"));
        if operator.negated {
            unmet(&format!("the request has `{own}`, the policy excludes `{listed}`"))
        } else {
            unmet(&format!("the request has `{own}`, the policy wants `{listed}`"))
        }
    })
}

impl Known {
    /// Gives a no its reason.
    fn or_else(self, no: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No(_) => no(),
            other => other,
        }
    }
}
