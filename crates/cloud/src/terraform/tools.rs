//! What a root was planned with. A state is read by what is as new as what wrote it, or newer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{binary::Terraform, lockfile, version::Version};

/// A program, and the providers that it planned with.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    /// `OpenTofu` or `Terraform`.
    pub program: String,
    /// Its version.
    pub version: String,
    /// The versions of providers, by their sources.
    pub providers: BTreeMap<String, String>,
}

impl Tools {
    /// `terraform`, with the providers of the lock file whose text is `lock`.
    pub(super) fn of(terraform: &Terraform, lock: &str) -> Self {
        let own = format!("{}/", terraform.registry());
        let providers = lockfile::chosen(lock)
            .map(|(name, version)| (name.strip_prefix(&own).unwrap_or(name).to_owned(), version.to_string()));
        Self {
            program: terraform.name.to_owned(),
            version: terraform.version.to_string(),
            providers: providers.collect(),
        }
    }

    /// Compares it with `before`, which wrote the state. An error is what a plan would end with, or may; else what could
    /// explain it, should one fail.
    pub fn after(&self, before: &Self) -> anyhow::Result<Vec<String>> {
        let mut notes = Vec::new();
        if self.program != before.program {
            notes.push(format!(
                "the state was written by {} {}, this is {} {}: each has its own registry of providers; name the same program \
                 with `--terraform PATH`, or move the state with `state replace-provider`",
                before.program, before.version, self.program, self.version
            ));
        } else if is_older(&self.version, &before.version) {
            notes.push(format!(
                "the state was written by {} {}, this is {}",
                before.program, before.version, self.version
            ));
        }
        for (source, version) in &self.providers {
            let Some(newer) = before.providers.get(source).filter(|before| is_older(version, before)) else { continue };
            hint::ensure!(
                major(version) >= major(newer),
                "the state was written by {source} {newer}, and {version}, which would plan here, does not read it",
                hint = "install {newer} or a newer one: remove the `.terraform.lock.hcl` beside the configuration if there is one, \
                        update the package of the program, or allow it by `provider` in infra.nix"
            );
            notes.push(format!(
                "the state was written by {source} {newer}, this is {version}, which may not read all of it"
            ));
        }
        Ok(notes)
    }
}

fn is_older(version: &str, than: &str) -> bool {
    version.parse::<Version>().ok().zip(than.parse().ok()).is_some_and(|(one, other)| one < other)
}

fn major(version: &str) -> Option<u32> {
    version.parse::<Version>().ok().map(|version| version.major)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(program: &str, version: &str, provider: &str) -> Tools {
        let providers = [("hashicorp/aws".to_owned(), provider.to_owned())].into();
        Tools { program: program.to_owned(), version: version.to_owned(), providers }
    }

    #[test]
    fn a_state_of_a_newer_provider_is_refused_before_a_plan_fails_on_it() {
        let before = tools("Terraform", "1.12.0", "6.4.0");
        let error = tools("Terraform", "1.12.0", "5.100.0").after(&before).unwrap_err();
        let said = hint::ErrorReport::of(&error).to_string();
        assert!(
            said.contains("written by hashicorp/aws 6.4.0, and 5.100.0") && said.contains("hint: install 6.4.0"),
            "{said}"
        );
        for (same, notes) in [("6.4.0", 0), ("6.5.1", 0), ("7.0.0", 0), ("6.3.9", 1)] {
            let said = tools("Terraform", "1.12.0", same).after(&before).unwrap();
            assert_eq!(said.len(), notes, "{same}: {said:?}");
        }
    }

    #[test]
    fn another_program_is_said_to_be_one() {
        let before = tools("OpenTofu", "1.10.0", "6.4.0");
        let said = tools("Terraform", "1.12.0", "6.4.0").after(&before).unwrap();
        assert!(said[0].contains("OpenTofu 1.10.0, this is Terraform 1.12.0"), "{said:?}");
        assert_eq!(tools("OpenTofu", "1.9.0", "6.4.0").after(&before).unwrap().len(), 1);
        assert_eq!(tools("OpenTofu", "1.11.0", "6.4.0").after(&before).unwrap().len(), 0);
    }
}
