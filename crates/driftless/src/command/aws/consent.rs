//! Consent to a plan, and the end of a release in words and exit codes.

use std::{process::ExitCode, sync::Arc, time::Duration};

use cloud::{
    Outcome, Site,
    deploy::{Deployment, Ending, Options},
    terraform::{Summary, Threat},
};
use model::{palette::Palette, text::harmless_lines};
use serde::Serialize;

use super::recover::recover;
use crate::command::{
    ask,
    show::print,
    transfer::{Show, builder},
};

/// What may be done without asking, and how long it may take
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Consent {
    /// Apply the plan without asking
    #[arg(short, long)]
    yes: bool,

    /// Apply a plan that loses data; `--yes` does not cover that
    #[arg(long)]
    allow_data_loss: bool,

    /// Minutes that the services have to become stable, beside those in which the strategy moves traffic
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=240))]
    timeout: u64,

    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Says what the commands that release something exit with.
macro_rules! exit_codes {
    () => {
        "

Exit codes: 0 live; 1 failed and nothing was changed, or you said no; 2 the command line is wrong; 3 failed and rolled \
         back; 4 something was changed and a person has to look; 5 another run holds the state lock; 130 interrupted."
    };
}
pub(super) use exit_codes;

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    environment: &'a str,
    outcome: Outcome,
    /// Its number, or that of the release that was live before.
    release: Option<u32>,
    account: &'a str,
    url: Option<&'a str>,
    exit_code: u8,
}

/// Shows a plan before it is asked about.
pub(super) fn show(summary: &Summary) {
    eprintln!("\n{}", text(summary, Palette::stderr()));
}

/// A plan for people: what is at stake stands out.
pub(super) fn text(summary: &Summary, palette: Palette) -> String {
    let paint = |line: &str| match line.strip_prefix("  ! ") {
        Some(rest) if rest.contains(&format!(": {}: ", Threat::DataLoss.words())) => palette.bad(line),
        Some(_) => palette.risky(line),
        None => line.to_owned(),
    };
    harmless_lines(&summary.text()).split('\n').map(paint).collect::<Vec<_>>().join("\n")
}

impl Consent {
    /// Shows a plan, and asks whether it may be applied.
    pub(super) fn decide(&self, summary: &Summary) -> anyhow::Result<bool> {
        show(summary);
        let loss: Vec<_> = summary.data_loss().map(|resource| resource.address.as_str()).collect();
        if !loss.is_empty() && !self.allow_data_loss {
            hint::bail!(
                "the plan loses what is in `{}`; nothing was changed",
                loss.join("`, `"),
                hint = "if that is meant, `--allow-data-loss`"
            );
        }
        if self.yes { Ok(true) } else { ask::yes(&format!("apply this plan to `{}`?", summary.root), "--yes") }
    }

    pub(super) fn options(&self, site: &Site) -> Options {
        let events = Show::beside(Arc::clone(&site.progress)).events();
        Options { timeout: Duration::from_secs(60 * self.timeout), events, builder: builder() }
    }

    /// Brings in order what an earlier command left.
    pub(super) async fn recover(&self, site: &Site) -> anyhow::Result<()> {
        recover(site, &site.backend(), &site.environment, self.yes).await
    }

    /// Takes `deployment` to `site` and says how it ended.
    pub(super) async fn deploy(&self, site: &Site, deployment: Deployment) -> anyhow::Result<ExitCode> {
        site.progress.note(&site.words());
        self.recover(site).await?;
        let options = self.options(site);
        let ending = Box::pin(deployment.run(site, &options, &|summary| self.decide(summary))).await?;
        self.report(site, &ending)
    }

    /// Says how a deployment ended.
    pub(super) fn report(&self, site: &Site, ending: &Ending) -> anyhow::Result<ExitCode> {
        let exit = ending.outcome.exit();
        if self.json {
            let document = Document {
                schema: SCHEMA,
                environment: &site.environment,
                outcome: ending.outcome,
                release: ending.record.as_ref().map(|record| record.number),
                account: &site.caller.account,
                url: ending.url.as_deref(),
                exit_code: exit.code(),
            };
            print(&serde_json::to_string(&document)?)?;
        } else {
            print(&ending.sentence(&site.environment))?;
            if let Some(url) = &ending.url {
                print(url)?;
            }
        }
        Ok(exit.into())
    }
}
