//! From ECS's sentences to causes.

use super::Cause;
use crate::rollout::Stopped;

/// What a container exits with when the kernel kills it.
const KILLED: i32 = 128 + 9;

/// Exit codes of a shell or of the agent for programs that could not be run.
const NOT_RUN: [i32; 2] = [126, 127];

pub(super) fn task(task: &Stopped) -> Option<Cause> {
    let reason = task.reason.as_str();
    if let Some(cause) = never_started(reason).or_else(|| health(task)).or_else(|| capacity(reason)) {
        return Some(cause);
    }
    match task.code.as_str() {
        "ServiceSchedulerInitiated" => return None,
        "UserInitiated" => return Some(Cause::ByHand),
        "SpotInterruption" => return Some(Cause::Spot),
        _ => {}
    }
    // The container that ended with an error, else the first that ended.
    let failed = task.containers.iter().filter(|container| container.exit.is_some_and(|code| code != 0));
    let container = failed.chain(&task.containers).next();
    let said = container.and_then(|container| container.reason.as_deref()).unwrap_or_default();
    if let Some(cause) = never_started(said) {
        return Some(cause);
    }
    if has(said, &["outofmemory"]) {
        return Some(Cause::OutOfMemory);
    }
    // A program that cannot be executed leaves nothing but this line.
    if has(&task.log.join("\n"), &["exec format error"]) {
        return Some(Cause::Architecture);
    }
    match container.and_then(|container| container.exit) {
        Some(KILLED) if task.code == "EssentialContainerExited" => Some(Cause::OutOfMemory),
        Some(code) if NOT_RUN.contains(&code) => Some(Cause::CannotStart),
        Some(0) => Some(Cause::Ended),
        Some(code) => Some(Cause::Crashed(code)),
        None if reason.is_empty() && said.is_empty() => Some(Cause::Other("ECS gave no reason".into())),
        None if said.is_empty() => Some(Cause::Other(reason.to_owned())),
        None => Some(Cause::Other(said.to_owned())),
    }
}

/// Troubles before the program runs.
fn never_started(reason: &str) -> Option<Cause> {
    const UNREACHABLE: [&str; 8] = [
        "i/o timeout",
        "connection issue",
        "dial tcp",
        "context deadline exceeded",
        "request canceled",
        "context canceled",
        "no such host",
        "connection refused",
    ];
    const DENIED: [&str; 5] = ["accessdenied", "not authorized", "403 forbidden", "access denied", "no basic auth"];
    if has(reason, &["exec format error", "matching platform", "descriptor matching", "no matching manifest"]) {
        return Some(Cause::Architecture);
    }
    if has(reason, &["cannotpull"]) {
        return Some(match reason {
            _ if has(reason, &UNREACHABLE) => Cause::ImageNoRoute,
            _ if has(reason, &DENIED) => Cause::ImageDenied,
            _ if has(reason, &["not found", "does not exist", "manifest unknown", "no such manifest"]) => {
                Cause::ImageMissing
            }
            _ => return None,
        });
    }
    // These may name the error of the runtime below them, too.
    if has(reason, &["cannotstartcontainer", "cannotcreatecontainer"]) {
        return Some(Cause::CannotStart);
    }
    if has(reason, &["resourceinitializationerror"]) {
        return Some(match reason {
            _ if has(reason, &["efs", "mount", "volume"]) => Cause::Volume,
            _ if has(reason, &["logger", "log group", "log stream"]) => Cause::LogGroupMissing,
            _ if has(reason, &UNREACHABLE) => Cause::NoRoute,
            _ if has(reason, &DENIED) && has(reason, &["ecr:", "registry auth from"]) => Cause::ImageDenied,
            _ if has(reason, &DENIED) => Cause::SecretDenied,
            _ if has(reason, &["resourcenotfound", "can't find", "invalidparameter", "staging label"]) => {
                Cause::SecretMissing
            }
            _ => return None,
        });
    }
    None
}

/// Health checks, of the load balancer or of the container.
fn health(task: &Stopped) -> Option<Cause> {
    let reason = task.reason.as_str();
    if has(reason, &["container health check"]) {
        return Some(Cause::ContainerHealth);
    }
    has(reason, &["elb health check", "target-group", "health checks failed"])
        .then(|| target(task.target.as_deref().unwrap_or(reason)))
}

/// What a load balancer says of a target that it does not like.
fn target(reason: &str) -> Cause {
    if let Some((_, codes)) = reason.split_once("codes: ") {
        return Cause::HealthStatus(codes.trim_matches(['[', ']', '.', ')', ' ']).to_owned());
    }
    match reason {
        _ if has(reason, &["timed out", "timeout"]) => Cause::HealthTimeout,
        _ if has(reason, &["refused", "connection", "port"]) => Cause::HealthPort,
        _ => Cause::HealthFailed,
    }
}

/// No room to run in.
pub(super) fn capacity(sentence: &str) -> Option<Cause> {
    match sentence {
        _ if has(sentence, &["limit on the number of vcpu", "vcpu limit"]) => Some(Cause::Quota),
        _ if has(sentence, &["capacity is unavailable", "insufficient capacity", "no container instance"]) => {
            Some(Cause::NoCapacity)
        }
        _ if has(sentence, &["spot"]) && has(sentence, &["interrupt"]) => Some(Cause::Spot),
        _ => None,
    }
}

pub(super) fn deployment(reason: &str) -> Cause {
    never_started(reason).or_else(|| capacity(reason)).unwrap_or_else(|| Cause::Other(reason.to_owned()))
}

/// Whether `text` has one of `words`, which are in lower case.
fn has(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(word))
}
