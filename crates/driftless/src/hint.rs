//! Errors in words: what happened, then what to do about it.

use std::fmt;

const MARK: &str = "\nhint: ";

/// An error as it is told: each cause in its turn, and at the end one remedy, the one of the innermost cause that has any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happened.
    pub says: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Told {
    /// Of `error` and its causes.
    pub fn of(error: &anyhow::Error) -> Self {
        let (mut says, mut hint) = (Vec::new(), None);
        for cause in error.chain() {
            let text = cause.to_string();
            match text.rsplit_once(MARK) {
                Some((words, remedy)) => {
                    says.push(words.to_owned());
                    hint = Some(remedy.to_owned());
                }
                None => says.push(text),
            }
        }
        Self { says: says.join(": "), hint }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)?;
        self.hint.iter().try_for_each(|hint| write!(f, "{MARK}{hint}"))
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn the_remedy_comes_last_and_is_that_of_the_innermost_cause() {
        let told = |error: anyhow::Error| Told::of(&error).to_string();
        let plain = anyhow!("no route").context("asking STS").context("asking who we are\nhint: sign in");
        assert_eq!(told(plain), "asking who we are: asking STS: no route\nhint: sign in");
        let both = anyhow!("expired\nhint: sign in again").context("asking who we are\nhint: sign in");
        assert_eq!(told(both), "asking who we are: expired\nhint: sign in again");
        assert_eq!(told(anyhow!("a\nhint: b\nhint: c")), "a\nhint: b\nhint: c");
        assert_eq!(told(anyhow!("no")), "no");
    }
}
