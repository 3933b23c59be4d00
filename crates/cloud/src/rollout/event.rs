//! What there is to tell of a rollout. Each event is told once.

use model::structured::readable;
use oci::Digest;

use super::Cause;

/// Something that happened to a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// Our deployment was begun.
    Begun {
        /// Whether there was none before it.
        first: bool,
        /// The image before, if that is known.
        from: Option<Digest>,
        /// The new image.
        to: Digest,
    },
    /// It had been done before anybody looked.
    AlreadyDone,
    /// A task of ours starts.
    Starting(String),
    /// A task of ours runs.
    Running(String),
    /// A task of ours gets requests.
    Serving(String),
    /// The load balancer does not like a task of ours.
    Unhealthy {
        /// The task.
        task: String,
        /// Why.
        reason: String,
    },
    /// A task of ours failed.
    Failed {
        /// The task.
        task: String,
        /// Why.
        cause: Cause,
        /// Whether another task had failed for this before, so that it need not be explained.
        again: bool,
        /// In ECS's words.
        reason: String,
        /// The last lines that it wrote.
        log: Vec<String>,
    },
    /// ECS complains.
    Complaint(String),
    /// An alarm went off.
    Alarm(String),
    /// Old tasks are left, so many.
    Leaving(usize),
    /// ECS is done; this is still missing.
    NearlyDone(String),
    /// We ask for the deployment to be stopped.
    Stopping(Cause),
    /// ECS did not take that.
    NotStopped(String),
    /// It is on the way back.
    RollingBack(Option<String>),
    /// AWS does not answer; we go on.
    Silent(String),
    /// It answers again.
    BackAgain,
}

impl Event {
    /// Whether it may be told again: an outage may come twice.
    pub(super) fn recurs(&self) -> bool {
        matches!(self, Self::Silent(_) | Self::BackAgain)
    }

    /// The name that programs know it by.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Begun { .. } => "begun",
            Self::AlreadyDone => "already_done",
            Self::Starting(_) => "task_starting",
            Self::Running(_) => "task_running",
            Self::Serving(_) => "task_serving",
            Self::Unhealthy { .. } => "task_unhealthy",
            Self::Failed { .. } => "task_failed",
            Self::Complaint(_) => "complaint",
            Self::Alarm(_) => "alarm",
            Self::Leaving(_) => "leaving",
            Self::NearlyDone(_) => "nearly_done",
            Self::Stopping(_) => "stopping",
            Self::NotStopped(_) => "not_stopped",
            Self::RollingBack(_) => "rolling_back",
            Self::Silent(_) => "silent",
            Self::BackAgain => "answering_again",
        }
    }

    /// In a line.
    pub fn words(&self) -> String {
        match self {
            Self::Begun { first: true, to, .. } => format!("first deployment begun: {}", to.short()),
            Self::Begun { from: Some(from), to, .. } => format!("deployment begun: {} -> {}", from.short(), to.short()),
            Self::Begun { to, .. } => format!("deployment begun: {}", to.short()),
            Self::AlreadyDone => "runs this image already".into(),
            Self::Starting(task) => format!("task {} starts", short(task)),
            Self::Running(task) => format!("task {} runs", short(task)),
            Self::Serving(task) => format!("task {} is healthy and gets requests", short(task)),
            Self::Unhealthy { task, reason } => format!("task {} is unhealthy: {reason}", short(task)),
            Self::Failed { task, cause, again: false, .. } => format!("task {} failed: {cause}", short(task)),
            Self::Failed { task, cause, .. } => format!("task {} failed, too: {cause}", short(task)),
            Self::Complaint(sentence) => format!("ECS: {sentence}"),
            Self::Alarm(name) => format!("alarm `{name}` went off"),
            Self::Leaving(1) => "1 old task is leaving".into(),
            Self::Leaving(count) => format!("{count} old tasks are leaving"),
            Self::NearlyDone(missing) => format!("ECS is done, still waiting for {missing}"),
            Self::Stopping(cause) => format!("stopping the deployment: {cause}"),
            Self::NotStopped(reason) => format!("the deployment could not be stopped: {reason}"),
            Self::RollingBack(Some(reason)) => format!("rolling back: {reason}"),
            Self::RollingBack(None) => "rolling back".into(),
            Self::Silent(reason) => format!("AWS does not answer, trying on: {reason}"),
            Self::BackAgain => "AWS answers again".into(),
        }
    }

    /// What belongs below the line.
    pub fn details(&self) -> Vec<String> {
        let Self::Failed { cause, again, reason, log, .. } = self else { return Vec::new() };
        let mut details = Vec::new();
        if !again && !reason.is_empty() && *reason != cause.words() {
            details.push(format!("ECS: {reason}"));
        }
        details.extend(log.iter().map(|line| format!("| {}", shown(line))));
        details.extend(cause.hint().filter(|_| !again).map(|hint| format!("hint: {hint}")));
        details
    }
}

/// A line of a log, as people read it, and so that it does nothing to a terminal: it may come from anybody.
fn shown(line: &str) -> String {
    readable(line).unwrap_or_else(|| line.to_owned()).replace(|c: char| c.is_control() && c != '\t', "\u{fffd}")
}

/// Enough of a task's id to know it again.
fn short(id: &str) -> &str {
    let end = id.char_indices().nth(8).map_or(id.len(), |(index, _)| index);
    &id[..end]
}
