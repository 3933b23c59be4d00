//! `driftless verify`

use std::{env, fmt::Write, process::ExitCode};

use anyhow::Context;
use serde::Serialize;

use super::args;
use crate::{
    bundle::Bundle,
    command::{exit, print::print},
    deploy::{self, Compared, Target, Witness},
    record::Record,
    terraform::Drift,
};

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document {
    schema: u32,
    project: String,
    environment: String,
    /// Number of the release that serves.
    release: u32,
    revision: Option<String>,
    agrees: bool,
    services: Vec<Compared>,
    /// What is not as Terraform's state says; none if nobody asked.
    infrastructure: Option<Vec<Drift>>,
}

pub(super) async fn run(args: &args::Verify) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let live = target.live().await?;
    let witnesses = witnesses(args, &target, &live).await?;
    let services = deploy::compare(&target, &live, &witnesses).await?;
    let infrastructure = if args.no_drift { None } else { Some(deploy::drift(&target, &live).await?) };
    let agrees = services.iter().all(|service| service.agrees) && infrastructure.as_ref().is_none_or(Vec::is_empty);
    let document = Document {
        schema: SCHEMA,
        project: target.stack.project,
        environment: target.name,
        release: live.number,
        revision: live.revision,
        agrees,
        services,
        infrastructure,
    };
    print(&if args.json { serde_json::to_string_pretty(&document)? } else { text(&document) })?;
    Ok(if agrees { ExitCode::SUCCESS } else { exit::DIFFERS.into() })
}

/// What else is to have the same images.
async fn witnesses(args: &args::Verify, target: &Target, live: &Record) -> anyhow::Result<Vec<Witness>> {
    let mut witnesses = Vec::new();
    if let Some(directory) = &args.place.bundle {
        witnesses.push(Witness { says: "the bundle has".into(), release: Bundle::open(directory)?.release });
    }
    if args.rebuild {
        let here = env::current_dir().context("looking for the current directory")?;
        let release = deploy::rebuild(&here, live, target.progress.as_ref()).await?.release;
        let revision = live.revision.as_deref().unwrap_or_default();
        witnesses.push(Witness { says: format!("revision `{revision}` builds"), release });
    }
    Ok(witnesses)
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
    if *agrees {
        let _ = write!(text, "`{environment}` runs release {release}, as it was recorded");
    } else {
        let _ = write!(
            text,
            "`{environment}` differs from release {release}\nhint: `driftless rollback {release} -e {environment}` plans \
             the way back to it"
        );
    }
    text
}
