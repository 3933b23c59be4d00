//! `driftless run`

use std::{process, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use jiff::Timestamp;

use super::{args, follow::Follow, place::Place};
use crate::{
    aws::{
        ecs::{Ecs, Launch, Task},
        logs::{Filter, Logs},
    },
    command::{exit, print::print},
    rollout::{Cause, Stopped, StoppedContainer},
};

/// How often the task and its log are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Looks at which ECS may not know a task that it has just begun.
const EARLY: u32 = 5;

/// Said by ECS of the task.
const STARTED_BY: &str = "driftless run";

pub(super) async fn run(args: &args::Run) -> anyhow::Result<ExitCode> {
    let place = Place::open(&args.place).await?;
    let (ecs, cluster) = (Ecs::new(&place.target.account), place.target.environment().cluster.as_str());
    let deployed = place.service(&args.service)?;
    let services = ecs.services(cluster, std::slice::from_ref(&deployed.service_name)).await?;
    let service = services.into_iter().next();
    let service = service.with_context(|| format!("`{}` is not deployed\nhint: `driftless deploy`", args.service))?;
    let network = service.network_configuration.with_context(|| {
        format!(
            "`{}` has no network configuration, so it was not made by driftless\nhint: `driftless deploy`",
            args.service
        )
    })?;
    let definition = ecs.task_definition(&service.task_definition).await?;
    let container = definition.container_definitions.iter().find(|container| container.digest().is_some());
    let container = container.with_context(|| {
        format!("`{}` names no image by digest\nhint: `driftless deploy`", definition.task_definition_arn)
    })?;
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
        Err(reason) => bail!(
            "ECS started no task: {reason}\nhint: `driftless doctor -e {}` looks at quotas, too",
            place.target.name
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
    let logs = Logs::new(&place.target.account);
    tokio::select! {
        stopped = until_stopped(&ecs, &logs, cluster, &task.task_arn, &mut log) => ended(&stopped?, &container.name),
        _ = tokio::signal::ctrl_c() => {
            ecs.stop_task(cluster, &task.task_arn, "interrupted by the user of `driftless run`").await?;
            eprintln!("interrupted: the task is being stopped");
            Ok(ExitCode::from(exit::INTERRUPTED))
        }
    }
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
                bail!("ECS does not know the task `{arn}` any more\nhint: `driftless logs -e ENV` has what it wrote")
            }
        };
        let over = task.last_status == "STOPPED";
        if over {
            // The last lines may reach CloudWatch after the task's end reaches ECS.
            tokio::time::sleep(LOOK).await;
        }
        if let Some(log) = log {
            for event in log.more(logs).await.context("reading the task's log")? {
                print(event.message.trim_end_matches('\n'))?;
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
    let hint = cause.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    bail!("the task did not run: {cause}{hint}")
}
