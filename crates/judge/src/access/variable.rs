//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.

use super::{
    pattern::{Pattern, Token},
    request::{Asked, Lookup, Values},
};
use crate::hole::Atom;

/// Why a text with variables stands for nothing.
pub(crate) enum Unset {
    /// The request has no such key: nothing matches.
    Missing(String),
    Unknown(String),
}

/// A text of a policy with its variables replaced. The value of a variable is plain text, whatever is in it.
pub(crate) fn expand(text: &str, variables: bool, wildcards: bool, asked: &Asked<'_>) -> Result<Pattern, Unset> {
    let mut pattern = Pattern::default();
    let push = |pattern: &mut Pattern, text: &str| {
        if wildcards {
            pattern.push_glob(text);
        } else {
            pattern.push_literal(text);
        }
    };
    let mut rest = text;
    while variables && let Some((before, inside, after)) = next(rest) {
        push(&mut pattern, before);
        match inside {
            "*" | "?" | "$" => pattern.0.extend(inside.chars().map(|c| Token::Atom(Atom::Char(c)))),
            _ => pattern.push_literal(&value(inside, asked)?),
        }
        rest = after;
    }
    push(&mut pattern, rest);
    Ok(pattern)
}

/// The text before the next variable, what is between its braces, and the text after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("${")?;
    let end = text[start..].find('}')? + start;
    Some((&text[..start], &text[start + 2..end], &text[end + 1..]))
}

fn value(inside: &str, asked: &Asked<'_>) -> Result<String, Unset> {
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => {
            (key.trim(), default.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\'')))
        }
        None => (inside.trim(), None),
    };
    match asked.lookup(key) {
        Lookup::Value(Values::One(text)) => Ok(text),
        Lookup::Value(Values::Absent) => match default {
            Some(default) => Ok(default.to_owned()),
            None => Err(Unset::Missing(key.to_owned())),
        },
        Lookup::Value(Values::Many(_)) => {
            Err(Unset::Unknown(format!("`{key}` has several values and cannot be a variable")))
        }
        Lookup::Unknown(why) => Err(Unset::Unknown(why)),
    }
}
