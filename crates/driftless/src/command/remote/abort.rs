//! `driftless abort`

use std::process::ExitCode;

use super::{args, place::Place, watch};
use crate::{
    command::{exit, print::print},
    rollout::{Limits, Phase, System, Verdict, Watch, Watched, watch as rollout},
};

pub(super) async fn run(args: &args::Abort) -> anyhow::Result<ExitCode> {
    let place = Place::open(&args.place).await?;
    let all = place.watch(Limits::default()).await?;
    let seen = rollout::look(&place.target.account, &all, &System).await?;
    let mut stopped = Watch { expected: Vec::new(), ..all.clone() };
    for (expected, snapshot) in all.expected.into_iter().zip(seen) {
        let Some(attempt) = snapshot.attempt.filter(|attempt| attempt.phase == Phase::Moving) else { continue };
        rollout::stop(&place.target.account, &attempt.id, !attempt.first).await?;
        eprintln!("`{}`: asked ECS to stop the deployment", expected.service);
        stopped.expected.push(expected);
    }
    if stopped.expected.is_empty() {
        print("no deployment is under way")?;
        return Ok(ExitCode::SUCCESS);
    }
    let Watched::Ended(report) = watch::follow(&place, &stopped, false).await? else {
        eprintln!("stopped watching; ECS goes on\nhint: `driftless watch -e {}` follows it", place.target.name);
        return Ok(ExitCode::from(exit::INTERRUPTED));
    };
    // That the deployment failed is what was asked for.
    let done = |verdict: &Verdict| matches!(verdict, Verdict::RolledBack(_) | Verdict::FirstFailed(_));
    for outcome in &report.outcomes {
        let words = match &outcome.verdict {
            Verdict::RolledBack(_) => "stopped; what ran before runs again".to_owned(),
            Verdict::FirstFailed(_) => "stopped; there was nothing to go back to".to_owned(),
            other => other.words(),
        };
        print(&format!("{}: {words}", outcome.service))?;
    }
    let all_done = report.outcomes.iter().all(|outcome| done(&outcome.verdict));
    Ok(if all_done { ExitCode::SUCCESS } else { ExitCode::from(exit::NEEDS_PERSON) })
}
