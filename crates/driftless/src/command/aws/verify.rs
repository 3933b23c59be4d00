//! `driftless verify`

use std::{env, fmt::Write, process::ExitCode};

use anyhow::Context;
use cloud::{
    Site,
    deploy::{self, Compared, Reference},
    record::Record,
    terraform::Drift,
};
use hint::ErrorReport;
use model::{bundle::Bundle, exit::Exit, project::Project};
use serde::Serialize;

use super::options::Act;
use crate::command::show::{print, print_json};

/// Check that what runs is what was released
///
/// Compares the image digests of the running tasks, of their task definitions and of the registry with the record of the
/// release that serves, and the infrastructure with Terraform's state. With `--bundle` the bundle's digests, too.
/// Changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless verify --env prod
  driftless verify --env prod --no-drift           digests alone, within seconds
  driftless verify --env prod --bundle result      is this bundle what runs?
  driftless verify --env prod --rebuild            does its revision build the same again?
  driftless verify --env prod --json | jq '.services[] | select(.agrees | not)'

Exit codes: 0 all agree; 1 it could not be found out; 2 the command line is wrong; 6 something differs.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    /// Leave out the infrastructure, which Terraform is needed for
    #[arg(long)]
    no_drift: bool,

    /// Build the recorded revision again with Nix, from the checkout around the current directory, and compare the
    /// digests. For releases that Nix built
    #[arg(long)]
    rebuild: bool,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document {
    project: String,
    environment: String,
    /// Number of the release that serves.
    release: u32,
    revision: Option<String>,
    agrees: bool,
    services: Vec<Compared>,
    /// What is not as Terraform's state says; none if nobody asked.
    infrastructure: Option<Vec<Drift>>,
    /// Whether the record itself is signed; none where releases are not.
    record_signed: Option<bool>,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    let live = site.serving().await?;
    let references = references(args, &site, &live).await?;
    let services = deploy::compare(&site, &live, &references).await?;
    let infrastructure = if args.no_drift { None } else { Some(deploy::drift(&site, &live).await?) };
    let record_signed = match site.is_signed(&live).await {
        Err(error) if hint::find::<cloud::aws::Error>(&error).is_none() => {
            site.progress.note(&ErrorReport::of(&error).to_string());
            Some(false)
        }
        other => other?,
    };
    let agrees = services.iter().all(|service| service.agrees)
        && infrastructure.as_ref().is_none_or(Vec::is_empty)
        && record_signed != Some(false);
    let document = Document {
        project: site.project,
        environment: site.environment,
        release: live.number,
        revision: live.revision,
        agrees,
        services,
        infrastructure,
        record_signed,
    };
    if args.json {
        print_json(SCHEMA, &document)?;
    } else {
        print(&text(&document))?;
    }
    Ok(if agrees { Exit::Success } else { Exit::Differs }.into())
}

/// What else is to have the same images.
async fn references(args: &Args, site: &Site, live: &Record) -> anyhow::Result<Vec<Reference>> {
    let mut references = Vec::new();
    if let Some(directory) = args.place.look.environment.bundle()? {
        references.push(Reference { says: "the bundle has".into(), release: Bundle::open(&directory)?.release });
    }
    if args.rebuild {
        // A flake alone will do, where there is no rendered stack.
        let here =
            Project::directory_here().or_else(|_| env::current_dir().context("finding the current directory"))?;
        let release = deploy::rebuild(&here, live, site.progress.as_ref()).await?.release;
        let revision = live.revision.as_deref().unwrap_or_default();
        references.push(Reference { says: format!("revision `{revision}` builds"), release });
    }
    Ok(references)
}

fn text(document: &Document) -> String {
    let mut text = String::new();
    let mut part = |agrees: bool, title: &str, same: &[String], different: &[String]| {
        let _ = writeln!(text, "{} {title}", if agrees { "✓" } else { "✗" });
        for line in same {
            let _ = writeln!(text, "    same       {line}");
        }
        for line in different {
            let _ = writeln!(text, "    DIFFERENT  {line}");
        }
    };
    for service in &document.services {
        let title = format!("{} {}", service.service, service.digest);
        part(service.agrees, &title, &service.same, &service.different);
    }
    if let Some(found) = &document.infrastructure {
        let different: Vec<_> = found.iter().map(Drift::words).collect();
        let same = if different.is_empty() { vec!["as Terraform's state says".to_owned()] } else { Vec::new() };
        part(different.is_empty(), "infrastructure", &same, &different);
    }
    let Document { environment, release, agrees, .. } = document;
    if let Some(signed) = document.record_signed {
        let (same, different) = if signed {
            (vec!["it is signed".to_owned()], vec![])
        } else {
            (vec![], vec!["it is not signed".to_owned()])
        };
        part(signed, &format!("record of release {release}"), &same, &different);
    }
    let recorded = document.services.iter().all(|service| service.as_recorded)
        && document.infrastructure.as_ref().is_none_or(Vec::is_empty);
    let others = document.services.iter().all(|service| service.agrees)
        && document.infrastructure.as_ref().is_none_or(Vec::is_empty);
    if !agrees && others {
        let _ = write!(
            text,
            "`{environment}` runs release {release}, whose record is not signed\nhint: `driftless deploy -e {environment}` \
             records it again, signed"
        );
    } else if *agrees {
        let _ = write!(text, "`{environment}` runs release {release}, as it was recorded");
    } else if recorded {
        let _ = write!(
            text,
            "`{environment}` runs release {release}, as it was recorded; what it was compared with is another one\nhint: `driftless \
             plan -e {environment}` says what releasing that would change"
        );
    } else {
        let _ = write!(
            text,
            "`{environment}` differs from release {release}\nhint: `driftless rollback {release} -e {environment}` plans \
             the way back to it"
        );
    }
    text
}
