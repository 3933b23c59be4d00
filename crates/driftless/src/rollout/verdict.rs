//! How a rollout ended.

use super::Cause;

/// How the rollout of one service ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Our image runs at the desired count, nothing else does, and the load balancer answers from it.
    Live,
    /// Nothing runs, as was wanted.
    Paused,
    /// It failed, and what ran before runs again.
    RolledBack(Cause),
    /// It failed, and a person has to look.
    Failed(Cause),
    /// It failed, and so did the way back.
    Stuck {
        /// Why it failed.
        cause: Cause,
        /// Why it is not back, in ECS's words.
        reason: String,
    },
    /// The first deployment of the service failed and was stopped: there was nothing to go back to.
    FirstFailed(Cause),
    /// Another deployment took its place.
    Superseded {
        /// ECS's name for that one.
        by: String,
    },
    /// The service wants no tasks, so that nothing was proved.
    AtZero,
    /// ECS has begun no deployment of our image.
    NotBegun,
    /// Time is up, and what runs is not known.
    Unknown {
        /// What was waited for.
        waiting_for: String,
    },
}

impl Verdict {
    /// The program's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Live | Self::Paused => 0,
            Self::RolledBack(_) => 3,
            Self::Failed(_)
            | Self::Stuck { .. }
            | Self::FirstFailed(_)
            | Self::Superseded { .. }
            | Self::AtZero
            | Self::NotBegun
            | Self::Unknown { .. } => 4,
        }
    }

    /// The word that programs know it by.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Paused => "paused",
            Self::RolledBack(_) => "rolled_back",
            Self::Failed(_) => "failed",
            Self::Stuck { .. } => "stuck",
            Self::FirstFailed(_) => "first_failed",
            Self::Superseded { .. } => "superseded",
            Self::AtZero => "at_zero",
            Self::NotBegun => "not_begun",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// For people.
    pub fn words(&self) -> String {
        match self {
            Self::Live => "live: the new image runs, the old one is gone".into(),
            Self::Paused => "paused: no task runs, as was wanted".into(),
            Self::RolledBack(cause) => format!("failed and rolled back: {}", cause.words()),
            Self::Failed(cause) => format!("failed, and a person has to look: {}", cause.words()),
            Self::Stuck { cause, reason } => {
                format!("failed, and so did the way back ({reason}); a person has to look: {}", cause.words())
            }
            Self::FirstFailed(cause) => format!(
                "the first deployment failed and was stopped, there was nothing to go back to: {}",
                cause.words()
            ),
            Self::Superseded { by } => format!("superseded: deployment `{by}` took its place, with another image"),
            Self::AtZero => "nothing was proved: the service wants no tasks".into(),
            Self::NotBegun => "ECS has begun no deployment of this image, the service runs another".into(),
            Self::Unknown { waiting_for } => format!("unknown: time is up, still waiting for {waiting_for}"),
        }
    }

    /// What to do, if there is anything.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Live | Self::Paused => None,
            Self::RolledBack(cause) | Self::FirstFailed(cause) | Self::Failed(cause) | Self::Stuck { cause, .. } => {
                cause.hint().map(str::to_owned)
            }
            Self::Superseded { .. } => Some("see who deployed, with `driftless releases`".into()),
            Self::AtZero => Some("start it with `driftless resume`, or set its `tasks` in infra.nix".into()),
            Self::NotBegun => Some("deploy again; `driftless status` shows what runs".into()),
            Self::Unknown { .. } => Some("go on looking with `driftless watch`".into()),
        }
    }
}
