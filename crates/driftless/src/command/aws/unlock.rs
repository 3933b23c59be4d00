//! `driftless unlock`

use std::process::ExitCode;

use cloud::{
    aws::s3::Bucket,
    deploy::{Lock, break_lock, lock},
    terraform::{self, Backend},
};
use model::stack::FOUNDATION;

use super::options::Look;
use crate::command::{
    ask,
    show::{print, say},
};

/// Remove a stale state lock
///
/// Prints who holds it and since when, and asks. Removing the lock of a run that has not ended can damage the state. A lock
/// whose Terraform still runs on this machine is not removed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless unlock --env dev

Exit codes: 0 the state is not locked; 1 it still is.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Look,

    /// The lock's id, which answers the question
    #[arg(long, value_name = "ID")]
    confirm: Option<String>,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    let shared = site.foundation_bucket(&args.place.environment.stack()?)?;
    let mut held = Vec::new();
    for (root, bucket) in [(site.environment.as_str(), &site.bucket), (FOUNDATION, &shared)] {
        let Some(lock) = lock(bucket, root).await? else { continue };
        say(&format!("the state of `{root}` is locked: {}", lock.owner));
        let backend = Backend { bucket: bucket.clone() };
        if let Some(running) = terraform::running(&backend, root)? {
            let stop = running.process.map(|process| format!("; `kill -INT {process}` has it stop in order"));
            hint::bail!(
                "the owner of that lock still runs on this machine: {}; nothing was unlocked",
                running.words(),
                hint = "wait for it, as the next `driftless deploy` does{}",
                stop.unwrap_or_default()
            );
        }
        held.push((bucket, lock));
    }
    let agreed = agreed(&held, args.confirm.as_deref())?;
    for (bucket, lock) in agreed.iter().map(|index| &held[*index]) {
        break_lock(bucket, lock).await?;
        print(&format!("`{}` is unlocked", lock.root))?;
    }
    let left = held.iter().enumerate().filter(|(index, _)| !agreed.contains(index));
    for (_, (_, lock)) in left {
        print(&format!("`{}` stays locked", lock.root))?;
    }
    if held.is_empty() {
        print("nothing is locked")?;
    }
    Ok(if agreed.len() == held.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Which of the locks may be taken: that with the id, or those that somebody says yes to.
fn agreed(held: &[(&Bucket, Lock)], id: Option<&str>) -> anyhow::Result<Vec<usize>> {
    let mut agreed = Vec::new();
    for (index, (_, lock)) in held.iter().enumerate() {
        let yes = match id {
            Some(id) => id == lock.owner.id,
            None => ask::yes(
                &format!("remove the lock of `{}`? Make sure that the run that holds it has ended.", lock.root),
                &format!("--confirm={}", lock.owner.id),
            )?,
        };
        agreed.extend(yes.then_some(index));
    }
    if let (Some(id), true, [_, ..]) = (id, agreed.is_empty(), held) {
        let ids: Vec<_> = held.iter().map(|(_, lock)| format!("`--confirm={}`", lock.owner.id)).collect();
        hint::bail!("no lock has the id `{id}`; nothing was unlocked", hint = "{}", ids.join(", or "));
    }
    Ok(agreed)
}
