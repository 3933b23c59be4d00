//! `.terraform.lock.hcl`: the versions of providers that a root is planned with.

use super::version::Version;

/// Its name.
pub(super) const LOCK_FILE: &str = ".terraform.lock.hcl";

/// The providers that a lock file has chosen versions of, by their whole names: `registry.terraform.io/hashicorp/aws`.
///
/// Written by a program, so a line at a time will do: `provider "host/namespace/type" {`, then `version = "1.2.3"`.
pub(super) fn chosen(text: &str) -> impl Iterator<Item = (&str, Version)> {
    let mut name = None;
    text.lines().map(str::trim).filter_map(move |line| {
        if let Some(rest) = line.strip_prefix("provider \"") {
            name = rest.split('"').next();
        }
        let (key, value) = line.split_once('=')?;
        let version = (key.trim() == "version").then(|| value.trim().trim_matches('"').parse().ok())??;
        Some((name.take()?, version))
    })
}

/// The version of the provider `source` that a lock file has chosen for the program whose registry is `registry`: OpenTofu and
/// Terraform have one each, and neither heeds what is chosen for the other.
pub(super) fn locked(text: &str, source: &str, registry: &str) -> Option<Version> {
    let whole = if has_host(source) { source.to_owned() } else { format!("{registry}/{source}") };
    chosen(text).find(|(name, _)| *name == whole).map(|(_, version)| version)
}

/// Whether a lock file has chosen a version of the provider `source`, but for the other program.
pub(super) fn is_of_another(text: &str, source: &str, registry: &str) -> bool {
    let same = |(name, _): (&str, _)| name.split_once('/').is_some_and(|(_, path)| path == source);
    locked(text, source, registry).is_none() && chosen(text).any(same)
}

fn has_host(source: &str) -> bool {
    source.matches('/').count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERRAFORM: &str = "registry.terraform.io";
    const OPENTOFU: &str = "registry.opentofu.org";

    #[test]
    fn the_version_that_was_chosen_is_read() {
        let text = "# This file is maintained automatically.\n\nprovider \"registry.terraform.io/hashicorp/null\" {\n  \
                    version = \"3.2.4\"\n}\n\nprovider \"registry.opentofu.org/hashicorp/aws\" {\n  version     = \
                    \"6.4.0\"\n  constraints = \">= 5.100.0, < 7.0.0\"\n  hashes = [\n    \"h1:x=\",\n  ]\n}\n";
        let locked = |source, registry| locked(text, source, registry).map(|version| version.to_string());
        assert_eq!(locked("hashicorp/aws", OPENTOFU).as_deref(), Some("6.4.0"));
        assert_eq!(locked("registry.opentofu.org/hashicorp/aws", TERRAFORM).as_deref(), Some("6.4.0"));
        assert_eq!(locked("hashicorp/null", TERRAFORM).as_deref(), Some("3.2.4"));
        assert_eq!(locked("hashicorp/random", TERRAFORM), None);
        assert_eq!(chosen(text).count(), 2);
    }

    #[test]
    fn what_is_chosen_for_opentofu_is_not_chosen_for_terraform() {
        let text = "provider \"registry.opentofu.org/hashicorp/aws\" {\n  version = \"5.100.0\"\n}\n";
        assert_eq!(locked(text, "hashicorp/aws", TERRAFORM), None);
        assert!(is_of_another(text, "hashicorp/aws", TERRAFORM));
        assert!(!is_of_another(text, "hashicorp/aws", OPENTOFU));
        assert!(!is_of_another(text, "hashicorp/null", TERRAFORM));
    }
}
