//! Numbers of tasks that are not the stack's.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};

use crate::stack::Environment;

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
        let service = environment.services.get(name).with_context(|| {
            let known: Vec<_> = environment.services.keys().map(String::as_str).collect();
            format!("there is no service `{name}`\nhint: the environment has: {}", known.join(", "))
        })?;
        match *scale {
            Scale::To(count) => {
                ensure!(
                    count <= 1 || service.data.is_none(),
                    "`{name}` keeps its data in files that one task alone may use\nhint: `database.engine = \
                     \"postgresql\"` in infra.nix lets it have more"
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

impl std::str::FromStr for Scale {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if text == "default" {
            return Ok(Self::Default);
        }
        match text.parse() {
            Ok(count) => Ok(Self::To(count)),
            Err(_) => bail!("`{text}` is no number of tasks\nhint: a number, or `default` for what the stack says"),
        }
    }
}
