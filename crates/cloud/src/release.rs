//! A release: what is taken to a site. It stands on its own: its stack, its images, its Terraform roots and its revision
//! come from one source, a bundle or a record of one, and never from the checkout.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use hint::Hint;
use model::{
    bundle::{self, Bundle},
    release,
    stack::{Deployed, Environment, FOUNDATION, Stack},
};
use oci::Image;
use registry::signing::{Build, Builder};
use tempfile::TempDir;

use crate::{
    record::{Own, Record},
    site::Site,
};

const CONFIG: &str = "config.tf.json";

/// A stack, an image for each of its services, and the configuration of its Terraform roots.
#[derive(Debug)]
pub struct Release {
    /// The stack and its images: `release.json`.
    pub document: release::Release,
    /// The commit that it was built from, if that is known.
    pub revision: Option<String>,
    /// The images themselves, if they are here.
    pub bundle: Option<Bundle>,
    was_built_now: bool,
    roots: PathBuf,
    /// Keeps the roots, if nobody else does.
    #[expect(dead_code, reason = "held for its end")]
    temporary: Option<TempDir>,
}

impl Release {
    /// The release in `bundle`.
    pub fn of_bundle(bundle: Bundle) -> Self {
        let roots = bundle.directory.join(bundle::TERRAFORM);
        let revision = bundle.build.revision.as_ref().map(ToString::to_string);
        let document = bundle.release.clone();
        Self { document, revision, bundle: Some(bundle), was_built_now: false, roots, temporary: None }
    }

    /// The release in `bundle`, which was built now.
    pub fn built_now(bundle: Bundle) -> Self {
        Self { was_built_now: true, ..Self::of_bundle(bundle) }
    }

    /// A release whose roots are in `roots`, and whose images are in `bundle` or were pushed before.
    pub(crate) fn of_parts(
        document: release::Release,
        revision: Option<String>,
        bundle: Option<Bundle>,
        roots: PathBuf,
    ) -> Self {
        Self { document, revision, bundle, was_built_now: false, roots, temporary: None }
    }

    /// The release that `record` holds, one of those of `site`. An error where it belongs in another account or region, or
    /// where its configuration is more than Terraform may be started on.
    pub async fn of_record(site: &Site, record: &Record) -> anyhow::Result<Self> {
        let (records, own) = (site.records(), site.own_root()?);
        site.admits_record(record)?;
        site.attested(record).await?;
        let temporary = tempfile::tempdir().context("making a temporary directory")?;
        for root in record.configurations.keys() {
            let directory = temporary.path().join(root);
            let path = directory.join(CONFIG);
            let text = records.configuration(record, root).await?;
            // Nothing else of it is planned.
            if *root == site.environment {
                record.admits(&text, &Own { environment: root, region: &site.region, root: &own })?;
            }
            fs::create_dir_all(&directory).with_context(|| format!("making `{}`", directory.display()))?;
            fs::write(&path, text).with_context(|| format!("writing `{}`", path.display()))?;
        }
        Ok(Self {
            document: record.release.clone(),
            revision: record.revision.clone(),
            bundle: None,
            was_built_now: false,
            roots: temporary.path().to_owned(),
            temporary: Some(temporary),
        })
    }

    /// The images that `record` says serve in one environment, for another one of `stack`, whose roots are in `roots`.
    ///
    /// What an environment is its own root says, from the checkout or the bundle, and never the record of another one:
    /// whoever may release to `dev` writes the records of `dev`, and would decide what is made in `prod`. The images are what
    /// was tried; they are the same digests.
    pub fn promoted(record: &Record, stack: Stack, roots: PathBuf) -> anyhow::Result<Self> {
        let document = release::Release { schema: release::SCHEMA, stack, images: record.release.images.clone() };
        let Record { number, environment, revision, .. } = record;
        document
            .check()
            .with_context(|| {
                format!("the images of release {number} of `{environment}` are not those of the stack here")
            })
            .with_hint(|| {
                let commit = revision.as_ref().map(|commit| format!(", commit `{commit}`")).unwrap_or_default();
                format!("promote from the checkout of that release{commit}, or with its `--bundle`")
            })?;
        Ok(Self::of_parts(document, revision.clone(), None, roots))
    }

