//! Back to an empty account.

use std::time::{Duration, Instant};

use crate::{
    registered::Tasks,
    release::unprotected,
    stage::{Stage, Wanted, deploy},
};

/// How long a step waits for what takes a moment after its command.
const MOMENT: Duration = Duration::from_secs(20);

impl Stage<'_> {
    /// Destroys an environment; one that is protected only after it was deployed without protection.
    pub(super) async fn destroy(&mut self, e: &str, b: &str) -> anyhow::Result<()> {
        let confirm = format!("--confirm={e}");
        let words = |bundle| ["destroy", "-e", e, &confirm, "--allow-data-loss", "--bundle", bundle];
        let mut bundle = b.to_owned();
        if self.stack.environment(e)?.protected {
            let refused = words(b);
            let wanted = Wanted::of(&refused).by_owner().ends_with(1);
            self.command("destroy: refused, it is protected", wanted).await?;
            let out = self.rehearsal.scratch.join(format!("unprotected-{e}"));
            bundle = unprotected(&self.rehearsal.bundle, out, e)?.display().to_string();
            self.command("deploy: without its protection", Wanted::of(&deploy(e, &bundle)).by_owner()).await?;
        }
        self.command("destroy: nothing is left", Wanted::of(&words(&bundle)).by_owner()).await?;
        self.no_task_is_left().await
    }

    async fn no_task_is_left(&mut self) -> anyhow::Result<()> {
        let begin = Instant::now();
        let step = self.progress.step("waiting for the last tasks");
        let found = loop {
            let listed: Tasks = self.account.ask("tasks").await?;
            let left = listed.tasks.into_iter().filter(|task| !task.has_ended()).map(|task| task.service);
            let left: Vec<_> = left.collect();
            if left.is_empty() {
                break Ok("no task runs".to_owned());
            }
            if begin.elapsed() > MOMENT {
                break Err(format!("still running: {}", left.join(", ")));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        self.end("no task is left", None, begin.elapsed(), found, step);
        Ok(())
    }
}
