//! `driftless destroy`

use std::process::ExitCode;

use cloud::{
    Release, Site,
    deploy::{self, Unfinished},
    record::Record,
    terraform::{Goal, Root, Summary, Variables},
};
use model::{exit::Exit, stack::Environment};
use oci::Digest;

use super::{consent, options::Act, recover::recover};
use crate::command::{ask, show::print};

/// Delete everything that deployments created in an environment
///
/// Names what will be lost, then asks for the environment's name. The state bucket, the release records and the image
/// repositories stay. An environment that infra.nix protects is not destroyed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless destroy --env dev
  driftless destroy --env dev --confirm=dev --allow-data-loss      in a script

Exit codes: 0 everything was deleted; 1 nothing was changed; 4 a part of it is left; 5 another run holds the state lock.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    /// The environment's name, which answers the question
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,

    /// Delete databases and files, too
    #[arg(long)]
    allow_data_loss: bool,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let stack = args.place.look.environment.stack()?;
    let site = args.place.site_of(&stack).await?;
    let name = site.environment.clone();
    let environment = stack.environment(&name)?;
    hint::ensure!(
        !environment.protected,
        "`{name}` is protected; nothing was changed",
        hint = "`environments.{name}.protected = false;` in infra.nix, deploy that, then destroy"
    );
    match &args.confirm {
        Some(typed) => confirms(typed, &name)?,
        None => ask::somebody(&format!("--confirm={name}"))?,
    }
    site.progress.note(&site.words());
    recover(&site, &site.backend(), &name, args.confirm.is_some()).await?;
    let (root, variables, last) = root(&site, environment, args).await?;
    let mut saved = root.plan(&Goal::Nothing, Some(&variables), &*site.progress).await?;
    if saved.is_empty() {
        return gone(&site, environment, "is destroyed already").await;
    }
    if let Ok(all) = cost::Root::read(&root.configuration()) {
        saved.summary.monthly_cost_difference = deploy::price_difference(&site, &saved.plan, all, None).await;
    }
    consent::show(&saved.summary);
    agree(&name, &saved.summary, args)?;
    let says = format!("a part of `{name}` is left; run the same command again to continue");
    root.apply(&saved, &*site.progress).await.map_err(|error| Unfinished::of_apply(error, &says))?;
    if let Some((last, release)) = last {
        let recorded = deploy::record_destroyed(&site, last, &release).await;
        recorded
            .map_err(|error| error.context(Unfinished::new(format!("`{name}` is destroyed, which is not recorded"))))?;
    }
    gone(&site, environment, "is destroyed").await
}

/// Says so, unless AWS lists something that is tagged as the environment's: a run that was killed may have made what
/// Terraform never knew of.
async fn gone(site: &Site, environment: &Environment, is_gone: &str) -> anyhow::Result<ExitCode> {
    let (name, left) = (&site.environment, deploy::remains(site).await);
    let logs = deploy::logs_left(site, environment).await;
    if !logs.is_empty() {
        print(&format!("kept: the logs of services that were removed before, `{}`", logs.join("`, `")))?;
    }
    if left.is_empty() {
        print(&format!(
            "`{name}` {is_gone}\nkept: the state bucket `{}` with the release records, and the image repositories",
            site.bucket.name()
        ))?;
        return Ok(ExitCode::SUCCESS);
    }
    print(&format!("what Terraform knew of `{name}` {is_gone}; tagged as those of `{name}`, and left:"))?;
    for arn in left {
        print(&format!("  {arn}"))?;
    }
    print(&format!("hint: remove what is not used, then `driftless destroy -e {name}` again"))?;
    Ok(Exit::NeedsPerson.into())
}

/// What serves knows best what there is; before a first release, the project or bundle does.
async fn root(
    site: &Site,
    environment: &Environment,
    args: &Args,
) -> anyhow::Result<(Root, Variables, Option<(Record, Release)>)> {
    let (terraform, records) = (site.terraform().await?, site.records());
    let last = records.last(1).await?.pop();
    let release = match &last {
        Some(record) => Some(Release::of_record(site, record).await?),
        None => None,
    };
    let from = match &release {
        Some(release) => release.root(&site.environment),
        None => args.place.configuration(&site.environment)?,
    };
    let root = Root::open(&terraform, &site.backend(), &site.environment, &from, &*site.progress).await?;
    let images = environment.services.keys().map(|service| (service.clone(), Digest::of(b""))).collect();
    let variables = last.as_ref().map(|record| record.variables.clone());
    let variables = variables.unwrap_or_else(|| Variables { images, ..Variables::default() });
    Ok((root, variables, last.zip(release)))
}

/// An error, unless it is agreed to lose what is lost, and somebody has given the environment's name.
fn agree(name: &str, summary: &Summary, args: &Args) -> anyhow::Result<()> {
    let loss: Vec<_> = summary.data_loss().map(|resource| resource.address.as_str()).collect();
    if !loss.is_empty() && !args.allow_data_loss {
        hint::bail!(
            "what is in `{}` would be lost; nothing was changed",
            loss.join("`, `"),
            hint = "make a copy of what matters, then `--allow-data-loss`"
        );
    }
    if args.confirm.is_none() {
        let typed = ask::line(&format!("to delete all of this, type `{name}`: "), &format!("--confirm={name}"))?;
        confirms(&typed, name)?;
    }
    Ok(())
}

fn confirms(typed: &str, name: &str) -> anyhow::Result<()> {
    hint::ensure!(
        typed == name,
        "`{typed}` is not `{name}`; nothing was changed",
        hint = "type or give the environment's name"
    );
    Ok(())
}
