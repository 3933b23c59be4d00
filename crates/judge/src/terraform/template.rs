//! Strings with `${…}` in them.

/// A piece of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(String),
    Expression(&'a str),
}

/// The pieces of a string. `$${` is a `${` that Terraform leaves alone.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            plain.push_str(&rest[..at - 1]);
            plain.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        let Some(length) = end(&rest[at + 2..]) else { break };
        plain.push_str(&rest[..at]);
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(Piece::Expression(rest[at + 2..at + 2 + length].trim()));
        rest = &rest[at + 3 + length..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

/// Where the brace that closes an expression is. Strings in it may hold expressions.
fn end(text: &str) -> Option<usize> {
    let mut open: Vec<char> = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let quoted = open.last() == Some(&'"');
        match character {
            '\\' if quoted => {
                characters.next();
            }
            '"' if quoted => {
                open.pop();
            }
            '"' => open.push('"'),
            '$' if quoted && characters.peek().is_some_and(|(_, next)| *next == '{') => {
                characters.next();
                open.push('{');
            }
            '{' if !quoted => open.push('{'),
            '}' if !quoted && open.pop().is_none() => return Some(at),
            _ => {}
        }
    }
    None
}

/// `aws_vpc.main.id`: the address and the attribute. An index of the resource is left out.
pub(super) fn reference(expression: &str) -> Option<(String, &str)> {
    let mut parts = expression.split('.');
    let first = parts.next()?;
    let (kind, data) = if first == "data" { (parts.next()?, true) } else { (first, false) };
    let name = parts.next()?;
    let name = name.split('[').next().unwrap_or(name);
    let plain =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let known = data || !["var", "local", "each", "count", "module", "path", "self"].contains(&kind);
    if !known || !plain(kind) || !plain(name) || !kind.contains('_') {
        return None;
    }
    let skipped = if data { 3 } else { 2 };
    let attribute = expression.splitn(skipped + 1, '.').nth(skipped)?;
    let harmless = attribute.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']'));
    let address = if data { format!("data.{kind}.{name}") } else { format!("{kind}.{name}") };
    harmless.then_some((address, attribute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_expressions_with_braces_and_strings_in_them() {
        let text = r#"a${x ? "}:${var.y["k"]}" : ""}b$${aws:username}${c}"#;
        assert_eq!(
            pieces(text),
            [
                Piece::Text("a".to_owned()),
                Piece::Expression(r#"x ? "}:${var.y["k"]}" : """#),
                Piece::Text("b${aws:username}".to_owned()),
                Piece::Expression("c"),
            ]
        );
        assert_eq!(pieces("${open"), [Piece::Text("${open".to_owned())]);
    }

    #[test]
    fn reads_references() {
        assert_eq!(reference("aws_vpc.main.id"), Some(("aws_vpc.main".to_owned(), "id")));
        assert_eq!(
            reference("aws_db_instance.main.master_user_secret[0].secret_arn"),
            Some(("aws_db_instance.main".to_owned(), "master_user_secret[0].secret_arn"))
        );
        assert_eq!(
            reference("data.aws_caller_identity.current.account_id"),
            Some(("data.aws_caller_identity.current".to_owned(), "account_id"))
        );
        assert_eq!(reference("aws_subnet.a[0].id"), Some(("aws_subnet.a".to_owned(), "id")));
        for other in ["var.x.y", "local.image", "lookup(var.tasks, \"a\", 1)", "aws_vpc.main", "each.value.x"] {
            assert_eq!(reference(other), None, "{other}");
        }
    }
}
