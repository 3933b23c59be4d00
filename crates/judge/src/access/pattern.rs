//! Patterns of policies: `*` is any text, `?` one character.

use crate::{
    hole::{Atom, atoms},
    known::Known,
};

/// One piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Atom(Atom),
    One,
    /// `*`; whether it goes past a colon.
    Any {
        crosses: bool,
    },
}

/// A pattern whose variables have been replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern(pub(crate) Vec<Token>);

impl Pattern {
    /// A text in which `*` and `?` have their meaning.
    pub(crate) fn glob(text: &str) -> Self {
        let mut pattern = Self::default();
        pattern.push_glob(text);
        pattern
    }

    pub(crate) fn push_glob(&mut self, text: &str) {
        self.0.extend(atoms(text).into_iter().map(|atom| match atom {
            Atom::Char('*') => Token::Any { crosses: true },
            Atom::Char('?') => Token::One,
            atom => Token::Atom(atom),
        }));
    }

    pub(crate) fn push_literal(&mut self, text: &str) {
        self.0.extend(atoms(text).into_iter().map(Token::Atom));
    }

    /// The same pattern for the `Resource` element: before the last part of the ARN, a `*` goes past a colon only where it ends
    /// a segment (IAM user guide, "IAM JSON policy elements: Resource").
    pub(crate) fn within_segments(mut self) -> Self {
        let mut colons = 0;
        for at in 0..self.0.len() {
            let ends = matches!(self.0.get(at + 1), None | Some(Token::Atom(Atom::Char(':'))));
            match &mut self.0[at] {
                Token::Atom(Atom::Char(':')) => colons += 1,
                Token::Any { crosses } => *crosses = colons >= 5 || ends,
                _ => {}
            }
        }
        self
    }

    /// The pattern's pieces between its first `limit - 1` colons.
    pub(crate) fn split(&self, limit: usize) -> Vec<Self> {
        self.0
            .splitn(limit, |token| *token == Token::Atom(Atom::Char(':')))
            .map(|tokens| Self(tokens.to_vec()))
            .collect()
    }

    /// Whether the whole of a text matches.
    pub(crate) fn matches(&self, text: &str) -> Known {
        let text = atoms(text);
        if walk(&self.0, &text, strict) {
            return Known::Yes;
        }
        let listed = self.0.iter().filter_map(|token| match token {
            Token::Atom(atom) => Some(atom),
            _ => None,
        });
        let name = text.iter().chain(listed).find_map(|atom| match atom {
            Atom::Hole(name) => Some(name),
            Atom::Char(_) => None,
        });
        match name {
            Some(name) if walk(&self.0, &text, hopeful) => Known::Unknown(format!("`{name}` is not known")),
            _ => Known::No(String::new()),
        }
    }

    /// The same without regard to case.
    pub(crate) fn matches_any_case(&self, text: &str) -> Known {
        let lower = Self(
            self.0
                .iter()
                .map(|token| match token {
                    Token::Atom(Atom::Char(c)) => Token::Atom(Atom::Char(c.to_ascii_lowercase())),
                    token => token.clone(),
                })
                .collect(),
        );
        lower.matches(&text.to_ascii_lowercase())
    }
}

/// How a step may go on: past the token, past the atom, past both.
struct Step {
    token: bool,
    atom: bool,
    both: bool,
}

/// Holes are equal to themselves alone.
fn strict(token: Option<&Token>, atom: Option<&Atom>) -> Step {
    let absorbs = match (token, atom) {
        (Some(Token::Any { crosses }), Some(atom)) => *crosses || *atom != Atom::Char(':'),
        _ => false,
    };
    Step {
        token: matches!(token, Some(Token::Any { .. })),
        atom: absorbs,
        both: match (token, atom) {
            (Some(Token::One), Some(Atom::Char(_))) => true,
            (Some(Token::Atom(a)), Some(b)) => a == b,
            _ => false,
        },
    }
}

/// Holes may be whatever would match.
fn hopeful(token: Option<&Token>, atom: Option<&Atom>) -> Step {
    let sure = strict(token, atom);
    let open = matches!(token, Some(Token::Atom(Atom::Hole(_))));
    let empty = matches!(atom, Some(Atom::Hole(_)));
    Step {
        token: sure.token || open || (empty && token.is_some()),
        atom: sure.atom || empty || (open && atom.is_some()),
        both: sure.both,
    }
}

/// Whether some way leads from the beginning of both to the end of both.
fn walk(tokens: &[Token], text: &[Atom], step: impl Fn(Option<&Token>, Option<&Atom>) -> Step) -> bool {
    let width = text.len() + 1;
    let mut reached = vec![false; (tokens.len() + 1) * width];
    reached[0] = true;
    for i in 0..=tokens.len() {
        for j in 0..=text.len() {
            if !reached[i * width + j] {
                continue;
            }
            let next = step(tokens.get(i), text.get(j));
            if next.token && i < tokens.len() {
                reached[(i + 1) * width + j] = true;
            }
            if next.atom && j < text.len() {
                reached[i * width + j + 1] = true;
            }
            if next.both {
                reached[(i + 1) * width + j + 1] = true;
            }
        }
    }
    reached[tokens.len() * width + text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(pattern: &str, text: &str) -> Known {
        Pattern::glob(pattern).matches(text)
    }

    #[test]
    fn knows_stars_and_question_marks() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "anything", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*c", "ac", true),
            ("a*c", "abcd", false),
            ("a**c*", "a-c-d", true),
        ] {
            assert_eq!(glob(pattern, text) == Known::Yes, expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_star_in_the_middle_of_a_segment_stays_in_it() {
        let resource = |pattern: &str, text: &str| Pattern::glob(pattern).within_segments().matches(text) == Known::Yes;
        let arn = "arn:aws:sns:eu-central-1:111122223333:topic";
        assert!(resource("arn:aws:sns:*:topic", arn), "ends a segment");
        assert!(!resource("arn:aws:s*s:eu*1:topic", arn));
        assert!(!resource("arn:aws:sns:eu*3:topic", arn), "would go past a colon");
        assert!(resource("arn:aws:s3:::b/*.txt", "arn:aws:s3:::b/a:b.txt"), "the last part is one");
    }

    #[test]
    fn a_hole_is_itself_or_not_known() {
        assert_eq!(glob("a/⟦x⟧/*", "a/⟦x⟧/b"), Known::Yes);
        assert!(matches!(glob("a/⟦x⟧", "a/⟦y⟧"), Known::Unknown(_)));
        assert!(matches!(glob("a/⟦x⟧", "a/b"), Known::Unknown(_)));
        assert!(matches!(glob("a/b", "a/⟦x⟧"), Known::Unknown(_)));
        assert!(matches!(glob("a/⟦x⟧", "b/c"), Known::No(_)), "what stands before it decides");
        assert_eq!(glob("a/*", "a/⟦x⟧"), Known::Yes);
    }
}
