//! Consent to a plan, and the end of a release in words and exit codes.

use std::{process::ExitCode, time::Duration};

use anyhow::bail;
use serde_json::json;

use super::args::Consent;
use crate::{
    command::{ask, exit, print::print},
    deploy::{Candidate, Ended, Options, Target, release},
    record::Record,
    scale::is_paused,
    terraform::Summary,
};

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// Whether nothing runs of a release, and nobody answers at its address.
fn paused(target: &Target, record: &Record) -> bool {
    is_paused(target.environment(), &record.variables.tasks)
}

impl Consent {
    /// Shows a plan, and asks whether it may be applied.
    pub(super) fn decide(&self, summary: &Summary) -> anyhow::Result<bool> {
        eprintln!("\n{}", summary.text());
        let loss: Vec<_> = summary.data_loss().map(|resource| resource.address.as_str()).collect();
        if !loss.is_empty() && !self.allow_data_loss {
            bail!(
                "the plan loses what is in `{}`; nothing was changed\nhint: if that is meant, `--allow-data-loss`",
                loss.join("`, `")
            );
        }
        if self.yes { Ok(true) } else { ask::yes("apply this plan?", "--yes") }
    }

    pub(super) fn options(&self) -> Options {
        Options { timeout: Duration::from_secs(60 * self.timeout) }
    }

    /// Releases `candidate` and says how it ended.
    pub(super) async fn release(&self, target: &Target, candidate: Candidate) -> anyhow::Result<ExitCode> {
        target.progress.note(&target.words());
        let ended = Box::pin(release(target, candidate, &self.options(), &|summary| self.decide(summary))).await?;
        self.tell(target, &ended)
    }

    /// Says how a release ended.
    pub(super) fn tell(&self, target: &Target, ended: &Ended) -> anyhow::Result<ExitCode> {
        let name = &target.name;
        let (words, code) = match ended {
            Ended::Live { record, changed: true, .. } if paused(target, record) => (
                format!("paused: release {} of `{name}` runs no task\nnext: driftless resume -e {name}", record.number),
                0,
            ),
            Ended::Live { record, changed: false, .. } if paused(target, record) => {
                (format!("nothing changed: `{name}` is paused since release {}", record.number), 0)
            }
            Ended::Live { record, changed: true, .. } => (format!("live: release {} of `{name}`", record.number), 0),
            Ended::Live { record, changed: false, .. } => {
                (format!("nothing changed: release {} of `{name}` is live", record.number), 0)
            }
            Ended::Declined => ("nothing was changed".to_owned(), 1),
            Ended::RolledBack { record, serving } => {
                let number = record.number;
                (
                    format!("failed and rolled back: release {number} of `{name}`; release {serving} serves"),
                    exit::ROLLED_BACK,
                )
            }
            Ended::Failed { record, left } => {
                (format!("failed: release {} of `{name}`: {left}", record.number), exit::NEEDS_PERSON)
            }
        };
        let (outcome, number) = match ended {
            Ended::Live { record, changed: true, .. } if paused(target, record) => ("paused", Some(record.number)),
            Ended::Live { record, changed: true, .. } => ("live", Some(record.number)),
            Ended::Live { record, .. } => ("unchanged", Some(record.number)),
            Ended::Declined => ("declined", None),
            Ended::RolledBack { record, .. } => ("rolled_back", Some(record.number)),
            Ended::Failed { record, .. } => ("failed", Some(record.number)),
        };
        let url = match ended {
            Ended::Live { url, record, .. } if !paused(target, record) => url.as_deref(),
            _ => None,
        };
        if self.json {
            print(
                &json!({ "schema": SCHEMA, "environment": name, "outcome": outcome, "release": number,
                           "account": target.caller.account, "url": url, "exit_code": code })
                .to_string(),
            )?;
        } else {
            print(&words)?;
            if let Some(url) = url {
                print(url)?;
            }
        }
        Ok(code.into())
    }
}
