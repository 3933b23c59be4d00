//! What the commands that talk to registries share: signing in, showing what moves, stopping.

mod access;
mod figures;
mod show;

use std::{future::Future, process::ExitCode};

use anyhow::Context;
use tokio::runtime::Runtime;

pub(super) use self::{access::Access, figures::Figures, show::Show};

/// Runs `work` until it is done or Ctrl-C is pressed, which ends it at once.
pub(super) fn run(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = Runtime::new().context("starting the runtime")?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = work => done,
            _ = tokio::signal::ctrl_c() => {
                eprintln!("interrupted: no tag was moved to an image that is not whole");
                eprintln!("hint: the same command goes on with what is missing");
                Ok(ExitCode::from(super::exit::INTERRUPTED))
            }
        }
    });
    // Files being read are not waited for.
    runtime.shutdown_background();
    done
}
