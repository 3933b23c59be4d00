//! What a program is compiled from: the list that it carries, in the format of `cargo auditable`.
//! <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>

mod tree;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::Path,
};

use anyhow::Context;
use serde::Serialize;
use tempfile::NamedTempFile;

use self::tree::{Id, Tree};

/// How `cargo tree` is asked. Unlike `cargo metadata`, it takes the features of the packages that it is asked about alone, and
/// nothing that compiling them did not have to download.
pub(super) const TREE: [&str; 9] =
    ["tree", "--locked", "--quiet", "--edges", "normal,build", "--charset", "ascii", "--format", "{p}"];

#[derive(Serialize)]
struct List<'a> {
    packages: Vec<Package<'a>>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    source: &'static str,
    /// Only those that are not in the program have a kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<usize>,
    #[serde(skip_serializing_if = "is_false")]
    root: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The list of the package `name`, from what `cargo` answers to [`TREE`].
pub(crate) fn list(answer: &str, name: &str) -> anyhow::Result<Vec<u8>> {
    let tree = Tree::parse(answer)?;
    let root = tree.roots.iter().find(|root| root.name == name);
    let root = *root.with_context(|| format!("`cargo tree` says nothing of the package `{name}`"))?;
    let linked = reached(&tree, root, |edge| !edge.is_build && !tree.macros.contains(&edge.to));
    let all = reached(&tree, root, |_| true);
    let positions: BTreeMap<_, _> = all.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let packages = all.iter().map(|id| Package {
        name: id.name,
        version: id.version,
        source: id.source.kind(),
        kind: (!linked.contains(id)).then_some("build"),
        dependencies: tree.edges(id).map(|edge| positions[&edge.to]).collect::<BTreeSet<_>>().into_iter().collect(),
        root: *id == root,
    });
    Ok(serde_json::to_vec(&List { packages: packages.collect() })?)
}

/// What is reached from `root` by edges that are `followed`, in order.
fn reached<'a>(tree: &Tree<'a>, root: Id<'a>, followed: impl Fn(&tree::Edge<'a>) -> bool) -> BTreeSet<Id<'a>> {
    let (mut found, mut waiting) = (BTreeSet::from([root]), vec![root]);
    while let Some(id) = waiting.pop() {
        waiting
            .extend(tree.edges(&id).filter(|edge| followed(edge)).map(|edge| edge.to).filter(|to| found.insert(*to)));
    }
    found
}

/// A copy of the program `path` that carries `list`.
pub(crate) fn carrying(path: &Path, list: &[u8]) -> anyhow::Result<NamedTempFile> {
    let program = fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
    let program = oci::with_dependencies(path, program, list)?;
    let mut file = NamedTempFile::new().context("making a temporary file for a program")?;
    file.write_all(&program).context("writing a program with its list of packages")?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "\
web v0.1.0 (/shop/crates/web)
|-- api v0.1.0 (/shop/crates/api)
|   |-- serde v1.0.229
|   |   `-- serde_derive v1.0.229 (proc-macro)
|   |       `-- syn v3.0.10
|   `-- fork v0.2.0 (https://github.com/shop/fork?branch=main#9f2d1c0a)
`-- sqlite-sys v0.40.0
    [build-dependencies]
    |-- cc v1.11.3
    `-- serde v1.0.229 (*)

mailer v0.2.0 (/shop/crates/mailer)
|-- api v0.1.0 (/shop/crates/api) (*)
`-- own v1.0.0 (registry `shop`)
    `-- cc v1.11.3
";

    #[test]
    fn a_package_has_what_it_is_linked_from_and_what_builds_that() {
        let list = String::from_utf8(list(ANSWER, "web").unwrap()).unwrap();
        insta::assert_snapshot!(list.replace("},{", "},\n{"), @r#"
        {"packages":[{"name":"api","version":"0.1.0","source":"local","dependencies":[2,3]},
        {"name":"cc","version":"1.11.3","source":"crates.io","kind":"build"},
        {"name":"fork","version":"0.2.0","source":"git"},
        {"name":"serde","version":"1.0.229","source":"crates.io","dependencies":[4]},
        {"name":"serde_derive","version":"1.0.229","source":"crates.io","kind":"build","dependencies":[6]},
        {"name":"sqlite-sys","version":"0.40.0","source":"crates.io","dependencies":[1,3]},
        {"name":"syn","version":"3.0.10","source":"crates.io","kind":"build"},
        {"name":"web","version":"0.1.0","source":"local","dependencies":[0,5],"root":true}]}
        "#);
    }

    #[test]
    fn packages_that_are_built_together_have_lists_of_their_own() {
        let list = String::from_utf8(list(ANSWER, "mailer").unwrap()).unwrap();
        assert!(list.contains(r#"{"name":"own","version":"1.0.0","source":"registry","dependencies":[1]}"#), "{list}");
        assert!(list.contains(r#"{"name":"cc","version":"1.11.3","source":"crates.io"}"#), "linked here: {list}");
        assert!(!list.contains("sqlite"), "{list}");
    }

    #[test]
    fn what_is_not_there_or_no_tree_is_an_error() {
        assert_eq!(list(ANSWER, "api").unwrap_err().to_string(), "`cargo tree` says nothing of the package `api`");
        for nonsense in ["web\n", "web 0.1.0\n", "web v0.1.0\n        `-- deep v1\n", "web v0.1.0 what\n"] {
            assert!(list(nonsense, "web").is_err(), "{nonsense}");
        }
    }

    /// What Cargo really answers, of this workspace.
    #[test]
    fn cargo_says_what_a_program_of_this_workspace_is_made_of() {
        let mut command = std::process::Command::new(env!("CARGO"));
        let output = command.args(TREE).args(["--package", "backend", "--package", "frontend"]).output().unwrap();
        let said = list(&String::from_utf8(output.stdout).unwrap(), "backend").unwrap();
        let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
        let kind = |name: &str| {
            let known = said["packages"].as_array().unwrap().iter().find(|package| package["name"] == name);
            known.map(|package| package["kind"].as_str().unwrap_or("linked").to_owned())
        };
        // What runs, what ran to build it, a macro, what only tests need, and what only others need.
        assert_eq!(kind("backend").as_deref(), Some("linked"));
        assert_eq!(kind("axum").as_deref(), Some("linked"));
        assert_eq!(kind("cc").as_deref(), Some("build"));
        assert_eq!(kind("serde_derive").as_deref(), Some("build"));
        assert_eq!(kind("insta"), None);
        assert_eq!(kind("maud"), None);
    }
}
