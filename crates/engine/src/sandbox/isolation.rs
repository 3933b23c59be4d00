//! Which isolation this machine allows.

use std::{
    collections::BTreeMap,
    fmt,
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::Context;
use clap::ValueEnum;
use serde::Serialize;

use super::{Mode, Report, Spec, channel::Channel, init};

/// The isolation that is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// The best that this machine allows, `none` if it allows nothing
    #[default]
    Auto,
    /// Namespaces, without privileges
    UserNamespaces,
    /// Namespaces made by root, and the image's user inside
    Root,
    /// Ordinary processes of the current user
    None,
}

/// The isolation that tasks get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Isolation {
    mode: Mode,
    /// Why it is not a better one.
    reason: Option<String>,
}

impl Isolation {
    /// Finds out what is possible by trying it in the empty directory `scratch`.
    pub fn detect(choice: Choice, scratch: &Path) -> anyhow::Result<Self> {
        let modes = match choice {
            // What root makes leaves the service a user of its own; in a user namespace it would be root's.
            Choice::Auto if rustix::process::geteuid().is_root() => vec![Mode::Root, Mode::UserNamespaces],
            Choice::Auto | Choice::UserNamespaces => vec![Mode::UserNamespaces],
            Choice::Root => vec![Mode::Root],
            Choice::None => return Ok(Self { mode: Mode::Plain, reason: Some("asked for".to_owned()) }),
        };
        let mut reason = None;
        for mode in modes {
            match trial(mode, scratch) {
                Ok(()) => return Ok(Self { mode, reason: None }),
                Err(error) => reason = reason.or(Some(format!("{error:#}"))),
            }
        }
        let reason = reason.unwrap_or_default();
        hint::ensure!(
            choice == Choice::Auto,
            "this machine does not allow the requested isolation: {reason}",
            hint = "use `--isolation auto`, which takes the strongest one that works"
        );
        Ok(Self { mode: Mode::Plain, reason: Some(reason) })
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.mode {
            Mode::UserNamespaces => "user namespaces",
            Mode::Root => "namespaces made by root",
            Mode::Plain => "none",
        })?;
        self.reason.iter().try_for_each(|reason| write!(f, " ({reason})"))
    }
}

/// Makes the sandbox of `mode` and leaves it.
fn trial(mode: Mode, scratch: &Path) -> anyhow::Result<()> {
    let spec = Spec {
        mode,
        root: scratch.to_owned(),
        data: None,
        writable: BTreeMap::new(),
        ids: (65532, 65532),
        hostname: "trial".to_owned(),
        command: Vec::new(),
        working_directory: String::new(),
        environment: BTreeMap::new(),
        hosts: None,
        network: None,
    };
    let (ours, theirs) = UnixStream::pair()?;
    let mut keeper = Command::new(init::starter(mode)?)
        .arg(init::ARGUMENT)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("starting a trial of isolation")?;
    let mut channel = Channel::new(ours);
    channel.send(&spec).context("starting a trial of isolation")?;
    let report = channel.receive::<Report>();
    drop(channel);
    keeper.wait().context("waiting for a trial of isolation")?;
    match report? {
        Some(Report::Code(0)) => Ok(()),
        Some(Report::Failed(report)) => Err(report.into_error()),
        _ => anyhow::bail!("the trial of isolation ended early"),
    }
}
