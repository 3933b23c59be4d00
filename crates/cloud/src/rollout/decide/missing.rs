//! What a service lacks to be live.

use crate::rollout::{Answering, Snapshot, Stage, Task};

/// The first thing that is missing, in a few words; none if nothing is.
pub(in crate::rollout) fn from(seen: &Snapshot) -> Option<String> {
    inside(seen).or_else(|| answer(seen))
}

/// An answer from outside, if that is missing, whatever else may be.
pub(super) fn answer(seen: &Snapshot) -> Option<String> {
    match &seen.answering {
        Answering::No(why) => Some(format!("an answer from outside: {why}")),
        Answering::Yes | Answering::NotAsked => None,
    }
}

/// The first thing that is missing in the cluster and the load balancer.
pub(super) fn inside(seen: &Snapshot) -> Option<String> {
    let wanted = seen.desired as usize;
    if wanted == 0 {
        return Some(match seen.tasks.len() {
            0 => "a task to be wanted".into(),
            1 => "the last task to end".into(),
            count => format!("the last {count} tasks to end"),
        });
    }
    // Each condition is asked of those that met the ones before.
    let mut tasks: Vec<_> = seen.tasks.iter().filter(|task| task.ours && task.stage == Stage::Running).collect();
    if tasks.len() < wanted {
        return Some(format!("tasks: {} of {wanted} run", tasks.len()));
    }
    tasks.retain(|task| task.healthy);
    if tasks.len() < wanted {
        return Some(format!("the containers' health checks: {} of {wanted} passed", tasks.len()));
    }
    tasks.retain(|task| gets_requests(seen, task));
    if tasks.len() < wanted {
        return Some(format!("the load balancer: {} of {wanted} tasks are healthy", tasks.len()));
    }
    let old = seen.tasks.iter().filter(|task| !task.ours).count();
    (old > 0).then(|| format!("{old} old {} to end", if old == 1 { "task" } else { "tasks" }))
}

/// Whether the load balancer, if there is one, sends it requests.
fn gets_requests(seen: &Snapshot, task: &Task) -> bool {
    seen.targets.as_ref().is_none_or(|targets| {
        targets.iter().any(|target| Some(&target.address) == task.address.as_ref() && target.state == "healthy")
    })
}
