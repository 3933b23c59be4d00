//! From an empty account to a first deployment that serves.

use std::collections::BTreeSet;

use model::stack::Stack;
use serde_json::Value;

use super::upgrade::bootstrap;
use crate::{
    report::Planned,
    roles::Role,
    stage::{Stage, Wanted, deploy, expected},
};

impl Stage<'_> {
    /// Makes what an account needs before anything else, and lets releases be made as in CI, if the project says how.
    pub(super) async fn bootstrap(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        let made =
            self.command("bootstrap: state bucket and repositories", Wanted::of(&bootstrap(e, b)).by_owner()).await?;
        self.release_as_ci(e)?;
        Ok(made)
    }

    /// Has `e` be released with the role that a workflow has for it, if there is one.
    pub(super) fn release_as_ci(&mut self, e: &str) -> anyhow::Result<()> {
        self.commands.release_with(Role::of(&self.rehearsal.bundle, e, &self.rehearsal.scratch)?);
        Ok(())
    }

    /// Gives each secret that `known` has not a value that nobody has to know.
    pub(super) async fn secrets(&mut self, e: &str, b: &str, known: Option<&Stack>) -> anyhow::Result<bool> {
        let of = |stack: &Stack| -> anyhow::Result<BTreeSet<String>> {
            let services = stack.environment(e)?.services.iter();
            Ok(services
                .flat_map(|(service, deployed)| deployed.secrets.keys().map(move |name| format!("{service}/{name}")))
                .collect())
        };
        let stack = if b == self.rehearsal.bundle.as_os_str() { self.stack } else { self.before.unwrap_or(self.stack) };
        let known = known.map(of).transpose()?.unwrap_or_default();
        for secret in of(stack)?.difference(&known) {
            let name = format!("a value for `{secret}`");
            let words = ["secrets", "set", secret, "-e", e, "--yes", "--bundle", b];
            if !self.command(&name, Wanted::of(&words).by_owner().reads("a value of the rehearsal\n")).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Plans, and deploys; whether it serves.
    pub(super) async fn first(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        Ok(self.plan(e, b).await?
            && self.command("deploy: push, apply, watch until it serves", Wanted::of(&deploy(e, b))).await?)
    }

    /// Plans what is not there yet, and keeps what it would be.
    async fn plan(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        let (name, words) = ("plan: everything is new", ["plan", "-e", e, "--bundle", b, "--json"]);
        let step = self.progress.step(name);
        let said = self.run(&Wanted::of(&words)).await?;
        for planned in Planned::all(&said.out) {
            *self.resources.entry(planned.kind).or_default() += 1;
        }
        let count: usize = self.resources.values().sum();
        let found = expected(&said, 0).map(|_| format!("{count} resources"));
        self.end(name, Some(&words), said.took, found, step);
        let cost = self.run(&Wanted::of(&["cost", "-e", e, "--bundle", b, "--json"])).await?;
        let cost: Value = serde_json::from_str(&cost.out).unwrap_or_default();
        self.monthly = cost["environments"][0]["monthly"].as_f64();
        Ok(self.goes_on())
    }
}
