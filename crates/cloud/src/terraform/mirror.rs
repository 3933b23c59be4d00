//! Where providers come from if not from their registry: directories on this machine.
//!
//! <https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation>

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::{binary::Terraform, version::Version};

/// Ways to install a provider of which no more is known here than that they are there, and exceptions from a way.
const UNKNOWN: [&str; 6] = ["direct", "network_mirror", "oci_mirror", "dev_overrides", "include", "exclude"];

/// The only places where a provider is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// The file that says so, if one does.
    pub file: Option<PathBuf>,
    directories: Vec<PathBuf>,
    /// Whether they come with the program, whatever else there is.
    pub(super) is_package: bool,
}

impl Mirror {
    /// As this user's environment has it; none if the registry is asked, too, or if that is more than is understood here.
    pub fn of(terraform: &Terraform) -> Option<Self> {
        if let Some(plugins) = &terraform.plugins {
            return Some(Self { file: None, directories: vec![plugins.clone()], is_package: true });
        }
        let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = set("HOME");
        let usual: &[&str] = if terraform.is_tofu() { &[".tofurc", ".terraformrc"] } else { &[".terraformrc"] };
        let usual = usual.iter().filter_map(|name| Some(home.as_ref()?.join(name))).find(|path| path.is_file());
        let file = set("TF_CLI_CONFIG_FILE").or_else(|| set("TERRAFORM_CONFIG")).or(usual);
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        if let Some(installation) = text.as_deref().and_then(installation) {
            return Some(Self { file, directories: directories(installation)?, is_package: false });
        }
        // A provider that is in one of these is not looked for anywhere else.
        let implied = [set("NIX_TERRAFORM_PLUGIN_DIR"), home.map(|home| home.join(".terraform.d/plugins"))];
        Some(Self { file: None, directories: implied.into_iter().flatten().collect(), is_package: false })
    }

    /// The versions of the provider `source` that are there, the newest first; none if the registry is asked for it.
    pub fn versions(&self, source: &str) -> Option<Vec<Version>> {
        let mut versions: Vec<_> = self.directories.iter().flat_map(|directory| versions(directory, source)).collect();
        versions.sort_unstable_by(|one, other| other.cmp(one));
        versions.dedup();
        (self.is_package || self.file.is_some() || !versions.is_empty()).then_some(versions)
    }

    /// The directories, for people.
    pub fn words(&self) -> String {
        let names: Vec<_> = self.directories.iter().map(|path| format!("`{}`", path.display())).collect();
        names.join(", ")
    }
}

/// What is in the block `provider_installation`.
fn installation(text: &str) -> Option<&str> {
    let text = &text[text.find("provider_installation")?..];
    let mut depth = 0_usize;
    let end = text.char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *c == '}' && depth == 0
    });
    Some(&text[..end?.0])
}

/// The directories that are mirrors, if there is no other way, and no provider goes another way than the rest.
fn directories(installation: &str) -> Option<Vec<PathBuf>> {
    let lines = installation.lines().map(str::trim).filter(|line| !line.starts_with(['#', '/']));
    let text = lines.collect::<Vec<_>>().join("\n");
    // What is outside of quotes, and what is inside, take turns.
    let mut parts = text.split('"');
    let mut directories = Vec::new();
    while let Some(outside) = parts.next() {
        let words: Vec<_> = outside.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
        if words.iter().any(|word| UNKNOWN.contains(word)) {
            return None;
        }
        let is_path = words.iter().rfind(|word| !word.is_empty()) == Some(&"path");
        directories.extend(parts.next().filter(|_| is_path).map(PathBuf::from));
    }
    Some(directories)
}

/// The versions of the provider `source` that are laid out below `directory`.
pub(super) fn versions(directory: &Path, source: &str) -> Vec<Version> {
    let kind = source.rsplit('/').next().unwrap_or(source);
    // Without a host in the source it is that of the program's own registry; either will do here.
    let hosts = if source.split('/').count() > 2 { vec![directory.to_owned()] } else { entries(directory) };
    let mut versions = Vec::new();
    for path in hosts.into_iter().flat_map(|host| entries(&host.join(source))) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Unpacked it is a directory of that name, packed an archive: `terraform-provider-aws_6.4.0_linux_amd64.zip`.
        let packed = name.strip_prefix(&format!("terraform-provider-{kind}_")).and_then(|rest| rest.split('_').next());
        versions.extend(packed.unwrap_or(&name).parse::<Version>());
    }
    versions
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

#[cfg(test)]
impl Mirror {
    pub(super) fn at(file: &str, directory: &Path) -> Self {
        Self { file: Some(file.into()), directories: vec![directory.to_owned()], is_package: false }
    }

    pub(super) fn package(directory: &Path) -> Self {
        Self { file: None, directories: vec![directory.to_owned()], is_package: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<PathBuf>> {
        directories(installation(text)?)
    }

    #[test]
    fn a_mirror_counts_where_there_is_no_other_way() {
        let alone = "disable_checkpoint = true\nprovider_installation {\n  # direct {}\n  filesystem_mirror { path = \
                     \"/a/direct\" }\n  filesystem_mirror {\n    path = \"/b\"\n  }\n}\ncredentials \"x\" {}\n";
        assert_eq!(read(alone), Some(vec!["/a/direct".into(), "/b".into()]));
        let beside = "provider_installation {\n  filesystem_mirror { path = \"/a\" }\n  direct {}\n}\n";
        let partly = "provider_installation {\n  filesystem_mirror {\n path = \"/a\"\n include = [\"x/*/*\"]\n }\n}\n";
        assert_eq!((read(beside), read(partly), read("plugin_cache_dir = \"/a\"\n")), (None, None, None));
    }

    #[test]
    fn the_versions_in_a_mirror_are_found_packed_and_unpacked() {
        let place = tempfile::tempdir().unwrap();
        let aws = place.path().join("registry.terraform.io/hashicorp/aws");
        fs::create_dir_all(aws.join("5.100.0/linux_amd64")).unwrap();
        fs::write(aws.join("terraform-provider-aws_6.4.0_linux_amd64.zip"), "").unwrap();
        fs::write(aws.join("index.json"), "").unwrap();
        let mirror = |file: Option<&str>| Mirror {
            file: file.map(PathBuf::from),
            directories: vec![place.path().to_owned(), "/nowhere".into()],
            is_package: false,
        };
        let found = mirror(None).versions("hashicorp/aws").unwrap();
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["6.4.0", "5.100.0"]);
        assert_eq!(mirror(None).versions("registry.terraform.io/hashicorp/aws"), Some(found));
        assert_eq!(mirror(None).versions("hashicorp/null"), None, "the registry has it");
        assert_eq!(mirror(Some("rc")).versions("hashicorp/null"), Some(Vec::new()), "nobody has it");
    }
}
