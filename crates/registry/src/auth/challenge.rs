//! The `WWW-Authenticate` header: how to sign in. RFC 9110, section 11.6.1.

use super::token::TokenService;

/// An authentication scheme that the registry accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer(TokenService),
}

impl Challenge {
    /// Bearer if the registry offers it, else Basic: a token gives away less than a password.
    pub(super) fn choose<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Self> {
        let offered: Vec<_> = headers.flat_map(parse).collect();
        let bearer = offered.iter().find(|challenge| matches!(challenge, Self::Bearer(_)));
        bearer.or(offered.first()).cloned()
    }
}

/// The challenges of one header, without the schemes that are not supported.
fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    let mut rest = header.trim_start();
    while !rest.is_empty() {
        let (scheme, after) = rest.split_once([' ', ',']).unwrap_or((rest, ""));
        let (parameters, after) = parameters(after);
        let get =
            |name: &str| parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
        if scheme.eq_ignore_ascii_case("basic") {
            challenges.push(Challenge::Basic);
        } else if let (true, Some(realm)) = (scheme.eq_ignore_ascii_case("bearer"), get("realm")) {
            challenges.push(Challenge::Bearer(TokenService { realm, service: get("service"), scope: get("scope") }));
        }
        rest = after.trim_start_matches([' ', ',']);
    }
    challenges
}

/// Splits `name="value"` pairs off the front.
fn parameters(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        let Some((name, after)) = rest.split_once('=') else { return (found, rest) };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return (found, rest);
        }
        let Some((value, after)) = value(after) else { return (found, "") };
        found.push((name.to_owned(), value));
        rest = after;
    }
}

/// A token, or a quoted string in which `\` escapes the next character.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Challenge::Bearer(TokenService { realm: realm.to_owned(), service: owned(service), scope: owned(scope) })
    }

    #[test]
    fn reads_what_registries_send() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a:pull,push""#;
        assert_eq!(
            parse(hub),
            [bearer("https://auth.docker.io/token", Some("registry.docker.io"), Some("repository:a:pull,push"))]
        );
        assert_eq!(
            parse(r#"Basic realm="https://1.dkr.ecr.us-east-1.amazonaws.com/",service="ecr""#),
            [Challenge::Basic]
        );
        assert_eq!(parse("Basic"), [Challenge::Basic]);
        assert_eq!(
            parse(r#"bearer realm=https://a/t , service="a \"b\"""#),
            [bearer("https://a/t", Some("a \"b\""), None)]
        );
        assert_eq!(
            parse(r#"Negotiate, Basic realm="x", Bearer realm="y""#),
            [Challenge::Basic, bearer("y", None, None)]
        );
    }

    #[test]
    fn prefers_tokens_and_gives_up_on_nonsense() {
        assert_eq!(
            Challenge::choose([r#"Basic realm="x""#, r#"Bearer realm="y""#].into_iter()),
            Some(bearer("y", None, None))
        );
        for header in ["", "Bearer", r#"Bearer realm="unterminated"#, "Digest a=b", "=", ",,,"] {
            assert_eq!(Challenge::choose([header].into_iter()), None, "{header}");
        }
    }
}
