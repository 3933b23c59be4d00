//! Packages from Cargo: what `Cargo.lock` resolves to for one program on one platform.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};
use oci::Platform;
use serde::Deserialize;

use super::{Package, Sources};

/// The source of packages from crates.io.
const PUBLIC: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Known>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Known {
    id: String,
    name: String,
    version: String,
    source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

impl Edge {
    fn is(&self, wanted: Option<&str>) -> bool {
        self.dep_kinds.iter().any(|kind| kind.kind.as_deref() == wanted)
    }

    /// True unless only tests need it.
    fn counts(&self) -> bool {
        self.is(None) || self.is(Some("build"))
    }
}

/// The packages that Cargo compiles into a program, and those of build scripts and macros, sorted.
pub(super) fn packages(sources: &Sources, platform: Platform) -> anyhow::Result<Vec<Package>> {
    let Sources { workspace, package } = sources;
    let metadata = metadata(workspace, platform).context("running `cargo metadata`")?;
    let known: BTreeMap<_, _> = metadata.packages.iter().map(|known| (known.id.as_str(), known)).collect();
    let nodes: BTreeMap<_, _> = metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let root = metadata.packages.iter().find(|known| known.name == *package && known.source.is_none());
    let root = root.with_context(|| format!("the workspace `{}` has no package `{package}`", workspace.display()))?;

    // For each package that is reached: whether it is linked into the program.
    let mut reached = BTreeMap::from([(root.id.as_str(), true)]);
    let mut waiting = vec![root.id.as_str()];
    while let Some(id) = waiting.pop() {
        let linked = reached[id];
        for edge in nodes.get(id).map_or(&[][..], |node| &node.deps) {
            if !edge.counts() {
                continue;
            }
            let linked = linked && edge.is(None);
            let before = reached.insert(&edge.pkg, linked || reached.get(edge.pkg.as_str()) == Some(&true));
            if before.is_none() || before == Some(false) && linked {
                waiting.push(&edge.pkg);
            }
        }
    }
    let mut ids: Vec<&Known> = reached.keys().filter_map(|id| known.get(id).copied()).collect();
    ids.sort_by_key(|known| (&known.name, &known.version));
    let positions: BTreeMap<_, _> = ids.iter().enumerate().map(|(at, known)| (known.id.as_str(), at)).collect();
    let describe = |known: &&Known| Package {
        name: known.name.clone(),
        version: known.version.clone(),
        is_public: known.source.as_deref() == Some(PUBLIC),
        is_root: known.id == root.id,
        is_build: !reached[known.id.as_str()],
        dependencies: nodes.get(known.id.as_str()).map_or(Vec::new(), |node| {
            node.deps
                .iter()
                .filter(|edge| edge.counts())
                .filter_map(|edge| positions.get(edge.pkg.as_str()).copied())
                .collect()
        }),
    };
    Ok(ids.iter().map(describe).collect())
}

fn metadata(workspace: &Path, platform: Platform) -> anyhow::Result<Metadata> {
    let triple = platform.rust_target();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", triple]);
    let output = command.current_dir(workspace).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "it exited with {}; its messages are above", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}
