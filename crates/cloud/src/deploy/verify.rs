//! Whether what runs is what was released, by digest.

use anyhow::ensure;
use model::{release, stack::Deployed};
use oci::{Digest, Image};
use registry::{Events, Registry, signing::Signer};
use serde::Serialize;

use super::{images, open, run::written_before};
use crate::{
    Release, Scheduled, Site,
    aws::ecr::Ecr,
    record::Record,
    rollout::{Expected, Limits, Serving, Snapshot, System, Watch, watch},
    signatures::{self, Key, Policy},
    terraform::Drift,
};

/// A release from elsewhere, which is to have the same images.
#[derive(Clone, Debug)]
pub struct Reference {
    /// `the bundle has`, `revision … builds`.
    pub says: String,
    /// What it has.
    pub release: release::Release,
}

/// A service, held against the record of the release that serves.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// Its name in the stack.
    pub service: String,
    /// The image that was released.
    pub digest: Digest,
    /// Whether nothing differs.
    pub agrees: bool,
    /// Whether what runs is what was recorded, whatever else was compared with the record.
    pub as_recorded: bool,
    /// What agrees, in sentences.
    pub same: Vec<String>,
    /// What does not.
    pub different: Vec<String>,
}

/// Compares the running tasks, their task definitions, the registry and the `references` with `live`, the release that
/// serves. Changes nothing.
pub async fn compare(site: &Site, live: &Record, references: &[Reference]) -> anyhow::Result<Vec<Compared>> {
    // As it was released: the checkout may be ahead of it.
    let environment = live.release.stack.environment(&site.environment)?;
    ensure!(!environment.services.is_empty(), "the environment `{}` has no services", site.environment);
    let scheduled = Scheduled::read(&site.account, environment).await?;
    let expected = environment.services.iter().map(|(name, service)| expect(live, &scheduled, name, service));
    let expected = expected.collect::<Result<_, _>>()?;
    let (cluster, url) = (environment.cluster.clone(), environment.url.clone());
    let watch = Watch { cluster, url, expected, limits: Limits::default() };
    let seen = watch::look(&site.account, &watch, &System).await?;
    let registry = Ecr::new(&site.registry_account(&live.release.stack)?);
    let signed = Signed::of(site, live).await?;
    let mut services = Vec::new();
    for ((expected, snapshot), deployed) in watch.expected.iter().zip(&seen).zip(environment.services.values()) {
        let stored = registry.image(&deployed.repository, &expected.digest.to_string()).await?.is_some();
        let image = &live.release.images[&expected.service];
        let mut findings = Findings::default();
        findings.registry(&deployed.repository, stored);
        if let Some(signed) = &signed {
            findings.signature(signed.check(&deployed.repository, &expected.digest).await?);
        }
        findings.service(expected, snapshot);
        let as_recorded = findings.different.is_empty();
        for reference in references {
            findings.reference(&expected.service, image, reference);
        }
        services.push(findings.of(expected, as_recorded));
    }
    Ok(services)
}

/// Compares the environment's resources with Terraform's state, as `live`, the release that serves, was told. Changes
/// nothing.
pub async fn drift(site: &Site, live: &Record) -> anyhow::Result<Vec<Drift>> {
    let release = Release::of_record(site, live).await?;
    let root = open(site, &release).await?;
    written_before(site, &root).await?;
    root.drift(Some(&live.variables), &*site.progress).await
}

fn expect(live: &Record, scheduled: &Scheduled, name: &str, service: &Deployed) -> anyhow::Result<Expected> {
    let image = live.release.image(name)?;
    let tasks = live.variables.tasks.get(name).copied();
    let asleep = scheduled.is_asleep(name);
    Ok(Expected { tasks, asleep, ..Expected::new(name, service, image.digest) })
}

/// Where signatures are, and the key that they are to be of.
struct Signed {
    registry: Registry,
    key: Key,
}

impl Signed {
    /// None where nothing is signed.
    async fn of(site: &Site, live: &Record) -> anyhow::Result<Option<Self>> {
        let Some(policy) = Policy::after(site.signatures.clone(), Some(live)) else { return Ok(None) };
        let key = policy.key(&site.account).await?;
        Ok(Some(Self { registry: images::registry(site, &live.release.stack, &Events::none()).await?, key }))
    }

    async fn check(&self, repository: &str, digest: &Digest) -> anyhow::Result<Result<String, String>> {
        signatures::check(&self.registry, repository, digest, self.key.key()).await
    }
}

#[derive(Default)]
struct Findings {
    same: Vec<String>,
    different: Vec<String>,
}

impl Findings {
    fn registry(&mut self, repository: &str, stored: bool) {
        if stored {
            self.same.push(format!("`{repository}` has the image"));
        } else {
            self.different.push(format!("`{repository}` does not have the image"));
        }
    }

    fn signature(&mut self, found: Result<String, String>) {
        match found {
            Ok(says) => self.same.push(says),
            Err(says) => self.different.push(says),
        }
    }

    fn service(&mut self, expected: &Expected, seen: &Snapshot) {
        match seen.serving {
            Serving::Ours => self.same.push("the service's task definition names it".into()),
            Serving::Other(Some(digest)) => {
                self.different.push(format!("the service's task definition names `{digest}`"));
            }
            Serving::Other(None) => self.different.push("the service's task definition names another image".into()),
        }
        let others: Vec<_> = seen.tasks.iter().filter(|task| !task.ours).map(|task| task.id.as_str()).collect();
        match (seen.tasks.len() - others.len(), others.as_slice()) {
            (0, []) if expected.is_paused() => self.same.push("it is paused, and no task runs".into()),
            (0, []) if expected.asleep => self.same.push("its schedule has it run no task now".into()),
            (0, []) => self.different.push("no task runs".into()),
            (_, []) if expected.is_paused() => self.different.push("it is paused, but tasks run".into()),
            (ours, []) => self.same.push(format!("all {ours} of its tasks run it")),
            (_, others) => self.different.push(format!("tasks run another image: {}", others.join(", "))),
        }
    }

    fn reference(&mut self, service: &str, released: &Image, Reference { says, release }: &Reference) {
        match release.images.get(service) {
            Some(image) if image.digest == released.digest => self.same.push(format!("{says} the same")),
            Some(image) if image.platform != released.platform => self.different.push(format!(
                "{says} `{}` for `{}`; the one that was released is for `{}`",
                image.digest, image.platform, released.platform
            )),
            Some(image) => self.different.push(format!("{says} `{}`", image.digest)),
            None => self.different.push(format!("{says} no image of it")),
        }
    }

    fn of(self, expected: &Expected, as_recorded: bool) -> Compared {
        let Self { same, different } = self;
        let (service, digest) = (expected.service.clone(), expected.digest);
        Compared { service, digest, agrees: different.is_empty(), as_recorded, same, different }
    }
}
