//! `driftless plan`

use std::{path::PathBuf, process::ExitCode};

use cloud::{
    deploy::{Deployment, Level, foresee, saved},
    record::Kind,
};
use model::{bundle::Revision, exit::Exit, palette::Palette};

use super::{
    consent,
    options::{Act, commit},
};
use crate::command::show::{print_as_is, print_document};

/// Show what a release would change
///
/// Plans the environment's Terraform root with the bundle's images and shows it: what is risky first, the images by
/// digest, the difference in monthly cost. Acquires no lock and changes nothing. Stops where a way that `never` of the
/// environment names is open, or one of `must` is not; warns of what tasks would lack.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless plan --env prod
  driftless plan --env prod --out plan && driftless apply plan    what was shown, nothing else
  driftless plan --env prod --json | jq '.resources[] | select(.risk)'

Exit codes: 0 planned; 1 it could not be; 6 there are changes, with --detailed-exitcode.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    /// The commit that the bundle was built from, for the record [default: as the bundle says]
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    revision: Option<Revision>,

    /// Save the plan in this directory, for `driftless apply`. It may contain secrets: only this user can read it
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Exit with 6 if there are changes
    #[arg(long)]
    detailed_exitcode: bool,

    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(out) = &args.out {
        saved::is_free(out)?;
    }
    let site = args.place.site().await?;
    site.progress.note(&site.words());
    // What needs no images is known before they are built.
    site.terraform().await?;
    let live = site.live().await?;
    let release = args.place.release(&site, args.revision.as_ref()).await?;
    let foreseen = foresee(&site, &release)?;
    let text = foreseen.text(false);
    hint::ensure!(
        foreseen.level() < Level::Error,
        "the root of `{}` is not as `never` and `must` in infra.nix have it\n{}",
        site.environment,
        text.trim_end(),
        hint = "do what the hints above say, then plan again"
    );
    text.lines().for_each(|line| site.progress.note(line));
    let deployment = Deployment::new(&site, Kind::Deploy, release, live).await?;
    let (root, plan) = deployment.plan(&site).await?;
    if args.json {
        print_document(&plan.summary)?;
    } else {
        print_as_is(consent::text(&plan.summary, Palette::stdout()).trim_end())?;
    }
    if let Some(out) = &args.out {
        saved::keep(&site, &root, &plan, &deployment, out).await?;
        site.progress.note(&format!("to apply exactly this: driftless apply {}", out.display()));
    }
    let changes = args.detailed_exitcode && !plan.is_empty();
    Ok(if changes { Exit::Differs } else { Exit::Success }.into())
}
