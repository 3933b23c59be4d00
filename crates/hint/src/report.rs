//! An error in words: what happened, then what to do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Hint, Hinted, Remedy};

/// An error as it is printed or sent: the causes in one line, then the hint of the innermost cause that has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReport {
    /// What happened: the error and its causes, joined by `: `.
    pub error: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl ErrorReport {
    /// Describes `error` and its causes.
    pub fn of(error: &anyhow::Error) -> Self {
        let (mut words, mut hint) = (Vec::new(), None);
        for cause in error.chain() {
            if let Some(remedy) = cause.downcast_ref::<Remedy>() {
                hint = Some(remedy.hint().to_owned());
                continue;
            }
            if let Some(hinted) = cause.downcast_ref::<Hinted>() {
                hint = Some(hinted.hint().to_owned());
            }
            words.push(cause.to_string());
        }
        Self { error: words.join(": "), hint }
    }

    /// The same as an error, for example on the other side of a socket.
    pub fn into_error(self) -> anyhow::Error {
        let error = anyhow::Error::msg(self.error);
        match self.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// The error on the first line, the hint on the last.
impl fmt::Display for ErrorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        self.hint.iter().try_for_each(|hint| write!(f, "\nhint: {hint}"))
    }
}

#[cfg(test)]
mod tests {
    use std::{error::Error, io};

    use anyhow::{Context, anyhow};

    use super::*;
    use crate::find;

    fn printed(error: &anyhow::Error) -> String {
        ErrorReport::of(error).to_string()
    }

    #[test]
    fn the_hint_comes_last_and_is_that_of_the_innermost_cause() {
        let one = anyhow!("no route").context("asking STS").hint("sign in").context("looking up the account");
        assert_eq!(printed(&one), "looking up the account: asking STS: no route\nhint: sign in");
        assert_eq!(format!("{one:#}"), "looking up the account: asking STS: no route");
        let two = anyhow!("expired").hint("sign in again").context("looking up the account").hint("sign in");
        assert_eq!(printed(&two), "looking up the account: expired\nhint: sign in again");
        assert_eq!(printed(&anyhow!("no")), "no");
    }

    #[test]
    fn a_typed_error_has_its_hint_as_its_source() {
        #[derive(Debug)]
        struct Typed(Remedy);
        impl fmt::Display for Typed {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("blob is damaged")
            }
        }
        impl Error for Typed {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let error = Err::<(), _>(Typed("build it again".into())).context("opening the image").unwrap_err();
        assert_eq!(printed(&error), "opening the image: blob is damaged\nhint: build it again");
    }

    #[test]
    fn macros_take_arguments_on_both_sides_of_the_hint() {
        fn checked(size: u64) -> anyhow::Result<()> {
            crate::ensure!(size == 14, "blob is {size} bytes, not {}", 14, hint = "build `{}` again", "web");
            crate::bail!("nothing to do", hint = "see `--help`",)
        }
        assert_eq!(printed(&checked(12).unwrap_err()), "blob is 12 bytes, not 14\nhint: build `web` again");
        assert_eq!(printed(&checked(14).unwrap_err()), "nothing to do\nhint: see `--help`");
    }

    #[test]
    fn the_type_of_a_cause_is_found_under_hints() {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        for error in [
            anyhow::Error::new(missing()).context("a"),
            anyhow::Error::new(missing()).hint("b").hint("c").context("a"),
            anyhow::Error::new(missing()).context("a").hint("b"),
        ] {
            assert_eq!(find::<io::Error>(&error).map(io::Error::kind), Some(io::ErrorKind::NotFound), "{error:?}");
        }
        assert!(find::<io::Error>(&anyhow!("a").hint("b")).is_none());
    }

    #[test]
    fn survives_the_way_over_a_socket() {
        let error = anyhow!("no such task").context("reading the logs").hint("see `driftless status`");
        let sent = ErrorReport::of(&error);
        assert_eq!(ErrorReport::of(&sent.clone().into_error()), sent);
    }
}
