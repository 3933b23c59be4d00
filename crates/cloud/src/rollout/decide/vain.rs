//! When it is of no use to follow a service any longer.

use super::{Rollout, Verdict};

impl Rollout {
    /// How it ends now that `failed`, another service of the release, has failed for good; none if it is to be followed on,
    /// as it could need to be stopped and has something to go back to.
    pub fn in_vain(&self, failed: &str) -> Option<Verdict> {
        let is_first = self.attempt.as_ref().is_some_and(|attempt| attempt.first);
        (is_first || self.unanswered.is_some())
            .then(|| Verdict::NotFollowed { failed: failed.to_owned(), waiting_for: self.waiting_for.clone() })
    }
}
