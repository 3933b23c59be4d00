//! How a task ended.

use std::fmt;

use hint::ErrorReport;
use rustix::process::Signal;

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It never began: its sandbox could not be made, or its program not be run.
    NotStarted(ErrorReport),
}

impl Exit {
    /// As a shell has it; none of a task that never began.
    pub(crate) fn code(&self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(*code),
            Self::Signal(number) => Some(128 + number),
            Self::NotStarted(_) => None,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&str> {
        match self {
            Self::NotStarted(report) => report.hint.as_deref(),
            _ => None,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exited with code {code}"),
            Self::Signal(number) => match name(*number) {
                Some(name) => write!(f, "was ended by {name}"),
                None => write!(f, "was ended by signal {number}"),
            },
            Self::NotStarted(report) => write!(f, "could not be started: {}", report.error),
        }
    }
}

fn name(number: i32) -> Option<&'static str> {
    let names = [
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "SIGINT"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::ILL, "SIGILL"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::KILL, "SIGKILL"),
        (Signal::USR1, "SIGUSR1"),
        (Signal::SEGV, "SIGSEGV"),
        (Signal::USR2, "SIGUSR2"),
        (Signal::PIPE, "SIGPIPE"),
        (Signal::ALARM, "SIGALRM"),
        (Signal::TERM, "SIGTERM"),
        (Signal::XCPU, "SIGXCPU"),
        (Signal::XFSZ, "SIGXFSZ"),
        (Signal::SYS, "SIGSYS"),
    ];
    names.into_iter().find(|(signal, _)| signal.as_raw() == number).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_code_signal_or_why_it_did_not_begin() {
        let not_started = ErrorReport::of(&anyhow::anyhow!("mounting `/proc`"));
        let said = [Exit::Code(3), Exit::Signal(9), Exit::Signal(34), Exit::NotStarted(not_started)];
        assert_eq!(
            said.map(|exit| exit.to_string()),
            [
                "exited with code 3",
                "was ended by SIGKILL",
                "was ended by signal 34",
                "could not be started: mounting `/proc`"
            ]
        );
    }
}
