//! Which version of a provider a root is planned with: what a lock file says, else what `init` will find.

use std::path::Path;

use anyhow::Context;
use hint::Hint;

use super::{
    binary::Terraform,
    configuration::{Configuration, Requirement},
    constraint::Constraint,
    lockfile::{LOCK_FILE, is_of_another, locked},
    mirror::{self, Mirror},
    version::Version,
};

/// A version, and who chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The project, by a lock file beside its configuration.
    Project(Version),
    /// The last plan on this machine.
    Before(Version),
    /// Nobody yet: `init` will.
    Open {
        /// The version it will find, if that can be told without asking a registry.
        found: Option<Version>,
        /// The version of before, which can't be used any more.
        instead: Option<Version>,
    },
}

impl Selection {
    /// For the provider that `configuration` needs, in the work directory `work`. An error is what `init` would end with.
    pub fn of(
        terraform: &Terraform,
        configuration: &Configuration,
        needed: &Requirement,
        work: &Path,
    ) -> anyhow::Result<Self> {
        let mirror = Mirror::of(terraform);
        Self::find(mirror.as_ref(), terraform.registry(), configuration, needed, work)
    }

    /// Whether the lock file of the project has chosen a version of `source` for the other program alone: it does not count.
    pub fn is_of_another(terraform: &Terraform, configuration: &Configuration, source: &str) -> bool {
        configuration.lock.as_deref().is_some_and(|text| is_of_another(text, source, terraform.registry()))
    }

    fn find(
        mirror: Option<&Mirror>,
        registry: &str,
        configuration: &Configuration,
        Requirement { source, version: wanted }: &Requirement,
        work: &Path,
    ) -> anyhow::Result<Self> {
        let wanted = if wanted.is_empty() { ">= 0" } else { wanted };
        let constraint: Constraint = wanted
            .parse()
            .with_context(|| format!("reading which `{source}` is needed"))
            .hint("repair `provider` in infra.nix")?;
        let there = mirror.and_then(|mirror| mirror.versions(source));
        // What is installed from a package is a link into it, or into an earlier one, and is worth nothing without.
        let installed = match mirror {
            Some(mirror) if mirror.is_package => Vec::new(),
            _ => mirror::versions(&work.join(".terraform/providers"), source),
        };
        let at_hand =
            |version| there.as_ref().is_none_or(|there| there.contains(&version)) || installed.contains(&version);
        let place = || mirror.map(Mirror::words).unwrap_or_default();

        if let Some(version) = configuration.lock.as_deref().and_then(|text| locked(text, source, registry)) {
            hint::ensure!(
                constraint.allows(version),
                "the project's `{LOCK_FILE}` has chosen {source} {version}, but the stack needs `{wanted}`",
                hint = "remove that file, or run `init -upgrade` beside it"
            );
            hint::ensure!(
                at_hand(version),
                "the project's `{LOCK_FILE}` has chosen {source} {version}, which is not in {}",
                place(),
                hint = "put it there, or remove that file"
            );
            return Ok(Self::Project(version));
        }
        let before =
            std::fs::read_to_string(work.join(LOCK_FILE)).ok().and_then(|text| locked(&text, source, registry));
        if let Some(version) = before.filter(|version| constraint.allows(*version) && at_hand(*version)) {
            return Ok(Self::Before(version));
        }
        let Some(there) = there else { return Ok(Self::Open { found: None, instead: before }) };
        match there.iter().copied().find(|version| constraint.allows(*version)) {
            Some(version) => Ok(Self::Open { found: Some(version), instead: before }),
            None => hint::bail!(
                "the stack needs {source} `{wanted}`, but it is only looked for in {}, which has {}",
                place(),
                words(&there),
                hint = "put one that fits there, {}",
                match mirror {
                    Some(Mirror { is_package: true, .. }) =>
                        "or change `provider` in infra.nix to what the package of the program has".to_owned(),
                    Some(Mirror { file: Some(file), .. }) =>
                        format!("or allow the registry, too: `direct {{}}` in `{}`", file.display()),
                    _ => "or remove what is there: then the registry is asked".to_owned(),
                }
            ),
        }
    }

    /// Whether `init` has to be told to forget the version of before.
    pub(super) fn is_new(self) -> bool {
        matches!(self, Self::Open { instead: Some(_), .. })
    }
}

