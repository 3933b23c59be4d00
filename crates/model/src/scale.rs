//! Numbers of tasks that are not the stack's.

use std::collections::BTreeMap;

use anyhow::bail;

use crate::{stack::Environment, unknown::Unknown};

/// What a service is scaled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// This many tasks.
    To(u32),
    /// As many as the stack says.
    Default,
}

/// `tasks` with `changes`.
pub fn scaled(
    environment: &Environment,
    mut tasks: BTreeMap<String, u32>,
    changes: &[(String, Scale)],
) -> anyhow::Result<BTreeMap<String, u32>> {
    for (name, scale) in changes {
        let known = environment.services.keys().map(String::as_str);
        let unknown = || Unknown::new("service", name, "the services of the environment", known);
        let service = environment.services.get(name).ok_or_else(unknown)?;
        match *scale {
            Scale::To(count) => {
                hint::ensure!(
                    count <= 1 || service.data.is_none(),
                    "`{name}` cannot have more than one task: it keeps its data in files",
                    hint = "set `database.engine = \"postgresql\"` in infra.nix"
                );
                tasks.insert(name.clone(), count);
            }
            Scale::Default => drop(tasks.remove(name)),
        }
    }
    Ok(tasks)
}

/// No tasks of any service.
pub fn paused(environment: &Environment) -> BTreeMap<String, u32> {
    environment.services.keys().map(|service| (service.clone(), 0)).collect()
}

/// Whether `tasks` says so of every service.
pub fn is_paused(environment: &Environment, tasks: &BTreeMap<String, u32>) -> bool {
    let services = &environment.services;
    !services.is_empty() && services.keys().all(|service| tasks.get(service) == Some(&0))
}

impl std::str::FromStr for Scale {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if text == "default" {
            return Ok(Self::Default);
        }
        match text.parse() {
            Ok(count) => Ok(Self::To(count)),
            Err(_) => bail!("`{text}` is neither a number of tasks nor `default`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::Stack;

    #[test]
    fn a_pause_is_no_task_of_any_service() {
        let stack = Stack::parse(include_bytes!("../../../nix/rendered/stack.json")).unwrap();
        let environment = &stack.environments["dev"];
        let all = paused(environment);
        assert!(is_paused(environment, &all));
        assert!(!is_paused(environment, &BTreeMap::new()));
        let one = scaled(environment, all, &[("frontend".to_owned(), Scale::Default)]).unwrap();
        assert!(!is_paused(environment, &one), "{one:?}");
        assert!(scaled(environment, one, &[("backend".to_owned(), Scale::To(2))]).is_err(), "its data is in files");
    }
}
