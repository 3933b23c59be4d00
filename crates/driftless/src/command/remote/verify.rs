//! `driftless verify`

use std::{fmt::Write, process::ExitCode};

use serde::Serialize;

use super::{args, place::Place};
use crate::{
    aws::ecr::Ecr,
    command::print::print,
    rollout::{Expected, Limits, Serving, Snapshot, System, watch},
};

/// Exit code of a difference.
const DIFFERS: u8 = 6;

#[derive(Serialize)]
struct Document {
    schema: u32,
    project: String,
    environment: String,
    agrees: bool,
    services: Vec<Compared>,
}

#[derive(Serialize)]
struct Compared {
    service: String,
    digest: oci::Digest,
    agrees: bool,
    /// What agrees, and what does not.
    same: Vec<String>,
    different: Vec<String>,
}

pub(super) async fn run(args: &args::Verify) -> anyhow::Result<ExitCode> {
    let place = Place::open(&args.place).await?;
    let expected = place.watch(Limits::default()).await?;
    let seen = watch::look(&place.account, &expected, &System).await?;
    let registry = Ecr::new(&place.registry);
    let mut services = Vec::new();
    for (expected, snapshot) in expected.expected.iter().zip(&seen) {
        let repository = &place.service(&expected.service)?.repository;
        let stored = registry.image(repository, &expected.digest.to_string()).await?.is_some();
        services.push(compare(expected, snapshot, stored.then_some(repository.as_str())));
    }
    let agrees = services.iter().all(|service| service.agrees);
    let document = Document { schema: 1, project: place.project, environment: place.name, agrees, services };
    print(&if args.json { serde_json::to_string_pretty(&document)? } else { text(&document) })?;
    Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) })
}

fn compare(expected: &Expected, seen: &Snapshot, stored: Option<&str>) -> Compared {
    let (mut same, mut different) = (Vec::new(), Vec::new());
    match stored {
        Some(repository) => same.push(format!("`{repository}` has the image")),
        None => different.push("the registry does not have the image".into()),
    }
    match seen.serving {
        Serving::Ours => same.push("the service's task definition names it".into()),
        Serving::Other(Some(digest)) => different.push(format!("the service's task definition names `{digest}`")),
        Serving::Other(None) => different.push("the service's task definition names another image".into()),
    }
    let others: Vec<_> = seen.tasks.iter().filter(|task| !task.ours).map(|task| task.id.as_str()).collect();
    match (seen.tasks.len() - others.len(), others.as_slice()) {
        (0, []) => different.push("no task runs".into()),
        (ours, []) => same.push(format!("all {ours} of its tasks run it")),
        (_, others) => different.push(format!("tasks run another image: {}", others.join(", "))),
    }
    Compared {
        service: expected.service.clone(),
        digest: expected.digest,
        agrees: different.is_empty(),
        same,
        different,
    }
}

fn text(document: &Document) -> String {
    let mut text = String::new();
    for service in &document.services {
        let mark = if service.agrees { "✓" } else { "✗" };
        let _ = writeln!(text, "{mark} {} {}", service.service, service.digest);
        for line in &service.same {
            let _ = writeln!(text, "    same       {line}");
        }
        for line in &service.different {
            let _ = writeln!(text, "    DIFFERENT  {line}");
        }
    }
    let sum = if document.agrees { "runs what was released" } else { "does not run what was released" };
    let _ = write!(text, "`{}` {sum}", document.environment);
    if !document.agrees {
        let _ = write!(text, "\nhint: `driftless deploy -e {}` brings it there", document.environment);
    }
    text
}
