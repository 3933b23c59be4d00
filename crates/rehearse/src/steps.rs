//! The steps of a rehearsal, in their order.

mod byhand;
mod first;
mod last;
mod load;
pub(crate) mod upgrade;
mod visits;

use crate::stage::{Stage, Wanted};

impl Stage<'_> {
    /// Plays all steps; after one that failed, none but the last.
    pub(crate) async fn play(&mut self) -> anyhow::Result<()> {
        let name = self.rehearsal.environment.clone();
        let bundle = self.rehearsal.bundle.display().to_string();
        let (e, b) = (name.as_str(), bundle.as_str());
        let before = self.rehearsal.against.as_ref().map(|against| against.display().to_string());
        let first = before.as_deref().unwrap_or(b);
        if !self.bootstrap(e, first).await? || !self.secrets(e, first, None).await? {
            return Ok(());
        }
        if self.first(e, first).await? && self.upgrade(e, b).await? {
            self.live(e, b).await?;
        }
        self.destroy(e, b).await
    }

    /// What is done with a deployment that is live.
    async fn live(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        let second = ["plan", "-e", e, "--bundle", b, "--detailed-exitcode"];
        Ok(self.command("a second plan: nothing is left to change", Wanted::of(&second)).await?
            && self.visits(e).await?
            && (self.before.is_some() || self.change(e).await?)
            && self.crash(e).await?
            && self
                .command("verify: what runs is what was built", Wanted::of(&["verify", "-e", e, "--no-drift"]))
                .await?
            && self.drift(e).await?
            && self.scale(e).await?
            && self.command("pause: no task runs", Wanted::of(&["pause", "-e", e, "--yes"])).await?
            && self.command("resume: all tasks run", Wanted::of(&["resume", "-e", e, "--yes"])).await?
            && self.visits(e).await?
            && self.promote(e, b).await?)
    }

    /// What serves in one environment, deployed to the next.
    async fn promote(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        let Some(to) = self.rehearsal.promote_to.clone() else { return Ok(true) };
        let words = ["promote", e, &to, "--yes", "--bundle", b, "--timeout", "6"];
        self.release_as_ci(&to)?;
        let promoted = self.secrets(&to, b, None).await?
            && self.command("promote: the next environment, by the same digests", Wanted::of(&words)).await?
            && self.visits(&to).await?;
        self.destroy(&to, b).await?;
        self.release_as_ci(e)?;
        Ok(promoted)
    }
}
