//! Which paths of a closure share a layer.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::StorePath;

/// The paths of `closure` in at most `limit` groups, each once. What few others need is in the last.
///
/// Each path is a group where there are enough. Otherwise those of `contents` are, which change when the program does, then those
/// that the most others need, directly or not, of these the largest; all others are one group.
pub(super) fn of<'a>(closure: &'a [StorePath], contents: &[PathBuf], limit: usize) -> Vec<Vec<&'a Path>> {
    let popularity = popularity(closure);
    let mut paths: Vec<_> = closure.iter().collect();
    paths.sort_by_key(|path| (Reverse(popularity[&*path.path]), Reverse(path.nar_size), &path.path));
    paths.dedup_by_key(|path| &path.path);
    if paths.len() <= limit {
        return paths.into_iter().map(|path| vec![&*path.path]).collect();
    }
    let single = limit.saturating_sub(1);
    let asked: BTreeSet<_> =
        paths.iter().filter(|path| contents.contains(&path.path)).take(single).map(|path| &path.path).collect();
    let mut popular = single - asked.len();
    let mut own = Vec::new();
    let mut last = Vec::new();
    for path in paths {
        if asked.contains(&path.path) {
            own.push(vec![&*path.path]);
        } else if popular > 0 {
            popular -= 1;
            own.push(vec![&*path.path]);
        } else {
            last.push(&*path.path);
        }
    }
    last.sort();
    own.push(last);
    own
}

/// How many paths need each of them, itself included.
fn popularity(closure: &[StorePath]) -> BTreeMap<&Path, usize> {
    let references: BTreeMap<&Path, &[PathBuf]> = closure.iter().map(|path| (&*path.path, &*path.references)).collect();
    let mut counts: BTreeMap<&Path, usize> = references.keys().map(|path| (*path, 0)).collect();
    for start in references.keys() {
        let (mut needed, mut waiting) = (BTreeSet::from([*start]), vec![*start]);
        while let Some(path) = waiting.pop() {
            *counts.entry(path).or_default() += 1;
            for reference in references.get(path).copied().unwrap_or_default() {
                if needed.insert(reference) {
                    waiting.push(reference);
                }
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str, references: &[&str], nar_size: u64) -> StorePath {
        StorePath { path: name.into(), references: references.iter().map(PathBuf::from).collect(), nar_size }
    }

    fn closure() -> Vec<StorePath> {
        vec![
            path("web", &["web", "python", "flask"], 1),
            path("flask", &["python", "jinja"], 2),
            path("jinja", &["python"], 3),
            path("python", &["libc", "python"], 9),
            path("libc", &["libc"], 5),
            path("docs", &[], 100),
        ]
    }

    fn grouped(limit: usize) -> String {
        let closure = closure();
        let groups = of(&closure, &["web".into()], limit);
        let group = |group: &Vec<&Path>| group.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>().join("+");
        groups.iter().map(group).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_path_is_there_once_and_the_popular_ones_alone() {
        assert_eq!(grouped(6), "libc python jinja flask docs web");
        assert_eq!(grouped(5), "libc python jinja web docs+flask");
        assert_eq!(grouped(3), "libc web docs+flask+jinja+python");
        assert_eq!(grouped(2), "web docs+flask+jinja+libc+python");
        assert_eq!(grouped(1), "docs+flask+jinja+libc+python+web");
    }
}
