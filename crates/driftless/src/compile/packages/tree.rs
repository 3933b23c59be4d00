//! What `cargo tree` says, as a graph.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};

/// A package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) source: Source<'a>,
}

/// Where a package is from, as it is printed behind its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source<'a>(&'a str);

impl Source<'_> {
    /// The word for it in a list.
    pub(super) fn kind(self) -> &'static str {
        match self.0 {
            "" => "crates.io",
            path if path.starts_with('/') => "local",
            registry if registry.starts_with("registry ") => "registry",
            _ => "git",
        }
    }
}

/// That one package needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge<'a> {
    pub(super) to: Id<'a>,
    /// Whether its build script does.
    pub(super) is_build: bool,
}

/// Packages, and what each needs.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    /// Those that were asked about.
    pub(super) roots: Vec<Id<'a>>,
    /// Those that are macros: they and what they need run in the compiler.
    pub(super) macros: BTreeSet<Id<'a>>,
    edges: BTreeMap<Id<'a>, BTreeSet<Edge<'a>>>,
}

/// What a line begins with for each level above it.
const INDENT: usize = 4;

impl<'a> Tree<'a> {
    pub(super) fn parse(answer: &'a str) -> anyhow::Result<Self> {
        let mut tree = Self::default();
        // From the root to the last package, each with whether what follows is for its build script.
        let mut above: Vec<(Id<'a>, bool)> = Vec::new();
        for line in answer.lines().filter(|line| !line.is_empty()) {
            let text = line.trim_start_matches(['|', '`', '-', ' ']);
            let depth = (line.len() - text.len()) / INDENT;
            if text == "[build-dependencies]" {
                above.truncate(depth + 1);
                above.last_mut().context("`cargo tree` names no package first")?.1 = true;
                continue;
            }
            let (id, is_macro) = package(text).with_context(|| format!("`cargo tree` answered `{line}`"))?;
            ensure!(depth <= above.len(), "`cargo tree` answered `{line}`, which is below no package");
            above.truncate(depth);
            match above.last() {
                None => tree.roots.push(id),
                Some((user, is_build)) => {
                    tree.edges.entry(*user).or_default().insert(Edge { to: id, is_build: *is_build });
                }
            }
            if is_macro {
                tree.macros.insert(id);
            }
            above.push((id, false));
        }
        Ok(tree)
    }

    pub(super) fn edges(&self, id: &Id<'a>) -> impl Iterator<Item = &Edge<'a>> {
        self.edges.get(id).into_iter().flatten()
    }
}

/// `NAME vVERSION`, and where they apply ` (SOURCE)`, ` (proc-macro)`, and ` (*)` where what it needs was printed before; and
/// whether it is a macro.
fn package(text: &str) -> Option<(Id<'_>, bool)> {
    let text = text.strip_suffix(" (*)").unwrap_or(text);
    let (text, is_macro) = text.strip_suffix(" (proc-macro)").map_or((text, false), |text| (text, true));
    let (name, rest) = text.split_once(" v")?;
    let (version, source) = match rest.split_once(' ') {
        None => (rest, ""),
        Some((version, source)) => (version, source.strip_prefix('(')?.strip_suffix(')')?),
    };
    let is_word = |word: &str| !word.is_empty() && !word.contains(' ');
    (is_word(name) && is_word(version)).then_some((Id { name, version, source: Source(source) }, is_macro))
}
