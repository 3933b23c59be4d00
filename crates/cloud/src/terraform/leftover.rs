//! What a command that did not end well has left: a program that still runs, or a state that is not in the bucket.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use jiff::Timestamp;
use model::progress::Progress;
use tokio::time::sleep;

use super::{
    apply::Applying,
    binary::Terraform,
    directory::Directory,
    fault::Fault,
    message::Message,
    process::{self, POLL},
    root::{Backend, work_directory},
    running::{Files, Running},
};
use crate::interrupt::{self, Interrupts};

/// What Terraform calls a state that it could not write.
const ERRORED: &str = "errored.tfstate";

/// What runs in the work directory of the root `name`, or none.
pub fn running(backend: &Backend, name: &str) -> anyhow::Result<Option<Running>> {
    Files::of(&work_directory(backend, name)?).running()
}

/// Waits until nothing runs any more in the work directory of the root `name`.
pub async fn settled(backend: &Backend, name: &str, progress: &dyn Progress) -> anyhow::Result<()> {
    let directory = work_directory(backend, name)?;
    // Where nothing was left, nothing has to be made or locked.
    if Files::of(&directory).were_left() { wait(&Directory::take(directory)?, progress).await } else { Ok(()) }
}

/// The same of a directory. Says what the program says. At Control-C the wait ends, and the program goes on.
pub(super) async fn wait(directory: &Directory, progress: &dyn Progress) -> anyhow::Result<()> {
    let files = directory.files();
    let Some(running) = files.running()? else {
        if files.were_left() {
            files.remove();
        }
        return Ok(());
    };
    let doing = format!("waiting for what an earlier command left running: {}", running.words());
    let _handled = interrupt::handle();
    let mut signals = Interrupts::listen()?;
    let mut lines = files.lines()?;
    let mut applying = Applying::begin(&doing, 0, progress);
    let mut see = |line: &str| match Message::of(line) {
        Some(Message::Diagnostic { diagnostic }) if diagnostic.severity == "error" => {
            progress.note(&format!("  {diagnostic}"));
        }
        Some(message) => applying.see(message),
        None => {}
    };
    while files.running()?.is_some() {
        lines.each(&mut see)?;
        tokio::select! {
            () = sleep(POLL) => {}
            _ = signals.next() => {
                return Err(Fault::interrupted(doing, "; it continues").into());
            }
        }
    }
    lines.each(&mut see)?;
    applying.done();
    files.remove();
    Ok(())
}

/// A state that could not be written to the bucket, which Terraform keeps in the work directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaved {
    /// The file that it is kept in.
    pub file: PathBuf,
    /// When it was written.
    pub since: Option<Timestamp>,
}

/// The state of the root `name` that could not be written to the bucket, or none.
pub fn unsaved(backend: &Backend, name: &str) -> anyhow::Result<Option<Unsaved>> {
    Ok(unsaved_in(&work_directory(backend, name)?))
}

pub(super) fn unsaved_in(directory: &Path) -> Option<Unsaved> {
    let file = directory.join(ERRORED);
    let written = fs::metadata(&file).ok()?.modified().ok();
    Some(Unsaved { file, since: written.and_then(|written| written.try_into().ok()) })
}

/// Writes the state that was kept to the bucket, where nothing is newer, and removes the file.
pub async fn push(terraform: &Terraform, backend: &Backend, name: &str, progress: &dyn Progress) -> anyhow::Result<()> {
    let directory = Directory::take(work_directory(backend, name)?)?;
    wait(&directory, progress).await?;
    let Some(unsaved) = unsaved_in(&directory.path) else { return Ok(()) };
    let doing = format!("writing the state of `{name}` to the bucket");
    let step = progress.step(&doing);
    backend.check().await?;
    let command = terraform.command(&directory.path, &["state", "push", ERRORED]);
    let ended = process::run(command, directory.files(), &doing, |_| {}).await?;
    if !ended.status.success() {
        let fault = Fault::of(name, &ended, Vec::new(), &doing);
        let file = unsaved.file.display();
        return Err(match fault {
            Fault::Failed { diagnostics, doing, changed, .. } => {
                let remedy = format!(
                    "if the state in the bucket is newer, another run has moved on: move `{file}` to another directory, and the \
                     next plan shows what that run did not know"
                );
                Fault::Failed { remedy: remedy.into(), doing, diagnostics, changed }.into()
            }
            fault => fault.into(),
        });
    }
    fs::remove_file(&unsaved.file).with_context(|| format!("removing `{}`", unsaved.file.display()))?;
    step.done("");
    Ok(())
}
