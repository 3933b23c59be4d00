//! Changes, while visitors come.

use crate::{
    release::{Change, changed},
    stage::{Stage, Wanted, deploy, expected, is_replaced_without_a_pause, paths, services},
    visit::Visitors,
};

impl Stage<'_> {
    /// A change of every service that can be changed without a pause.
    pub(super) async fn change(&mut self, e: &str) -> anyhow::Result<bool> {
        let services = services(self.stack.environment(e)?, is_replaced_without_a_pause);
        if services.is_empty() {
            return Ok(true);
        }
        let out = self.rehearsal.scratch.join("changed");
        let bundle = changed(&self.rehearsal.bundle, out, e, &services, Change::Harmless)?.display().to_string();
        let what = format!("{} changed", services.join(", "));
        let paths = paths(self.stack.environment(e)?, is_replaced_without_a_pause);
        self.under_load(&paths, "a change under load: no request fails", &deploy(e, &bundle), &what).await
    }

    /// Runs a command while visitors come to these paths, of which none may see it fail.
    pub(super) async fn under_load(
        &mut self,
        paths: &[String],
        name: &str,
        words: &[&str],
        what: &str,
    ) -> anyhow::Result<bool> {
        let environment = self.stack.environment(&self.rehearsal.environment)?;
        let visitors = self.door(environment).map(|door| Visitors::begin(&door, paths));
        let step = self.progress.step(name);
        let said = self.run(&Wanted::of(words)).await?;
        let mut found = expected(&said, 0);
        if let Some(visitors) = visitors {
            let (visits, failures) = visitors.end().await;
            let failed: Vec<_> = failures.iter().map(|(what, count)| format!("{count} x {what}")).collect();
            found = found.and_then(|_| {
                if failed.is_empty() {
                    Ok(format!("{what}, {visits} requests, none failed"))
                } else {
                    Err(format!("of {visits} requests {}", failed.join(", ")))
                }
            });
        }
        self.end(name, Some(words), said.took, found, step);
        Ok(self.goes_on())
    }

    /// A release that can't start: it has to go back by itself.
    pub(super) async fn crash(&mut self, e: &str) -> anyhow::Result<bool> {
        let mut services = services(self.stack.environment(e)?, is_replaced_without_a_pause);
        services.truncate(1);
        if services.is_empty() {
            return Ok(true);
        }
        let out = self.rehearsal.scratch.join("crashing");
        let bundle = changed(&self.rehearsal.bundle, out, e, &services, Change::Crash)?.display().to_string();
        let name = "a release that can't start: it is said why, and the one before serves";
        self.command(name, Wanted::of(&deploy(e, &bundle)).ends_with(3)).await
    }
}
