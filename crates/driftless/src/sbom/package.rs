//! A package that a program was built of.

/// A package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// True if it comes from the public registry.
    pub(super) is_public: bool,
    /// True for the program itself.
    pub(super) is_root: bool,
    /// True if it ran during the build alone.
    pub(super) is_build: bool,
    /// Places in the list of the packages that it uses.
    pub(super) dependencies: Vec<usize>,
}

impl Package {
    /// Its name for every tool. <https://github.com/package-url/purl-spec>
    pub(super) fn url(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version.replace('+', "%2B"))
    }
}
