//! Pushes a release's images into the account's registry.

use anyhow::{Context, ensure};

use super::{Target, source::Source};
use crate::{
    aws::ecr::Ecr,
    registry::{self, Events, Job, Registry, Settings, Trust},
    release::{Image, Release},
    stack::Deployed,
};

/// The account's registry.
pub(super) async fn registry(target: &Target) -> anyhow::Result<Registry> {
    let (endpoint, login) = registry::Ecr::of(&target.foundation()?.0).await?;
    Ok(Registry::new(endpoint, login, Trust::default(), Settings::default(), Events::none()))
}

/// Makes sure that every image of `source` is in its repository, by digest. One that is there is one request.
pub async fn push(target: &Target, source: &Source) -> anyhow::Result<()> {
    let services = &target.environment().services;
    let Some(bundle) = &source.bundle else { return present(target, source).await };
    let registry = registry(target).await?;
    let authority = registry.endpoint().authority();
    let step = target.progress.step(&format!("pushing {} images to {authority}", services.len()));
    let mut jobs = Vec::new();
    for (name, service) in services {
        let image = check_platform(name, service, &source.release)?;
        jobs.push(Job {
            layout: bundle.layout(name),
            repository: service.repository.clone(),
            tag: Some(registry::tag_of(&image.digest)),
        });
    }
    let pushed = registry::push(&registry, &jobs).await?;
    let sent = pushed.iter().filter(|image| !image.up_to_date).count();
    step.done(&if sent == 0 { "all of them were there".to_owned() } else { format!("{sent} sent") });
    Ok(())
}

/// The image of the service `name`, if it is for the processor that the service runs on.
pub(super) fn check_platform<'a>(name: &str, service: &Deployed, release: &'a Release) -> anyhow::Result<&'a Image> {
    let image = release.images.get(name).with_context(|| format!("service `{name}` has no image"))?;
    let wanted = service.architecture.platform();
    ensure!(
        image.platform == wanted,
        "the image of `{name}` is for `{}`, the service runs on `{wanted}`\nhint: build it for that, or set \
         `architecture` of the service in infra.nix",
        image.platform
    );
    Ok(image)
}

/// Images of an older release were pushed then; a lifecycle rule may have removed them since.
async fn present(target: &Target, source: &Source) -> anyhow::Result<()> {
    let ecr = Ecr::new(&target.foundation()?.0);
    for (name, service) in &target.environment().services {
        let digest = source.release.images.get(name).with_context(|| format!("service `{name}` has no image"))?.digest;
        let found = ecr.image(&service.repository, &digest.to_string()).await?;
        ensure!(
            found.is_some(),
            "the image `{digest}` of `{name}` is not in `{}`\nhint: name the bundle that has it with `--bundle`; revision \
             `{}` builds the same digest again",
            service.repository,
            source.revision.as_deref().unwrap_or("unknown")
        );
    }
    Ok(())
}
