//! `driftless unlock`

use std::process::ExitCode;

use super::args;
use crate::{
    command::{ask, print::print},
    deploy::{break_lock, lock},
    stack::FOUNDATION,
};

pub(super) async fn run(args: &args::Unlock) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let (_, shared) = target.foundation()?;
    for (root, bucket) in [(target.name.as_str(), &target.bucket), (FOUNDATION, &shared)] {
        let Some(lock) = lock(bucket, root).await? else { continue };
        eprintln!("the state of `{root}` is locked: {}", lock.owner);
        let agreed = match &args.confirm {
            Some(id) => *id == lock.owner.id,
            None => ask::yes(
                "take the lock? Make sure that nobody works under it.",
                &format!("--confirm={}", lock.owner.id),
            )?,
        };
        if !agreed {
            print(&format!("`{root}` stays locked"))?;
            return Ok(ExitCode::FAILURE);
        }
        break_lock(bucket, &lock).await?;
        print(&format!("`{root}` is unlocked"))?;
    }
    print("nothing is locked")?;
    Ok(ExitCode::SUCCESS)
}
