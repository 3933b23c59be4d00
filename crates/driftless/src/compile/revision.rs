//! The commit that a build is made from, by Git in the project's own directory.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use model::bundle::Revision;

/// What is checked out in the project at `directory`, and whether nothing else is there but `made`, which the build makes.
/// None where Git knows nothing of it.
pub(super) fn checked_out(directory: &Path, made: &[&Path]) -> Option<Revision> {
    let commit = git(directory, &["rev-parse", "HEAD"])?;
    let top = git(directory, &["rev-parse", "--show-toplevel"])?;
    let mut status = vec!["status".to_owned(), "--porcelain".to_owned(), "--".to_owned(), ":(top)".to_owned()];
    let inside = made.iter().filter_map(|path| real(path)?.strip_prefix(&top).map(Path::to_path_buf).ok());
    status.extend(inside.map(|path| format!(":(top,exclude,literal){}", path.display())));
    let status: Vec<_> = status.iter().map(String::as_str).collect();
    let clean = git(directory, &status)?.is_empty();
    Some(Revision { commit, clean })
}

/// `path` as Git sees it. It need not exist, but its directory must.
fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?))
}

/// What Git says; none if it says no, or is not there.
fn git(directory: &Path, words: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(directory).args(words).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_checkout_is_clean_if_nothing_is_there_but_its_commit_and_the_bundle() {
        let Some(_) = testing::found(&["git"]) else { return };
        let directory = tempfile::tempdir().unwrap();
        let (path, out) = (directory.path(), directory.path().join("bundle"));
        assert_eq!(checked_out(path, &[&out]), None);
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
        let run = |words: &[&str]| git(path, &[&identity[..], words].concat()).unwrap();
        run(&["init", "-q"]);
        fs::write(path.join("infra.nix"), "{ }").unwrap();
        run(&["add", "."]);
        run(&["commit", "-q", "-m", "one"]);
        let commit = run(&["rev-parse", "HEAD"]);
        let at = |clean| Some(Revision { commit: commit.clone(), clean });
        assert_eq!(checked_out(path, &[&out]), at(true));
        fs::create_dir(&out).unwrap();
        fs::write(out.join("release.json"), "{}").unwrap();
        assert_eq!(checked_out(path, &[&out]), at(true), "what the build made does not count");
        assert_eq!(checked_out(path, &[]), at(false));
        fs::write(path.join("infra.nix"), "{ a = 1; }").unwrap();
        assert_eq!(checked_out(path, &[&out]), at(false));
    }
}
