//! `driftless run`

use std::{process, process::ExitCode, time::Duration};

use anyhow::{Context, anyhow};
use cloud::{
    aws::{
        ecs::{Ecs, Launch, Task},
        logs::{Filter, Logs},
    },
    interrupt,
    rollout::{Cause, Stopped, StoppedContainer},
};
use hint::Hint;
use jiff::Timestamp;

use model::exit::Exit;

use super::options::Look;
use super::{follow::Follow, place::Place};
use crate::command::show::Painter;

/// Run a one-off command in a new task
///
/// Starts a task from the service's task definition, with the same image, settings, secrets and network, but with this
/// command. Shows what it writes, and exits with its exit code. Control-C stops the task.
///
/// The directory of a service with `data` is mounted in the new task, too. While the service runs, the command is refused:
/// two programs that write the same files, such as a database of SQLite, can damage them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  driftless run -e dev backend -- /bin/app migrate
  driftless run -e prod backend --beside -- /bin/app healthcheck

Exit codes: the command's own; 1 also if the task could not be started; 130 interrupted, and the task was stopped.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Look,

    /// The service
    service: String,

    /// Run beside the service though both have the same files: the command leaves them alone, or locks them
    #[arg(long)]
    beside: bool,

    /// Program and arguments, as in the image: there is no shell [default: what the service runs]
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// How often the task and its log are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Looks at which ECS may not know a task that it has just begun.
const EARLY: u32 = 5;

/// Said by ECS of the task.
const STARTED_BY: &str = "driftless run";

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let _handled = interrupt::handle();
    let place = Place::open(&args.place).await?;
    let (ecs, cluster) = (Ecs::new(&place.site.account), place.environment.cluster.as_str());
    let deployed = place.service(&args.service)?;
    let services = match ecs.services(cluster, std::slice::from_ref(&deployed.service_name)).await {
        Err(error) if error.code() == Some("ClusterNotFoundException") => Vec::new(),
        other => other?,
    };
    let service = services.into_iter().next();
    let service = service.with_context(|| format!("`{}` is not deployed", args.service));
    let service = service.with_hint(|| format!("`driftless deploy -e {}`", place.site.environment))?;
    if !args.beside {
        are_files_free(&args.service, deployed.data.as_deref(), service.running_count, &place.site.environment)?;
    }
    let network = service
        .network_configuration
        .with_context(|| format!("`{}` has no network configuration, so it was not made by driftless", args.service))
        .hint("`driftless deploy`")?;
    let definition = ecs.task_definition(&service.task_definition).await?;
    let container = definition.container_definitions.iter().find(|container| container.digest().is_some());
    let container = container
        .with_context(|| format!("`{}` names no image by digest", definition.task_definition_arn))
        .hint("`driftless deploy`")?;
    let token = format!("{}-{}", Timestamp::now().as_nanosecond(), process::id());
    let launch = Launch {
        cluster,
        task_definition: &definition.task_definition_arn,
        container: &container.name,
        command: &args.command,
        network: &network,
        started_by: STARTED_BY,
        token: &token,
    };
    let task = match ecs.run_task(&launch).await? {
        Ok(task) => task,
        Err(reason) => hint::bail!(
            "ECS started no task: {reason}",
            hint = "`driftless doctor -e {}` looks at quotas, too",
            place.site.environment
        ),
    };
    eprintln!("task {} starts", task.id());
    let mut log = container.log(task.id()).map(|(group, stream)| {
        Follow::new(Filter {
            log_group_name: group.to_owned(),
            log_stream_name_prefix: Some(stream),
            ..Filter::default()
        })
    });
    let logs = Logs::new(&place.site.account);
    tokio::select! {
        stopped = until_stopped(&ecs, &logs, cluster, &task.task_arn, &mut log) => ended(&stopped?, &container.name),
        _ = tokio::signal::ctrl_c() => {
            ecs.stop_task(cluster, &task.task_arn, "interrupted by the user of `driftless run`").await?;
            eprintln!("interrupted: the task is being stopped");
            Ok(Exit::Interrupted.into())
        }
    }
}

/// An error where `running` tasks of a service have files that another task would have, too.
fn are_files_free(service: &str, data: Option<&str>, running: u32, environment: &str) -> anyhow::Result<()> {
    let Some(data) = data.filter(|_| running > 0) else { return Ok(()) };
    hint::bail!(
        "`{service}` runs, and a second task that writes its files in `{data}` could damage them; nothing was started",
        hint = "`driftless pause -e {environment}` stops it first; `--beside` is for a command that leaves these files alone"
    )
}

/// Shows what the task writes until it has stopped.
async fn until_stopped(
    ecs: &Ecs,
    logs: &Logs,
    cluster: &str,
    arn: &str,
    log: &mut Option<Follow>,
) -> anyhow::Result<Task> {
    let mut looks = 0_u32;
    loop {
        looks += 1;
        let tasks = ecs.tasks(cluster, &[arn.to_owned()]).await?;
        let task = match tasks.into_iter().next() {
            Some(task) => task,
            None if looks <= EARLY => {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            None => {
                hint::bail!("ECS no longer knows the task `{arn}`", hint = "`driftless logs` has what it wrote")
            }
        };
        let over = task.last_status == "STOPPED";
        if over {
            // The last lines may reach CloudWatch after the task's end reaches ECS.
            tokio::time::sleep(LOOK).await;
        }
        if let Some(log) = log {
            for event in log.more(logs).await.context("reading the task's log")? {
                Painter::stdout(false, false).print_written(event.message.trim_end_matches('\n'))?;
            }
        }
        if over {
            return Ok(task);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The command's exit code, or why there is none.
fn ended(task: &Task, name: &str) -> anyhow::Result<ExitCode> {
    let container = task.containers.iter().find(|container| container.name == name);
    if let Some(code) = container.and_then(|container| container.exit_code) {
        return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
    }
    let containers = task.containers.iter().map(|container| StoppedContainer {
        name: container.name.clone(),
        exit: container.exit_code,
        reason: container.reason.clone(),
    });
    let stopped = Stopped {
        id: task.id().to_owned(),
        ours: true,
        code: task.stop_code.clone().unwrap_or_default(),
        reason: task.stopped_reason.clone().unwrap_or_default(),
        containers: containers.collect(),
        ..Stopped::default()
    };
    let cause = Cause::of(&stopped).unwrap_or_else(|| Cause::Other(stopped.reason.clone()));
    let error = anyhow!("the task did not run: {cause}");
    Err(match cause.hint() {
        Some(hint) => error.hint(hint),
        None => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_of_one_task_at_a_time() {
        for (data, running) in [(None, 1), (Some("/data"), 0)] {
            assert!(are_files_free("backend", data, running, "dev").is_ok(), "{data:?} {running}");
        }
        let refused = are_files_free("backend", Some("/data"), 1, "dev").unwrap_err();
        let report = hint::ErrorReport::of(&refused);
        assert!(report.error.contains("its files in `/data`"), "{report}");
        assert!(report.hint.unwrap().contains("`driftless pause -e dev`"));
    }
}
