//! `.terraform.lock.hcl`: the versions of providers that a root is planned with.

use super::version::Version;

/// Its name.
pub(super) const LOCK_FILE: &str = ".terraform.lock.hcl";

/// The version of the provider `source` that a lock file has chosen.
///
/// Written by a program, so a line at a time will do: `provider "host/namespace/type" {`, then `version = "1.2.3"`.
pub(super) fn locked(text: &str, source: &str) -> Option<Version> {
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| {
        let name = line.strip_prefix("provider \"").and_then(|rest| rest.split('"').next());
        // OpenTofu and Terraform have registries of their own.
        name.is_some_and(|name| name == source || name.split_once('/').is_some_and(|(_, path)| path == source))
    })?;
    let version = lines.take_while(|line| *line != "}").find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "version").then(|| value.trim().trim_matches('"').to_owned())
    });
    version?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_that_was_chosen_is_read() {
        let text = "# This file is maintained automatically.\n\nprovider \"registry.terraform.io/hashicorp/null\" {\n  \
                    version = \"3.2.4\"\n}\n\nprovider \"registry.opentofu.org/hashicorp/aws\" {\n  version     = \
                    \"6.4.0\"\n  constraints = \">= 5.100.0, < 7.0.0\"\n  hashes = [\n    \"h1:x=\",\n  ]\n}\n";
        assert_eq!(locked(text, "hashicorp/aws").unwrap().to_string(), "6.4.0");
        assert_eq!(locked(text, "registry.opentofu.org/hashicorp/aws").unwrap().to_string(), "6.4.0");
        assert_eq!(locked(text, "hashicorp/null").unwrap().to_string(), "3.2.4");
        assert_eq!(locked(text, "hashicorp/random"), None);
    }
}
