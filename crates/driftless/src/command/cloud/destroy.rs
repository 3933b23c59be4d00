//! `driftless destroy`

use std::process::ExitCode;

use anyhow::{bail, ensure};
use oci::Digest;

use super::args;
use crate::{
    command::{ask, print::print},
    deploy::{Source, Target},
    terraform::{Goal, Root, Summary, Variables},
};

pub(super) async fn run(args: &args::Destroy) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let name = target.name.clone();
    ensure!(
        !target.environment().protected,
        "`{name}` is protected; nothing was changed\nhint: `environments.{name}.protected = false;` in infra.nix, deploy \
         that, then destroy"
    );
    match &args.confirm {
        Some(typed) => confirms(typed, &name)?,
        None => ask::somebody(&format!("--confirm={name}"))?,
    }
    target.progress.note(&target.words());
    let (root, variables) = root(&target, args).await?;
    let saved = root.plan(&Goal::Nothing, Some(&variables), &*target.progress).await?;
    if saved.is_empty() {
        print(&format!("`{name}` is gone already"))?;
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("\n{}", saved.summary.text());
    agree(&name, &saved.summary, args)?;
    root.apply(&saved, &*target.progress).await?;
    print(&format!(
        "`{name}` is gone\nkept: the state bucket `{}` with the release records, and the image repositories",
        target.bucket.name()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// What serves knows best what there is; before a first release, the project or bundle does.
async fn root(target: &Target, args: &args::Destroy) -> anyhow::Result<(Root, Variables)> {
    let (terraform, records) = (target.terraform().await?, target.records());
    let last = records.last(1).await?.pop();
    let source = match &last {
        Some(record) => Some(Source::of_record(&records, record).await?),
        None => None,
    };
    let from = match &source {
        Some(source) => source.root(&target.name),
        None => args.place.configuration(&target.name)?,
    };
    let root = Root::open(&terraform, &target.backend(), &target.name, &from, &*target.progress).await?;
    let images = target.environment().services.keys().map(|service| (service.clone(), Digest::of(b""))).collect();
    let variables = last.map(|record| record.variables);
    Ok((root, variables.unwrap_or_else(|| Variables { images, ..Variables::default() })))
}

/// An error, unless it is agreed to lose what is lost, and somebody has given the environment's name.
fn agree(name: &str, summary: &Summary, args: &args::Destroy) -> anyhow::Result<()> {
    let loss: Vec<_> = summary.data_loss().map(|resource| resource.address.as_str()).collect();
    if !loss.is_empty() && !args.allow_data_loss {
        bail!(
            "what is in `{}` would be lost; nothing was changed\nhint: make a copy of what matters, then \
             `--allow-data-loss`",
            loss.join("`, `")
        );
    }
    if args.confirm.is_none() {
        let typed = ask::line(&format!("to delete all of this, type `{name}`: "), &format!("--confirm={name}"))?;
        confirms(&typed, name)?;
    }
    Ok(())
}

fn confirms(typed: &str, name: &str) -> anyhow::Result<()> {
    ensure!(typed == name, "`{typed}` is not `{name}`; nothing was changed\nhint: type or give the environment's name");
    Ok(())
}
