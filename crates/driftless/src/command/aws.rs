//! The commands that act on an AWS account: a verb, a file, its arguments in it.

mod abort;
mod apply;
mod bootstrap;
mod consent;
mod deploy;
mod destroy;
mod diff;
mod doctor;
mod drift;
mod follow;
mod logs;
mod options;
mod pause;
mod place;
mod plan;
mod promote;
mod recover;
mod rehearse;
mod releases;
mod resume;
mod rollback;
mod run;
mod scale;
mod secrets;
mod status;
mod tasks;
mod unlock;
mod verify;
mod watch;

use std::{future::Future, process::ExitCode, sync::Arc};

use anyhow::Context;
use clap::Subcommand;
use cloud::{
    deploy::{Interrupted, Unfinished},
    interrupt,
    terraform::Fault,
};
use model::{exit::Exit, stack::Stack};
use registry::{Endpoint, Login, signing::Signer};

pub(super) use self::logs::Query;
use super::ask;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Bootstrap(bootstrap::Args),
    Doctor(doctor::Args),
    Rehearse(rehearse::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Deploy(deploy::Args),
    Watch(watch::Args),
    Abort(abort::Args),
    Releases(releases::Args),
    Rollback(rollback::Args),
    Promote(promote::Args),
    Diff(diff::Args),
    Drift(drift::Args),
    Verify(verify::Args),
    Scale(scale::Args),
    Pause(pause::Args),
    Resume(resume::Args),
    Run(run::Args),
    Secrets(secrets::Args),
    Unlock(unlock::Args),
    Destroy(destroy::Args),
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    block_on(async {
        match command {
            Command::Bootstrap(args) => bootstrap::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Rehearse(args) => rehearse::run(args).await,
            Command::Plan(args) => plan::run(args).await,
            Command::Apply(args) => apply::run(args).await,
            Command::Deploy(args) => deploy::run(args).await,
            Command::Watch(args) => watch::run(args).await,
            Command::Abort(args) => abort::run(args).await,
            Command::Releases(args) => releases::run(args).await,
            Command::Rollback(args) => rollback::run(args).await,
            Command::Promote(args) => promote::run(args).await,
            Command::Diff(args) => diff::run(args).await,
            Command::Drift(args) => drift::run(args).await,
            Command::Verify(args) => verify::run(args).await,
            Command::Scale(args) => scale::run(args).await,
            Command::Pause(args) => pause::run(args).await,
            Command::Resume(args) => resume::run(args).await,
            Command::Run(args) => run::run(args).await,
            Command::Secrets(args) => secrets::run(args).await,
            Command::Unlock(args) => unlock::run(args).await,
            Command::Destroy(args) => destroy::run(args).await,
        }
    })
}

/// `status --env`
pub(super) fn status(environment: &str, json: bool) -> anyhow::Result<ExitCode> {
    block_on(status::run(environment, json))
}

/// `logs --env`
pub(super) fn logs(query: &Query<'_>) -> anyhow::Result<ExitCode> {
    block_on(logs::run(query))
}

/// The registry of the account that the caller's credentials are of, if the stack's environments are in it; and what signs
/// the images there, if something does.
pub(super) async fn registry(stack: &Stack) -> anyhow::Result<(Endpoint, Arc<dyn Login>, Option<Box<dyn Signer>>)> {
    let (endpoint, login) = cloud::ecr::SignIn::of_project(stack).await?;
    let key = cloud::signatures::signer(stack).await?;
    Ok((endpoint, login, key.map(|key| Box::new(key) as Box<dyn Signer>)))
}

/// What a command that failed exits with.
pub(super) fn exit(error: &anyhow::Error) -> Exit {
    let fault = error.chain().find_map(|cause| cause.downcast_ref::<Fault>());
    if error.is::<Interrupted>() || matches!(fault, Some(Fault::Interrupted { .. })) {
        return Exit::Interrupted;
    }
    if error.is::<Unfinished>() {
        return Exit::NeedsPerson;
    }
    match fault {
        Some(Fault::Locked { .. } | Fault::Busy { .. }) => Exit::Locked,
        Some(Fault::Unsaved { .. } | Fault::Failed { changed: 1.., .. }) => Exit::NeedsPerson,
        _ => Exit::Failure,
    }
}

fn block_on(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    runtime.spawn(interrupts());
    let done = runtime.block_on(command);
    runtime.shutdown_background();
    done
}

/// Ends the program at Control-C, unless the command listens for it.
async fn interrupts() {
    let Ok(mut interrupts) = interrupt::Interrupts::listen() else { return };
    loop {
        interrupts.next().await;
        if !interrupt::is_handled() {
            if ask::is_asking() {
                eprintln!("\ninterrupted: the question was not answered, and nothing was done about it");
            } else {
                eprintln!(
                    "interrupted: what AWS was asked to do continues\nhint: run the same command again to continue"
                );
            }
            std::process::exit(Exit::Interrupted.code().into());
        }
    }
}
