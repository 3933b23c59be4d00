//! What people do by hand: in the console, which is found, and by `scale`, which is kept.

use serde_json::json;

use crate::stage::{Stage, Wanted, is_replaced_without_a_pause, services};

/// Exit code of `drift` that found something.
const DIFFERS: i32 = 6;

impl Stage<'_> {
    /// Somebody changes a log group in the console. `drift` finds it, and the next deployment undoes it.
    pub(super) async fn drift(&mut self, e: &str) -> anyhow::Result<bool> {
        let environment = self.stack.environment(e)?;
        let Some(group) = environment.services.values().next().map(|deployed| &deployed.log_group) else {
            return Ok(true);
        };
        if !self.command("drift: nobody changed anything", Wanted::of(&["drift", "-e", e])).await? {
            return Ok(false);
        }
        let change = json!({ "logGroupName": group, "retentionInDays": 1 });
        self.account.call("logs", "Logs_20140328.PutRetentionPolicy", &environment.region, &change).await?;
        let drift = ["drift", "-e", e];
        let found = Wanted::of(&drift).ends_with(DIFFERS);
        Ok(self.command("drift: a change in the console is found", found).await?
            && self.command("rollback: the release before", Wanted::of(&["rollback", "-e", e, "--yes"])).await?
            && self.command("drift: the change is undone", Wanted::of(&drift)).await?)
    }

    /// One more task of the first service that can have one.
    pub(super) async fn scale(&mut self, e: &str) -> anyhow::Result<bool> {
        let environment = self.stack.environment(e)?;
        let Some(name) = services(environment, is_replaced_without_a_pause).into_iter().next() else {
            return Ok(true);
        };
        let more = environment.services[&name].tasks + 1;
        let change = format!("{name}={more}");
        self.command("scale: one task more", Wanted::of(&["scale", &change, "-e", e, "--yes"])).await
    }
}
