//! Pushes a release's images into the account's registry.

use ::registry::{By, Events, Job, Origin, Registry, Settings, Trust, publish, signing::Signer, tag_of};
use model::stack::{Deployed, Environment, Stack};

use super::Options;
use crate::{
    Release, Site,
    aws::ecr::Ecr,
    ecr::SignIn,
    signatures::{self, Key, Policy},
};

/// The registry of the site's account, in the region of the stack's foundation.
pub async fn registry(site: &Site, stack: &Stack, events: &Events) -> anyhow::Result<Registry> {
    let (endpoint, login) = SignIn::of(&site.registry_account(stack)?).await?;
    Ok(Registry::new(endpoint, login, Trust::default(), Settings::default(), events.clone()))
}

/// Makes sure that every image of `release` is in its repository, by digest. One that is there is one request. What is pushed
/// is signed, if `policy` has a key; what was to be signed before is refused if it was not.
pub(super) async fn push(
    site: &Site,
    release: &Release,
    environment: &Environment,
    policy: Option<&Policy>,
    options: &Options,
) -> anyhow::Result<()> {
    let key = match policy {
        Some(policy) => Some(policy.key(&site.account).await?),
        None => None,
    };
    if let Some(key) = &key {
        key.may_sign().await?;
    }
    let demanded = policy.is_some_and(|policy| policy.required) && !release.was_built_now();
    if let (Some(key), true) = (&key, demanded) {
        signed(site, release, environment, key).await?;
    }
    let Some(bundle) = &release.bundle else { return present(site, release, environment).await };
    let registry = registry(site, release.stack(), &options.events).await?;
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
        let build = release.build(&options.builder, name);
        images.push(Origin { job, build });
    }
    let signer = key.as_ref().map(|key| key as &dyn Signer);
    let pushed = publish(&registry, images, signer.map(By::Key).as_slice()).await?;
    let sent = pushed.iter().filter(|image| !image.up_to_date).count();
    step.done(&if sent == 0 { "all of them were there".to_owned() } else { format!("{sent} sent") });
    Ok(())
}

/// An error unless every image of `release` is signed with `key`.
async fn signed(site: &Site, release: &Release, environment: &Environment, key: &Key) -> anyhow::Result<()> {
    let step = site.progress.step("checking signatures");
    let registry = registry(site, release.stack(), &Events::none()).await?;
    for service in release.services(environment) {
        let (name, service, image) = service?;
        let Deployed { repository, .. } = service;
        if let Err(why) = signatures::check(&registry, repository, &image.digest, key.key()).await? {
            hint::bail!(
                "the image `{}` of `{name}` may not be released: {why}",
                image.digest,
                hint =
                    "whoever built it signs it: `driftless push --bundle DIR`, or `driftless deploy` from its sources"
            );
        }
    }
    step.done(&format!("with the key {}", key.key()));
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
