//! Inputs of images, and the files of a layout.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use oci::{Compression, Image, ImageSpec, Layout, build_image};
use tempfile::TempDir;
pub(crate) use testing::{AMD64, ARM64, program};

/// A directory with a program and a CA bundle.
pub(crate) struct Fixture {
    pub(crate) dir: TempDir,
    pub(crate) spec: ImageSpec,
}

/// The outline of a certificate: SEQUENCE { SEQUENCE { NULL }, SEQUENCE {}, BIT STRING }.
const BUNDLE: &str = "-----BEGIN CERTIFICATE-----\nMAowAgUAMAADAgDv\n-----END CERTIFICATE-----\n";

impl Fixture {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (binary, ca_bundle) = (dir.path().join("app"), dir.path().join("ca.crt"));
        fs::write(&binary, program(AMD64, b"a program of very few words")).unwrap();
        fs::write(&ca_bundle, BUNDLE).unwrap();
        let (platform, compression) = (None, Compression::Zstd);
        let (files, annotations) = (BTreeMap::new(), BTreeMap::new());
        let spec = ImageSpec { created: None, binary, ca_bundle, platform, compression, files, annotations };
        Self { dir, spec }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn build(&self, out: &str) -> Image {
        build_image(&self.spec, &self.path(out)).unwrap()
    }

    /// Why the image cannot be built; nothing may be left of the attempt.
    pub(crate) fn refusal(&self) -> String {
        let before = tree(self.dir.path());
        let error = build_image(&self.spec, &self.path("out")).unwrap_err();
        assert_eq!(tree(self.dir.path()), before);
        self.shorten(&hint::ErrorReport::of(&error.into()).to_string())
    }

    /// The text without the directory's name, which differs from run to run.
    pub(crate) fn shorten(&self, text: &str) -> String {
        let dir = self.dir.path().display().to_string();
        text.replace(&format!("{dir}/"), "").replace(&dir, "DIRECTORY")
    }

    /// A layout in `image`, opened.
    pub(crate) fn layout(&self) -> Layout {
        self.build("image");
        Layout::open(&self.path("image")).unwrap()
    }
}

/// Every file below `dir` with its content; directories end in `/`.
pub(crate) fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![dir.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && !path.is_symlink() {
                found.insert(name + "/", Vec::new());
                pending.push(path);
            } else {
                found.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}
