//! What the commands that use registries share: signing in, progress, Ctrl-C.

mod access;
mod builder;
mod figures;
mod identity;
mod key;
mod pushed;
mod show;

use std::{future::Future, process::ExitCode};

use anyhow::Context;
use model::exit::Exit;
use tokio::runtime::Runtime;

pub(super) use self::{
    access::Access,
    builder::builder,
    figures::Figures,
    identity::{Signed, Signing},
    key::{private, public},
    pushed::{reference, sentence},
    show::Show,
};

/// Runs `work` until it is done or Ctrl-C is pressed, which stops it immediately.
pub(super) fn run(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = Runtime::new().context("starting the runtime")?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = work => done,
            _ = tokio::signal::ctrl_c() => {
                eprintln!("interrupted: no tag was moved to an incomplete image");
                eprintln!("hint: run the same command again to transfer the rest");
                Ok(Exit::Interrupted.into())
            }
        }
    });
    // Do not wait for reads of files.
    runtime.shutdown_background();
    done
}
