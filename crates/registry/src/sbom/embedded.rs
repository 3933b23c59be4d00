//! Packages from the program of an image, which carries them in the format of `cargo auditable`.

use anyhow::{Context, ensure};
use oci::Layout;
use serde::Deserialize;

use super::Package;

#[derive(Deserialize)]
struct List {
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    source: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    dependencies: Vec<usize>,
    #[serde(default)]
    root: bool,
}

/// The packages of the program that `layout` starts, sorted; none if it contains no list.
pub(super) fn packages(layout: &Layout) -> anyhow::Result<Option<Vec<Package>>> {
    oci::dependencies(layout)?.map(|list| parse(&list)).transpose()
}

fn parse(list: &[u8]) -> anyhow::Result<Vec<Package>> {
    let list: List = serde_json::from_slice(list).context("the list of dependencies in the program is not valid")?;
    let count = list.packages.len();
    list.packages
        .into_iter()
        .map(|entry| {
            ensure!(
                entry.dependencies.iter().all(|at| *at < count),
                "the list of dependencies in the program refers to entries that it does not have"
            );
            Ok(Package {
                is_public: entry.source == "crates.io",
                is_build: entry.kind.as_deref() == Some("build"),
                is_root: entry.root,
                name: entry.name,
                version: entry.version,
                dependencies: entry.dependencies,
            })
        })
        .collect()
}
