//! The answer to one question about a rule: yes, no and why not, or too little is known and of what.

/// Three-valued truth. Whatever is not known stays so: it never becomes a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    Yes,
    No(String),
    Unknown(String),
}

impl Known {
    /// Yes if all are; the first no decides, then the first that is not known.
    pub(crate) fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut unknown = None;
        for answer in answers {
            match answer {
                Self::Yes => {}
                Self::No(_) => return answer,
                Self::Unknown(_) => unknown = unknown.or(Some(answer)),
            }
        }
        unknown.unwrap_or(Self::Yes)
    }

    /// Yes if one is; otherwise the first that is not known, then no, for the reason that is given.
    pub(crate) fn any(answers: impl IntoIterator<Item = Self>, otherwise: impl FnOnce() -> String) -> Self {
        let mut unknown = None;
        for answer in answers {
            match answer {
                Self::Yes => return answer,
                Self::No(_) => {}
                Self::Unknown(_) => unknown = unknown.or(Some(answer)),
            }
        }
        unknown.unwrap_or_else(|| Self::No(otherwise()))
    }

    /// The opposite. What is not known stays so.
    pub(crate) fn not(self, otherwise: impl FnOnce() -> String) -> Self {
        match self {
            Self::Yes => Self::No(otherwise()),
            Self::No(_) => Self::Yes,
            Self::Unknown(_) => self,
        }
    }

    pub(crate) fn of(truth: bool, otherwise: impl FnOnce() -> String) -> Self {
        if truth { Self::Yes } else { Self::No(otherwise()) }
    }
}
