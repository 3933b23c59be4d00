//! Pushes a release's images into the account's registry.

use ::registry::{Events, Job, Origin, Registry, Settings, Trust, publish, tag_of};
use model::stack::{Environment, Stack};

use crate::{Release, Site, aws::ecr::Ecr, ecr::SignIn};

/// The registry of the site's account, in the region of the stack's foundation.
pub async fn registry(site: &Site, stack: &Stack, events: &Events) -> anyhow::Result<Registry> {
    let (endpoint, login) = SignIn::of(&site.registry_account(stack)?).await?;
    Ok(Registry::new(endpoint, login, Trust::default(), Settings::default(), events.clone()))
}

/// Makes sure that every image of `release` is in its repository, by digest. One that is there is one request.
pub(super) async fn push(
    site: &Site,
    release: &Release,
    environment: &Environment,
    events: &Events,
) -> anyhow::Result<()> {
    let Some(bundle) = &release.bundle else { return present(site, release, environment).await };
    let registry = registry(site, release.stack(), events).await?;
    let authority = registry.endpoint().authority();
    let count = environment.services.len();
    let step =
        site.progress.step(&format!("pushing {count} {} to {authority}", if count == 1 { "image" } else { "images" }));
    let mut images = Vec::new();
    for service in release.services(environment) {
        let (name, service, image) = service?;
        let job = Job {
            layout: bundle.layout(name),
            repository: service.repository.clone(),
            tag: Some(tag_of(&image.digest)),
        };
        images.push(Origin { job, sources: release.sources(&service.package), build: None });
    }
    let pushed = publish(&registry, images, None).await?;
    let sent = pushed.iter().filter(|image| !image.up_to_date).count();
    step.done(&if sent == 0 { "all of them were there".to_owned() } else { format!("{sent} sent") });
    Ok(())
}

/// Images of an older release were pushed then; a lifecycle rule may have removed them since.
async fn present(site: &Site, release: &Release, environment: &Environment) -> anyhow::Result<()> {
    let ecr = Ecr::new(&site.registry_account(release.stack())?);
    for service in release.services(environment) {
        let (name, service, image) = service?;
        let found = ecr.image(&service.repository, &image.digest.to_string()).await?;
        hint::ensure!(
            found.is_some(),
            "the image `{}` of `{name}` is not in `{}`",
            image.digest,
            service.repository,
            hint = "{}",
            pushed_again(release)
        );
    }
    Ok(())
}

/// How an image comes back into its repository.
fn pushed_again(release: &Release) -> String {
    let revision = release.revision.as_deref();
    match revision.filter(|revision| !revision.ends_with("-dirty")) {
        Some(commit) => format!(
            "check out revision `{commit}`, which builds the same digest again; `driftless push` there puts it back, then \
             the same command again"
        ),
        None => "`driftless push --bundle DIR` puts it back, if the bundle of that release was kept".to_owned(),
    }
}
