//! How a rollout ended.

use super::Cause;
use crate::Outcome;

/// How the rollout of one service ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Our image runs at the desired count, nothing else does, and the load balancer answers from it.
    Live,
    /// Nothing runs, as was wanted.
    Paused,
    /// Nothing runs, as a schedule has set it: the image was not seen.
    Asleep,
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
        /// Whether its image is ours, so that it differs in settings alone.
        same_image: bool,
    },
    /// The service wants no tasks, so that nothing was proved.
    AtZero,
    /// ECS has begun no deployment of our task definition.
    NotBegun {
        /// Whether what the service runs has our image, with other settings.
        same_image: bool,
    },
    /// It was not followed to its end: no more could come of the release.
    NotFollowed {
        /// The service that failed for good.
        failed: String,
        /// What was waited for.
        waiting_for: String,
    },
    /// Time is up, and what runs is not known.
    Unknown {
        /// What was waited for.
        waiting_for: String,
    },
}

impl Verdict {
    /// Whether it is of the service itself, and not what the failure of another made of it.
    pub fn is_its_own(&self) -> bool {
        !matches!(self, Self::NotFollowed { .. })
    }

    /// What it makes of the release.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Live => Outcome::Live,
            Self::Paused | Self::Asleep => Outcome::Paused,
            // The service that failed decides: it is as bad as this, or worse.
            Self::RolledBack(_) | Self::NotFollowed { .. } => Outcome::RolledBack,
            Self::Failed(_)
            | Self::Stuck { .. }
            | Self::FirstFailed(_)
            | Self::Superseded { .. }
            | Self::AtZero
            | Self::NotBegun { .. }
            | Self::Unknown { .. } => Outcome::Failed,
        }
    }

    /// The word that programs know it by.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Asleep => "asleep",
            Self::RolledBack(_) => "rolled_back",
            Self::Failed(_) => "failed",
            Self::Stuck { .. } => "stuck",
            Self::FirstFailed(_) => "first_failed",
            Self::Superseded { .. } => "superseded",
            Self::AtZero => "at_zero",
            Self::NotBegun { .. } => "not_begun",
            Self::NotFollowed { .. } => "not_followed",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// For people.
    pub fn words(&self) -> String {
        match self {
            Self::Live => "live: the new image runs, no old task is left".into(),
            Self::Paused => "paused: no task runs, as was wanted".into(),
            Self::Asleep => "asleep: its schedule has it run no task now, so that the image was not seen".into(),
            Self::RolledBack(cause) => format!("failed and rolled back: {}", cause.words()),
            Self::Failed(cause) => format!("failed, and a person has to look: {}", cause.words()),
            Self::Stuck { cause, reason } => {
                format!("failed, and so did the way back ({reason}); a person has to look: {}", cause.words())
            }
            Self::FirstFailed(cause) => format!(
                "the first deployment failed and was stopped, there was nothing to go back to: {}",
                cause.words()
            ),
            Self::Superseded { by, same_image } => {
                format!("superseded: deployment `{by}` took its place, with {}", other(*same_image))
            }
            Self::AtZero => "nothing was proved: the desired count of the service is 0".into(),
            Self::NotBegun { same_image: false } => {
                "ECS has begun no deployment of this image, the service runs another".into()
            }
            Self::NotBegun { same_image: true } => {
                "ECS has begun no deployment of these settings, the service runs this image with others".into()
            }
            Self::NotFollowed { failed, waiting_for } => {
                format!("not followed to its end, as `{failed}` failed: it still waited for {waiting_for}")
            }
            Self::Unknown { waiting_for } => format!("unknown: time is up, still waiting for {waiting_for}"),
        }
    }

    /// What to do, if there is anything.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Live | Self::Paused | Self::Asleep | Self::NotFollowed { .. } => None,
            Self::RolledBack(cause) | Self::FirstFailed(cause) | Self::Failed(cause) | Self::Stuck { cause, .. } => {
                cause.hint().map(str::to_owned)
            }
            Self::Superseded { .. } => Some("see who deployed, with `driftless releases`".into()),
            Self::AtZero => Some("start it with `driftless resume`, or set its `tasks` in infra.nix".into()),
            Self::NotBegun { .. } => Some("deploy again; `driftless status` shows what runs".into()),
            Self::Unknown { .. } => Some("continue with `driftless watch`".into()),
        }
    }
}

/// What of a task definition that is not ours is another than in ours.
fn other(same_image: bool) -> &'static str {
    if same_image { "other settings" } else { "another image" }
}