fn words(versions: &[Version]) -> String {
    if versions.is_empty() {
        return "none".to_owned();
    }
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Place {
        work: tempfile::TempDir,
        mirror: tempfile::TempDir,
    }

    impl Place {
        /// Where the last plan was made with `before`, and a mirror has `there`.
        fn new(before: Option<&str>, there: &[&str]) -> Self {
            let place = Self { work: tempfile::tempdir().unwrap(), mirror: tempfile::tempdir().unwrap() };
            if let Some(version) = before {
                fs::write(place.work.path().join(LOCK_FILE), lock(version)).unwrap();
            }
            for version in there {
                let directory = place.mirror.path().join("registry.terraform.io/hashicorp/aws").join(version);
                fs::create_dir_all(directory).unwrap();
            }
            place
        }

        fn find(&self, wanted: &str, project: Option<&str>, mirrored: bool) -> Result<Selection, String> {
            let needed = Requirement { source: "hashicorp/aws".into(), version: wanted.into() };
            let mut configuration = Configuration::default();
            configuration.lock = project.map(lock);
            let mirror = Mirror::at("rc", self.mirror.path());
            let mirror = mirrored.then_some(&mirror);
            Selection::find(mirror, "registry.terraform.io", &configuration, &needed, self.work.path())
                .map_err(|error| hint::ErrorReport::of(&error).to_string())
        }
    }

    fn lock(version: &str) -> String {
        format!("provider \"registry.terraform.io/hashicorp/aws\" {{\n  version = \"{version}\"\n}}\n")
    }

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn the_version_of_before_is_used_while_it_fits() {
        let place = Place::new(Some("5.100.0"), &["5.100.0", "6.4.0"]);
        let (before, newer) = (version("5.100.0"), version("6.4.0"));
        for mirrored in [true, false] {
            assert_eq!(place.find(">= 5.100, < 7", None, mirrored), Ok(Selection::Before(before)));
            let found = mirrored.then_some(newer);
            let other = place.find(">= 6.4, < 7", None, mirrored).unwrap();
            assert_eq!(other, Selection::Open { found, instead: Some(before) });
            assert!(other.is_new());
        }
    }

    #[test]
    fn what_is_gone_from_the_mirror_is_used_while_it_is_installed() {
        let place = Place::new(Some("5.100.0"), &["6.4.0"]);
        let other = Selection::Open { found: Some(version("6.4.0")), instead: Some(version("5.100.0")) };
        assert_eq!(place.find(">= 5.100, < 7", None, true), Ok(other));
        let installed = ".terraform/providers/registry.terraform.io/hashicorp/aws/5.100.0";
        fs::create_dir_all(place.work.path().join(installed)).unwrap();
        assert_eq!(place.find(">= 5.100, < 7", None, true), Ok(Selection::Before(version("5.100.0"))));
    }

    #[test]
    fn what_an_earlier_package_installed_is_not_there_without_it() {
        let place = Place::new(Some("5.100.0"), &["6.4.0"]);
        fs::create_dir_all(place.work.path().join(".terraform/providers/registry.terraform.io/hashicorp/aws/5.100.0"))
            .unwrap();
        let needed = |version: &str| Requirement { source: "hashicorp/aws".into(), version: version.into() };
        let package = Mirror::package(place.mirror.path());
        let find = |wanted| {
            Selection::find(
                Some(&package),
                "registry.terraform.io",
                &Configuration::default(),
                &needed(wanted),
                place.work.path(),
            )
            .map_err(|error| hint::ErrorReport::of(&error).to_string())
        };
        let other = Selection::Open { found: Some(version("6.4.0")), instead: Some(version("5.100.0")) };
        assert_eq!(find(">= 5.100, < 7"), Ok(other));
        let error = find("~> 7.0").unwrap_err();
        assert!(error.contains("which has 6.4.0\nhint: ") && error.contains("`provider` in infra.nix"), "{error}");
    }

    #[test]
    fn the_projects_lock_wins_and_must_fit() {
        let place = Place::new(Some("5.100.0"), &["5.100.0", "6.4.0"]);
        assert_eq!(place.find("~> 6.4", Some("6.4.0"), true), Ok(Selection::Project(version("6.4.0"))));
        let error = place.find("~> 6.4", Some("5.100.0"), true).unwrap_err();
        assert!(error.contains("5.100.0, but the stack needs `~> 6.4`\nhint: "), "{error}");
        let error = place.find("~> 6.4", Some("6.9.0"), true).unwrap_err();
        assert!(error.contains("6.9.0, which is not in `"), "{error}");
    }

    #[test]
    fn a_lock_of_opentofu_chooses_nothing_for_terraform() {
        let place = Place::new(None, &["5.100.0", "6.4.0"]);
        let lock = lock("5.100.0").replace("registry.terraform.io", "registry.opentofu.org");
        fs::write(place.work.path().join(LOCK_FILE), &lock).unwrap();
        let mut configuration = Configuration::default();
        configuration.lock = Some(lock);
        let needed = Requirement { source: "hashicorp/aws".into(), version: String::new() };
        let mirror = Mirror::at("rc", place.mirror.path());
        let find =
            |registry| Selection::find(Some(&mirror), registry, &configuration, &needed, place.work.path()).unwrap();
        let found = Some(version("6.4.0"));
        assert_eq!(find("registry.terraform.io"), Selection::Open { found, instead: None });
        assert_eq!(find("registry.opentofu.org"), Selection::Project(version("5.100.0")));
    }

    #[test]
    fn a_mirror_without_a_version_that_fits_is_told_before_init_fails() {
        let place = Place::new(None, &["5.99.0", "5.100.0"]);
        let error = place.find(">= 6.4, < 7", None, true).unwrap_err();
        assert!(
            error.contains("which has 5.100.0, 5.99.0\nhint: put one") && error.contains("`direct {}` in `rc`"),
            "{error}"
        );
        assert_eq!(place.find(">= 6.4, < 7", None, false), Ok(Selection::Open { found: None, instead: None }));
    }
}
