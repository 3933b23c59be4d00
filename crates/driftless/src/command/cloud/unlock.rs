//! `driftless unlock`

use std::process::ExitCode;

use anyhow::bail;

use super::args;
use crate::{
    aws::s3::Bucket,
    command::{ask, print::print},
    deploy::{Lock, break_lock, lock},
    stack::FOUNDATION,
};

pub(super) async fn run(args: &args::Unlock) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let (_, shared) = target.foundation()?;
    let mut held = Vec::new();
    for (root, bucket) in [(target.name.as_str(), &target.bucket), (FOUNDATION, &shared)] {
        let Some(lock) = lock(bucket, root).await? else { continue };
        eprintln!("the state of `{root}` is locked: {}", lock.owner);
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
                &format!("take the lock of `{}`? Make sure that nobody works under it.", lock.root),
                &format!("--confirm={}", lock.owner.id),
            )?,
        };
        agreed.extend(yes.then_some(index));
    }
    if let (Some(id), true, [_, ..]) = (id, agreed.is_empty(), held) {
        let ids: Vec<_> = held.iter().map(|(_, lock)| format!("`--confirm={}`", lock.owner.id)).collect();
        bail!("no lock has the id `{id}`; nothing was unlocked\nhint: {}", ids.join(", or "));
    }
    Ok(agreed)
}
