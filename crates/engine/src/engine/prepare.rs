//! What can be found wrong with a release before anything is started.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context;
use model::{
    bundle::Bundle,
    progress::{Progress, Unit},
    release::Release,
    stack::Stack,
};
use oci::{Architecture, Image, Os, Platform};

use super::Engine;
use crate::{
    definition::Definition,
    ownership,
    root::{self, Builder},
    router::{ListenerRule, Router, Settings},
    secrets::Secret,
};

/// Tasks of one service; each takes a port.
const MOST_TASKS: u32 = 1000;

/// A release that is ready to be started.
pub(super) struct Prepared {
    pub(super) release: Release,
    pub(super) definitions: BTreeMap<String, Arc<Definition>>,
}

impl Engine {
    /// Verifies and unpacks the images of `bundle`, and checks the rest of the release.
    pub(super) fn prepare(
        &self,
        bundle: &Bundle,
        secrets: &BTreeMap<String, Secret>,
        progress: &dyn Progress,
    ) -> anyhow::Result<Prepared> {
        let release = bundle.release.clone();
        release.check()?;
        check_rules(&release.stack)?;
        check_tasks(&release.stack)?;
        let step = progress.bar("verifying images", release.images.len() as u64, Unit::Count);
        let mut definitions = BTreeMap::new();
        for (name, image) in &release.images {
            step.detail(name);
            check_platform(name, image)?;
            // `Release::read` found a service for each image.
            let Some(service) = release.stack.services.get(name) else { continue };
            let builder = if service.image.is_program() { Builder::Ours } else { Builder::Any };
            let note = |said: &str| progress.note(said);
            let root = root::unpack(&self.data, name, image, &bundle.layout(name), builder, note)?;
            let definition = Definition::new(&self.data, name, service, root, secrets)?;
            self.make_data(&definition)?;
            definitions.insert(name.clone(), Arc::new(definition));
            step.advance(1);
        }
        step.done("");
        Ok(Prepared { release, definitions })
    }

    /// Makes the data directory, for the user that writes to it.
    fn make_data(&self, definition: &Definition) -> anyhow::Result<()> {
        let Some(data) = definition.data() else { return Ok(()) };
        ownership::make_kept(data, self.host.isolation.mode(), definition.ids())
    }
}

/// The listener rules of a stack.
pub(super) fn rules(stack: &Stack) -> Vec<ListenerRule> {
    let of = |(name, service): (&String, &model::stack::Service)| {
        let group = name.clone();
        let rule = move |rule: &model::stack::Rule| ListenerRule {
            priority: rule.priority,
            paths: rule.paths.clone(),
            hosts: rule.hosts.clone(),
            group: group.clone(),
        };
        service.rules.iter().map(rule).collect::<Vec<_>>()
    };
    stack.services.iter().flat_map(of).collect()
}

/// Tries the rules on a router that nobody uses.
fn check_rules(stack: &Stack) -> anyhow::Result<()> {
    let router = Router::new(Settings::default());
    stack.services.keys().for_each(|name| router.add_group(name));
    router.set_rules(rules(stack)).context("checking the listener rules")
}

/// Refuses what would end the engine, and with it what runs.
fn check_tasks(stack: &Stack) -> anyhow::Result<()> {
    for (name, service) in &stack.services {
        hint::ensure!(
            service.tasks <= MOST_TASKS,
            "service `{name}` is to have {} tasks, and one machine runs at most {MOST_TASKS}",
            service.tasks,
            hint = "lower `tasks` in infra.nix"
        );
    }
    Ok(())
}

fn check_platform(service: &str, image: &Image) -> anyhow::Result<()> {
    let architecture = if cfg!(target_arch = "aarch64") { Architecture::Arm64 } else { Architecture::Amd64 };
    let here = Platform { architecture, os: Os::Linux };
    hint::ensure!(
        !cfg!(target_os = "linux") || image.platform == here,
        "the image of `{service}` is for `{}`, but this machine runs `{here}`",
        image.platform,
        hint = "build it for `{here}`"
    );
    Ok(())
}
