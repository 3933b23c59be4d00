//! `driftless abort`

use std::process::ExitCode;

use cloud::rollout::{Limits, Phase, System, Verdict, Watch, WatchEnd, watch as rollout};

use model::exit::Exit;

use super::options::Look;
use super::{place::Place, watch};
use crate::command::show::print;

/// Stop the deployments in progress, and roll back
///
/// Asks ECS to stop the newest deployment of each service, if it is in progress, and waits until what ran before runs
/// again. ECS does not stop the first deployment of a service, which has nothing to go back to: its circuit breaker does.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  driftless abort -e dev

Exit codes: 0 stopped, or there was nothing to stop; 1 ECS refused or could not be asked; 2 the command line is wrong;
4 a person has to look.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Look,
}

/// Said of a service of which nothing ran before.
const FIRST: &str =
    "not stopped: its first deployment has nothing to go back to; the circuit breaker ends it if its tasks fail";

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let place = Place::open(&args.place).await?;
    let all = place.watch(Limits::default()).await?;
    let seen = rollout::look(&place.site.account, &all, &System).await?;
    let mut stopped = Watch { expected: Vec::new(), ..all.clone() };
    let mut left = false;
    for (expected, snapshot) in all.expected.into_iter().zip(seen) {
        let Some(attempt) = snapshot.attempt.filter(|attempt| attempt.phase == Phase::Moving) else { continue };
        if attempt.first {
            left = true;
            print(&format!("{}: {FIRST}", expected.service))?;
            continue;
        }
        rollout::stop(&place.site.account, &attempt.id).await?;
        eprintln!("`{}`: asked ECS to stop the deployment", expected.service);
        stopped.expected.push(expected);
    }
    if left && stopped.expected.is_empty() {
        return Ok(Exit::NeedsPerson.into());
    }
    if stopped.expected.is_empty() {
        print("no deployment is in progress")?;
        return Ok(ExitCode::SUCCESS);
    }
    let WatchEnd::Verdicts(report) = watch::follow(&place, &stopped, false).await? else {
        eprintln!("stopped watching; ECS continues\nhint: `driftless watch -e {}` follows it", place.site.environment);
        return Ok(Exit::Interrupted.into());
    };
    // That the deployment failed is what was asked for.
    let done = |verdict: &Verdict| matches!(verdict, Verdict::RolledBack(_));
    for service in &report.services {
        let words = match &service.verdict {
            Verdict::RolledBack(_) => "stopped; what ran before runs again".to_owned(),
            other => other.words(),
        };
        print(&format!("{}: {words}", service.service))?;
    }
    let all_done = report.services.iter().all(|service| done(&service.verdict));
    Ok(if all_done && !left { ExitCode::SUCCESS } else { Exit::NeedsPerson.into() })
}