    /// Its stack.
    pub fn stack(&self) -> &Stack {
        &self.document.stack
    }

    /// The environment of `site`, as this release has it. An error where it belongs in another account or region.
    pub fn environment(&self, site: &Site) -> anyhow::Result<&Environment> {
        let environment = self.stack().environment(&site.environment)?;
        site.admits(environment)?;
        Ok(environment)
    }

    /// The services of `environment`, which is one of this release's, each with its image.
    pub fn services<'a>(
        &'a self,
        environment: &'a Environment,
    ) -> impl Iterator<Item = anyhow::Result<(&'a str, &'a Deployed, &'a Image)>> {
        environment.services.iter().map(|(name, service)| Ok((name.as_str(), service, self.document.image(name)?)))
    }

    /// Whether its images were built by this command.
    pub(crate) fn was_built_now(&self) -> bool {
        self.was_built_now
    }

    /// What `builder` says that the image of `service` was built from, if it is here. Of another builder's image it knows
    /// nothing.
    pub(crate) fn build(&self, builder: &Builder, service: &str) -> Option<Build> {
        self.stack().services.get(service).filter(|service| service.image.is_built_here())?;
        let build = &self.bundle.as_ref()?.build;
        let commit = build.revision.as_ref().map(|revision| (revision.commit.as_str(), revision.clean));
        Some(builder.build(&self.stack().project, service, commit, &build.locks))
    }

    /// The directory with the configuration of `root`.
    pub fn root(&self, root: &str) -> PathBuf {
        self.roots.join(root)
    }

    /// The configuration of every environment's root, for the record.
    pub fn configurations(&self) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let roots = self.stack().roots().filter(|root| *root != FOUNDATION);
        roots.map(|root| Ok((root.to_owned(), read(&self.root(root).join(CONFIG))?))).collect()
    }

    /// An error if an image is not for the processor that its service runs on.
    pub(crate) fn check_platforms(&self, environment: &Environment) -> anyhow::Result<()> {
        for service in self.services(environment) {
            let (name, service, image) = service?;
            let wanted = service.architecture.platform();
            hint::ensure!(
                image.platform == wanted,
                "the image of `{name}` is for `{}`, the service runs on `{wanted}`",
                image.platform,
                hint = "`nix build .#bundle-ENVIRONMENT` builds it for that; or set `architecture` of the service in infra.nix"
            );
        }
        Ok(())
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    oci::read_document(path).hint("build the bundle again, with its Terraform roots")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_promoted_has_the_images_of_one_place_and_the_configuration_of_the_other() {
        let stack = Stack::parse(include_bytes!("../../../nix/rendered/stack.json")).unwrap();
        let images = serde_json::from_str::<release::Release>(include_str!("../../model/tests/fixtures/release.json"));
        // What the record says of the environment that it is not of does not count.
        let mut elsewhere = stack.clone();
        elsewhere.environments.get_mut("prod").unwrap().cluster = "evil".into();
        let mut record = Record {
            schema: 1,
            number: 4,
            environment: "dev".into(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            by: "me".into(),
            kind: crate::record::Kind::Deploy,
            outcome: crate::Outcome::Live,
            revision: Some("abc".into()),
            release: release::Release { stack: elsewhere, ..images.unwrap() },
            variables: crate::terraform::Variables::default(),
            planned_with: None,
            configurations: BTreeMap::new(),
        };
        let rendered = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../nix/rendered"));
        let promoted = Release::promoted(&record, stack.clone(), rendered.to_owned()).unwrap();
        assert_eq!((&promoted.document.images, promoted.stack()), (&record.release.images, &stack));
        assert_eq!(promoted.configurations().unwrap()["prod"], fs::read(rendered.join("prod").join(CONFIG)).unwrap());
        assert_eq!(promoted.revision.as_deref(), Some("abc"));

        record.release.images.remove("backend");
        let report = hint::ErrorReport::of(&Release::promoted(&record, stack, rendered.to_owned()).unwrap_err());
        let says = "the images of release 4 of `dev` are not those of the stack here: service `backend` has no image";
        assert_eq!(report.error, says);
        assert!(report.hint.unwrap().contains("the checkout of that release, commit `abc`"));
    }
}
