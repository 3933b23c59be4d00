//! From what serves to what is rehearsed.

use std::{collections::BTreeSet, path::Path};

use model::stack::{Environment, Stack};

use crate::{
    report::Planned,
    stage::{Stage, Wanted, deploy, expected, is_replaced_without_a_pause},
};

impl Stage<'_> {
    /// Deploys `before`, then what is rehearsed, while visitors come to what both have.
    pub(super) async fn upgrade(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        let Some(before) = self.before else { return Ok(true) };
        let (old, new) = (before.environment(e)?, self.stack.environment(e)?);
        let (common, changed) = (common(old, new), differing(before, self.stack));
        let deployment = deploy(e, b);
        Ok(self.command("bootstrap: what this release needs", Wanted::of(&bootstrap(e, b)).by_owner()).await?
            && self.secrets(e, b, Some(before)).await?
            && self.plan_upgrade(e, b).await?
            && self.under_load(&common, "deploy: this release, under load", &deployment, &changed).await?)
    }

    /// Plans, and keeps what would become of each resource.
    async fn plan_upgrade(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        let (name, words) = ("plan: from what serves to this release", ["plan", "-e", e, "--bundle", b, "--json"]);
        let step = self.progress.step(name);
        let said = self.run(&Wanted::of(&words)).await?;
        self.changes = Planned::all(&said.out);
        let count = |action: &str| self.changes.iter().filter(|one| one.action == action).count();
        let counts = ["create", "change", "replace", "destroy"].map(|action| format!("{} to {action}", count(action)));
        let found = expected(&said, 0).map(|_| counts.join(", "));
        self.end(name, Some(&words), said.took, found, step);
        Ok(self.goes_on())
    }
}

/// The words that make what an account needs before a release.
pub(super) fn bootstrap<'a>(e: &'a str, b: &'a str) -> [&'a str; 6] {
    ["bootstrap", "-e", e, "--yes", "--bundle", b]
}

/// Paths that both answer, by services that are replaced without a pause.
fn common(old: &Environment, new: &Environment) -> Vec<String> {
    let paths = |environment: &Environment| -> BTreeSet<String> {
        crate::stage::paths(environment, is_replaced_without_a_pause).into_iter().collect()
    };
    paths(old).intersection(&paths(new)).cloned().collect()
}

/// Services that were added and removed.
fn differing(old: &Stack, new: &Stack) -> String {
    let missing = |one: &Stack, other: &Stack| -> Vec<String> {
        one.services.keys().filter(|name| !other.services.contains_key(*name)).cloned().collect()
    };
    match (missing(new, old), missing(old, new)) {
        (added, removed) if added.is_empty() && removed.is_empty() => "the same services".to_owned(),
        (added, removed) => format!("added: {}; removed: {}", words(&added), words(&removed)),
    }
}

fn words(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Refuses to compare two projects, or environments of which one is not there.
pub(crate) fn check(before: &Stack, stack: &Stack, environment: &str, bundle: &Path) -> anyhow::Result<()> {
    hint::ensure!(
        before.project == stack.project && before.environments.contains_key(environment),
        "`{}` has no `{environment}` of `{}`",
        bundle.display(),
        stack.project,
        hint = "name a bundle of the same project with `--against`: what `driftless bundle` or `nix build .#bundle` made of an older commit"
    );
    Ok(())
}
