//! `driftless doctor`

use std::process::ExitCode;

use cloud::{
    deploy::{Diagnosis, Finding, Level, examine, unanswered},
    terraform::Configuration,
};

use super::options::Act;
use crate::command::show::{print, print_document};

/// Check for what would stop a deployment
///
/// Credentials, account and region, the versions of OpenTofu or Terraform and of its provider, state bucket and lock,
/// repositories, secrets without a value, quotas that the plan would exceed, certificate, clock. Each finding comes with its
/// remedy. Changes nothing, downloads nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless doctor --env prod
  driftless doctor --env prod --json | jq '.findings[] | select(.level != \"fine\")'

Exit codes: 0 a deployment can go on, 1 it would fail.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let stack = args.place.look.environment.stack()?;
    let diagnosis = match args.place.site_of(&stack).await {
        Ok(site) => {
            let configuration = args.place.configuration(&site.environment).and_then(|path| Configuration::read(&path));
            Box::pin(examine(&site, &stack, configuration)).await
        }
        // Without an account there is no more to be looked at.
        Err(error) => {
            let mut findings = vec![Finding::failed("account", &error)];
            findings.extend(unanswered(&stack, args.place.look.environment.env.as_deref(), &error).await);
            Diagnosis::new(None, findings)
        }
    };
    if args.json {
        print_document(&diagnosis)?;
    } else {
        print(diagnosis.text(true).trim_end())?;
    }
    Ok(if diagnosis.level() == Level::Error { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
