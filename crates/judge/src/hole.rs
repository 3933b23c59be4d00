//! Parts of a text that are not known: `arn:aws:kms:eu-central-1:111122223333:key/⟦aws_kms_key.main.key_id⟧`.
//!
//! Two holes of one name are the same value. Any other comparison with a hole has no answer, unless what stands around it
//! decides.

const OPEN: char = '⟦';
const CLOSE: char = '⟧';

/// A hole: the name of what is not known.
pub fn hole(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

/// The name of the first hole in a text.
pub fn first_hole(text: &str) -> Option<&str> {
    let start = text.find(OPEN)? + OPEN.len_utf8();
    let end = text[start..].find(CLOSE)? + start;
    Some(&text[start..end])
}

/// One character of a text, or one hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Atom {
    Char(char),
    Hole(String),
}

/// A text as characters and holes.
pub(crate) fn atoms(text: &str) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut rest = text;
    while let Some(name) = first_hole(rest) {
        let start = rest.find(OPEN).unwrap_or_default();
        atoms.extend(rest[..start].chars().map(Atom::Char));
        atoms.push(Atom::Hole(name.to_owned()));
        rest = &rest[start + OPEN.len_utf8() + name.len() + CLOSE.len_utf8()..];
    }
    atoms.extend(rest.chars().map(Atom::Char));
    atoms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_holes_between_the_characters() {
        assert_eq!(atoms("a⟦b.c⟧d"), [Atom::Char('a'), Atom::Hole("b.c".to_owned()), Atom::Char('d')]);
        assert_eq!(first_hole("plain"), None);
        assert_eq!(first_hole(&hole("x")), Some("x"));
    }
}
