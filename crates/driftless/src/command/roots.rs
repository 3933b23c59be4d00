//! The rendered Terraform roots.

use std::path::{Path, PathBuf};

use model::{bundle, project::Project};

/// Where they are: in the bundle that is named, or in the project.
pub(super) fn directory(bundle: Option<&Path>) -> anyhow::Result<PathBuf> {
    match bundle {
        Some(bundle) => Ok(bundle.join(bundle::TERRAFORM)),
        None => Ok(Project::here()?.rendered()),
    }
}

/// Their names.
pub(super) fn names(roots: &Path) -> Vec<String> {
    let entries = roots.read_dir().into_iter().flatten().filter_map(Result::ok);
    let rendered = entries.filter(|entry| entry.path().join("config.tf.json").is_file());
    let mut names: Vec<_> = rendered.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
