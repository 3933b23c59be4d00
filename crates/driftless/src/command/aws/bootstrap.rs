//! `driftless bootstrap`

use std::process::ExitCode;

use anyhow::Context;
use cloud::{
    Site,
    aws::s3::Bucket,
    deploy::{self, Unfinished},
    terraform::{Backend, Goal, Root},
};
use model::{exit::Exit, stack::FOUNDATION};

use super::{consent, options::Act, recover::recover};
use crate::command::{ask, show::print};

/// Prepare an account: the state bucket, and the image repositories
///
/// Creates the bucket that Terraform's state and the release records are kept in (versioned, encrypted, private, TLS
/// only), then plans and applies the root `foundation`, and prints its outputs, such as the ARN of the role for GitHub's
/// workflows. Run again, it repairs what is missing and changes nothing else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless bootstrap --env dev
  driftless bootstrap --env dev --yes        in a script

Exit codes: 0 it is as it should be; 1 it is not, and nothing was changed; 4 a part of it was done; 5 another run holds the state lock.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    /// Apply the plan of the foundation without asking
    #[arg(short, long)]
    yes: bool,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let stack = args.place.look.environment.stack()?;
    let site = args.place.site_of(&stack).await?;
    site.progress.note(&site.words());
    let shared = site.foundation_bucket(&stack)?;
    let mut buckets = vec![&shared];
    if site.bucket.name() != shared.name() {
        buckets.push(&site.bucket);
    }
    let mut is_changed = false;
    for bucket in buckets {
        for done in deploy::bootstrap(bucket, site.has_tls()).await? {
            site.progress.note(&done);
            is_changed = true;
        }
    }
    let ended = foundation(args, &site, &shared, is_changed).await;
    ended.map_err(|error| if is_changed { error.context(Unfinished::new(ONLY_BUCKET)) } else { error })
}

/// Said where the bucket was made or repaired, and that was all.
const ONLY_BUCKET: &str = "the state bucket is ready, the foundation is not; run the same command again to continue";

/// Plans and applies the root `foundation`, whose state is in `shared`.
async fn foundation(args: &Args, site: &Site, shared: &Bucket, is_changed: bool) -> anyhow::Result<ExitCode> {
    let terraform = site.terraform().await?;
    let backend = Backend { bucket: shared.clone() };
    recover(site, &backend, FOUNDATION, args.yes).await?;
    let from = args.place.configuration(FOUNDATION)?;
    let root = Root::open(&terraform, &backend, FOUNDATION, &from, &*site.progress).await?;
    let saved = root.plan(&Goal::Everything, None, &*site.progress).await?;
    if !saved.is_empty() {
        consent::show(&saved.summary);
        if !args.yes && !ask::yes(&format!("apply this plan to `{FOUNDATION}`?"), "--yes")? {
            print(if is_changed { ONLY_BUCKET } else { "nothing was changed" })?;
            return Ok(if is_changed { Exit::NeedsPerson } else { Exit::Failure }.into());
        }
        let applied = root.apply(&saved, &*site.progress).await.context("preparing the account");
        applied.map_err(|error| {
            Unfinished::of_apply(error, "a part of the foundation is left; run the same command again to continue")
        })?;
    }
    for (name, value) in root.outputs().await? {
        print(&format!("{name} = {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))?;
    }
    print(&format!("the account is ready for `{0}`\nnext: driftless doctor -e {0}", site.environment))?;
    Ok(ExitCode::SUCCESS)
}
