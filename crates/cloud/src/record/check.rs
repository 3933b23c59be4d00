//! Whether a record is what its key says. It is data from a bucket that others may write to, and no command.

use anyhow::{Context, ensure};
use hint::Hint;

use super::{Own, Record, SCHEMA, allowed, key};

impl Record {
    /// An error unless this is release `number` of `environment`, whole in itself and free of names that are paths.
    pub(super) fn check(&self, environment: &str, number: u32) -> anyhow::Result<()> {
        hint::ensure!(
            self.schema == SCHEMA,
            "schema {} is not the one this program knows, {SCHEMA}",
            self.schema,
            hint = "use a newer `driftless`"
        );
        ensure!(
            self.environment == environment && self.number == number,
            "it says that it is release {} of `{}`",
            self.number,
            self.environment.escape_default()
        );
        self.release.check()?;
        let stack = &self.release.stack;
        stack.environment(environment)?;
        for root in self.configurations.keys() {
            ensure!(
                stack.roots().any(|known| known == root),
                "it has a configuration `{}`, which is no root of its stack",
                root.escape_default()
            );
        }
        Ok(())
    }

    /// An error where `configuration`, which it names, holds more than Terraform may be started on.
    pub(crate) fn admits(&self, configuration: &[u8], own: &Own<'_>) -> anyhow::Result<()> {
        let Self { number, environment, .. } = self;
        let of = || format!("the configuration of release {number} of `{environment}`");
        let key = key(environment, *number);
        let remedy = || {
            format!(
                "who wrote `{key}` is in the log of the state bucket; if it was a release of yours, run this where the root \
                 `{environment}` has the same: in the checkout of that release, or with its `--bundle`"
            )
        };
        let strays =
            allowed::strays(configuration, own).with_context(|| format!("reading {}", of())).with_hint(remedy)?;
        hint::ensure!(
            strays.is_empty(),
            "{} has what is neither rendered from infra.nix nor in the root `{environment}` here, `{}`; Terraform was not \
             started on it",
            of(),
            strays.join("`, `"),
            hint = "{}",
            remedy()
        );
        Ok(())
    }
}
