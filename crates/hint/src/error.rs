//! Where a hint is kept: around an error, or as the last cause of one.

use std::{error::Error, fmt};

/// An error and its hint. It reads like the error alone; [`ErrorReport`](crate::ErrorReport) finds the hint.
#[derive(Debug)]
pub struct Hinted {
    error: anyhow::Error,
    hint: String,
}

impl Hinted {
    /// What to do about the error.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl Error for Hinted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// A hint as the source of a typed error, for crates whose errors are enums: `#[source] remedy: Option<Remedy>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy(String);

impl Remedy {
    /// What to do about the error that has this source.
    pub fn hint(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Remedy {
    fn from(hint: T) -> Self {
        Self(hint.into())
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hint: {}", self.0)
    }
}

impl Error for Remedy {}

/// Adds a hint to an error. If one of the causes has a hint already, that one is printed: it knows more.
pub trait Hint {
    /// The same with a hint.
    type Output;

    /// Adds `hint`: what to do next, lower-case, without a full stop.
    fn hint(self, hint: impl fmt::Display) -> Self::Output;

    /// Adds a hint that is only made if there is an error.
    fn with_hint<H: fmt::Display>(self, hint: impl FnOnce() -> H) -> Self::Output;
}

impl Hint for anyhow::Error {
    type Output = Self;

    fn hint(self, hint: impl fmt::Display) -> Self {
        Self::new(Hinted { error: self, hint: hint.to_string() })
    }

    fn with_hint<H: fmt::Display>(self, hint: impl FnOnce() -> H) -> Self {
        self.hint(hint())
    }
}

impl<T, E: Into<anyhow::Error>> Hint for Result<T, E> {
    type Output = anyhow::Result<T>;

    fn hint(self, hint: impl fmt::Display) -> anyhow::Result<T> {
        self.map_err(|error| error.into().hint(hint))
    }

    fn with_hint<H: fmt::Display>(self, hint: impl FnOnce() -> H) -> anyhow::Result<T> {
        self.map_err(|error| error.into().hint(hint()))
    }
}

/// The first of the causes of `error` that is an `E`, or has an `E` under its hint. Use it instead of
/// [`anyhow::Error::downcast_ref`], which does not look under hints.
pub fn find<E: fmt::Debug + fmt::Display + Send + Sync + 'static + Error>(error: &anyhow::Error) -> Option<&E> {
    fn under<E: fmt::Debug + fmt::Display + Send + Sync + 'static + Error>(hinted: &Hinted) -> Option<&E> {
        hinted.error.downcast_ref::<E>().or_else(|| under(hinted.error.downcast_ref::<Hinted>()?))
    }
    error.downcast_ref::<E>().or_else(|| {
        error.chain().find_map(|cause| cause.downcast_ref::<E>().or_else(|| under(cause.downcast_ref::<Hinted>()?)))
    })
}
