//! What commands exit with. A number means one thing, whichever command ends with it.

use std::process::ExitCode;

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// It is done, or as it should be.
    Success = 0,
    /// It is not done, or the answer is no.
    Failure = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A release failed, and the one before it serves.
    RolledBack = 3,
    /// Something was begun and not ended well.
    NeedsPerson = 4,
    /// Somebody else holds the state lock.
    Locked = 5,
    /// Two things differ that were compared.
    Differs = 6,
    /// Nothing runs on this machine.
    NothingRuns = 7,
    /// Control-C.
    Interrupted = 130,
}

impl Exit {
    /// Every code, ascending.
    pub const ALL: [Self; 9] = [
        Self::Success,
        Self::Failure,
        Self::Usage,
        Self::RolledBack,
        Self::NeedsPerson,
        Self::Locked,
        Self::Differs,
        Self::NothingRuns,
        Self::Interrupted,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// What it means, whichever command ends with it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Success => "it is done, or it is as it should be",
            Self::Failure => "it failed, it was declined, or the answer is no; nothing was changed on AWS",
            Self::Usage => "the command line is wrong",
            Self::RolledBack => "the release failed, and the release before it serves again",
            Self::NeedsPerson => {
                "something was changed on AWS and it did not end well: the message says what is left to do"
            }
            Self::Locked => "another run holds the state lock; nothing was changed",
            Self::Differs => "the two things that were compared differ",
            Self::NothingRuns => "no stack runs on this machine",
            Self::Interrupted => "interrupted by Control-C",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_there_once() {
        let numbers: Vec<_> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 130]);
    }
}
