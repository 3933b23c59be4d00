//! Packages as the lists have them.

/// A Rust package that a program was compiled from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// True if it comes from crates.io.
    pub(super) is_public: bool,
    /// True for the package of the program itself.
    pub(super) is_root: bool,
    /// True if only build scripts or macros use it.
    pub(super) is_build: bool,
    /// The packages that it uses, as positions in the list.
    pub(super) dependencies: Vec<usize>,
}

impl Package {
    /// Its package URL. <https://github.com/package-url/purl-spec>
    pub(super) fn url(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version.replace('+', "%2B"))
    }
}
