//! `release.json`: a stack plus one image digest per service.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, ensure};
use hint::Hint;
use oci::Image;
use serde::{Deserialize, Serialize};

use crate::stack::{ImageSource, Service, Stack};

/// The only version of `release.json` that this program reads and writes.
pub const SCHEMA: u32 = 1;

/// A stack and the exact images that it runs.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// What is run.
    pub stack: Stack,
    /// The image of each service, by the service's name.
    pub images: BTreeMap<String, Image>,
}

impl Release {
    /// Reads the `release.json` at `path`.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = oci::read_document(path).hint("name a directory that `driftless bundle` or Nix made")?;
        Self::parse(&text).with_context(|| format!("reading `{}`", path.display()))
    }

    /// The image of `service`.
    pub fn image(&self, service: &str) -> anyhow::Result<&Image> {
        self.images.get(service).with_context(|| format!("the release has no image of `{service}`"))
    }

    fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let release: Self = serde_json::from_slice(text)?;
        release.check_all_but(&release.pending())?;
        Ok(release)
    }

    /// Services whose images are in a registry that nobody has asked yet: a bundle may be made without a network.
    pub fn pending(&self) -> BTreeMap<String, String> {
        let pending = |(name, service): (&String, &Service)| match &service.image {
            ImageSource::Reference(reference) if !self.images.contains_key(name) => {
                Some((name.clone(), reference.clone()))
            }
            _ => None,
        };
        self.stack.services.iter().filter_map(pending).collect()
    }

    /// An error unless its stack is one that this program can act on, and each of its services has an image.
    pub fn check(&self) -> anyhow::Result<()> {
        self.check_all_but(&BTreeMap::new())
    }

    fn check_all_but(&self, pending: &BTreeMap<String, String>) -> anyhow::Result<()> {
        hint::ensure!(
            self.schema == SCHEMA,
            "schema {} is not supported, only {SCHEMA}",
            self.schema,
            hint = "use the version of `driftless` that wrote the release"
        );
        self.stack.check()?;
        for service in self.stack.services.keys() {
            ensure!(
                self.images.contains_key(service) || pending.contains_key(service),
                "service `{service}` has no image"
            );
        }
        for service in self.images.keys() {
            ensure!(self.stack.services.contains_key(service), "image `{}` has no service", service.escape_default());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = include_str!("../tests/fixtures/release.json");

    #[test]
    fn a_release_without_an_end_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("release.json");
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        let error = format!("{:#}", Release::read(&path).unwrap_err());
        assert!(error.contains("is not a regular file"), "{error}");
        std::fs::remove_file(&path).unwrap();
        std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let error = format!("{:#}", Release::read(&path).unwrap_err());
        assert!(error.contains("is 1099511627776 bytes, the limit is 4194304"), "{error}");
    }

    #[test]
    fn reads_and_writes_the_golden_file() {
        let release = Release::parse(GOLDEN.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string_pretty(&release).unwrap() + "\n", GOLDEN);
    }

    #[test]
    fn refuses_what_does_not_fit_together() {
        for (from, to, says) in [
            ("\"schema\": 1,\n  \"stack\"", "\"schema\": 3,\n  \"stack\"", "schema 3"),
            ("sha256:1111", "sha256:111", "digest"),
            ("linux/amd64", "plan9/vax", "plan9"),
            ("\"images\": {\n    \"backend\"", "\"images\": {\n    \"other\"", "service `backend` has no image"),
            ("service:backend", "service:nobody", "`nobody`"),
            ("\"project\": \"items\"", "\"project\": \"../items\"", "project name"),
        ] {
            assert!(GOLDEN.contains(from), "{from}");
            let error = format!("{:#}", Release::parse(GOLDEN.replace(from, to).as_bytes()).unwrap_err());
            assert!(error.contains(says), "{from}: {error}");
        }
    }
}
