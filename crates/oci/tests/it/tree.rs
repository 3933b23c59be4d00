//! Layouts of several platforms, and of images that other tools made.

use std::{
    fs,
    path::{Path, PathBuf},
};

use oci::{Digest, Tree, media_type};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A layout in the making, without anything that only Driftless writes.
struct Foreign {
    dir: TempDir,
}

impl Foreign {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        oci::create_blobs(dir.path()).unwrap();
        fs::write(dir.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        Self { dir }
    }

    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(bytes);
        fs::write(self.path(&digest), bytes).unwrap();
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    }

    fn json(&self, media_type: &str, document: &Value) -> Value {
        self.blob(media_type, document.to_string().as_bytes())
    }

    /// An image of a config and two layers, the lower one of which all images share.
    fn image(&self, name: &str) -> Value {
        let config = self.json("application/vnd.example.config.v1+json", &json!({ "name": name }));
        let layers = [
            self.blob("application/vnd.docker.image.rootfs.diff.tar.gzip", b"a layer that is shared"),
            self.blob("application/vnd.example.layer", name.as_bytes()),
        ];
        let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers });
        self.json(media_type::DOCKER_MANIFEST, &manifest)
    }

    fn index(&self, manifests: &[Value]) -> Value {
        self.json(media_type::INDEX, &json!({ "schemaVersion": 2, "manifests": manifests }))
    }

    /// Makes `manifests` what the layout holds.
    fn holds(&self, manifests: &[Value]) -> Result<Tree, String> {
        let index = json!({ "schemaVersion": 2, "manifests": manifests });
        fs::write(self.dir.path().join("index.json"), index.to_string()).unwrap();
        self.open()
    }

    fn open(&self) -> Result<Tree, String> {
        Tree::open(self.dir.path()).map_err(|error| {
            hint::ErrorReport::of(&error.into()).to_string().replace(self.dir.path().to_str().unwrap(), "DIR")
        })
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        oci::blob_path(self.dir.path(), digest)
    }
}

fn on(mut manifest: Value, architecture: &str) -> Value {
    manifest["platform"] = json!({ "os": "linux", "architecture": architecture, "variant": "v9" });
    manifest
}

fn digest(descriptor: &Value) -> Digest {
    serde_json::from_value(descriptor["digest"].clone()).unwrap()
}

#[test]
fn children_come_before_the_indexes_that_refer_to_them() {
    let foreign = Foreign::new();
    let (one, two) = (foreign.image("s390x"), foreign.image("riscv64"));
    let index = foreign.index(&[on(one.clone(), "s390x"), on(two.clone(), "riscv64")]);
    let tree = foreign.holds(std::slice::from_ref(&index)).unwrap();
    let order: Vec<_> = tree.manifests().iter().map(|manifest| manifest.digest).collect();
    assert_eq!(order, [&one, &two, &index].map(digest));
    assert_eq!(tree.root().digest, digest(&index));
    let named: Vec<_> = tree.root().parts().unwrap().manifests;
    let named: Vec<_> = named.iter().filter_map(|child| Some(child.platform.as_ref()?.to_string())).collect();
    assert_eq!(named, ["linux/s390x", "linux/riscv64"]);
}

#[test]
fn a_blob_of_several_images_is_there_once_and_the_largest_is_the_first() {
    let foreign = Foreign::new();
    let index = foreign.index(&[on(foreign.image("s390x"), "s390x"), on(foreign.image("riscv64"), "riscv64")]);
    let tree = foreign.holds(&[index]).unwrap();
    // Two configs, two layers, and the shared one.
    assert_eq!(tree.blobs().len(), 5);
    assert!(tree.blobs().is_sorted_by(|left, right| left.size >= right.size));
    assert_eq!(tree.size(), files(&foreign.dir.path().join("blobs/sha256")));
}

#[test]
fn an_index_may_repeat_itself_but_not_go_on_for_ever() {
    let foreign = Foreign::new();
    let image = foreign.image("repeated");
    let often = foreign.index(&vec![image; 250]);
    assert_eq!(foreign.holds(&[often]).unwrap().manifests().len(), 2);
    let many: Vec<_> =
        (0..1000).map(|at| foreign.json(media_type::MANIFEST, &json!({ "schemaVersion": 2, "at": at }))).collect();
    let many = foreign.index(&many);
    assert!(foreign.holds(&[many]).unwrap_err().contains("more than 1000 manifests and indexes"));
    let large = |at: usize| {
        let filler = "x".repeat(4 << 20 >> 1);
        foreign.json(media_type::MANIFEST, &json!({ "schemaVersion": 2, "at": at, "filler": filler }))
    };
    let large: Vec<_> = (0..9).map(large).collect();
    let large = foreign.index(&large);
    assert!(foreign.holds(&[large]).unwrap_err().contains("are more than 16777216 bytes"));
}

#[test]
fn neither_a_pipe_nor_a_device_is_read_in_the_place_of_a_file() {
    let foreign = Foreign::new();
    foreign.holds(&[foreign.image("replaced")]).unwrap();
    for name in ["index.json", "oci-layout"] {
        let path = foreign.dir.path().join(name);
        let kept = fs::read(&path).unwrap();
        for replace in [pipe, zeros] {
            fs::remove_file(&path).unwrap();
            replace(&path);
            let said = foreign.open().unwrap_err();
            assert!(said.contains(&format!("`DIR/{name}` is not a regular file")), "{said}");
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, kept).unwrap();
    }
    let layer = foreign.path(&Digest::of(b"replaced"));
    fs::remove_file(&layer).unwrap();
    pipe(&layer);
    assert!(foreign.open().unwrap_err().contains("is not a regular file"));
}

/// Makes a pipe that nobody ever writes to.
fn pipe(path: &Path) {
    let (fifo, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
    rustix::fs::mknodat(rustix::fs::CWD, path, fifo, mode, 0).unwrap();
}

/// Makes a link to what has no end.
fn zeros(path: &Path) {
    std::os::unix::fs::symlink("/dev/zero", path).unwrap();
}

fn files(dir: &Path) -> u64 {
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn several_manifests_are_one_image_if_each_names_its_platform() {
    let foreign = Foreign::new();
    let (one, two) = (foreign.image("s390x"), foreign.image("riscv64"));
    let tree = foreign.holds(&[on(one.clone(), "s390x"), on(two.clone(), "riscv64")]).unwrap();
    assert_eq!(tree.root().bytes, fs::read(foreign.dir.path().join("index.json")).unwrap());
    assert_eq!((tree.manifests().len(), &*tree.root().media_type), (3, media_type::INDEX));
    assert!(foreign.holds(&[on(one, "s390x"), two]).unwrap_err().contains("names 2 images"));
}

#[test]
fn says_what_is_wrong_with_a_layout() {
    let mut problems = Vec::new();
    let mut tried = |what: &str, result: Result<Tree, String>| {
        problems.push(format!("# {what}\n{}", result.unwrap_err()));
    };
    let foreign = Foreign::new();
    tried("no manifest", foreign.holds(&[]));
    tried("a layer for a manifest", foreign.holds(&[foreign.blob("application/vnd.example.layer", b"layer")]));
    tried("not JSON", foreign.holds(&[foreign.blob(media_type::MANIFEST, b"manifest")]));
    let first = json!({ "schemaVersion": 1 });
    tried("an old version", foreign.holds(&[foreign.json(media_type::DOCKER_MANIFEST, &first)]));
    let deep = (0..4).fold(foreign.image("deep"), |child, _| foreign.index(&[child]));
    tried("indexes in indexes", foreign.holds(&[deep]));

    let image = foreign.image("damaged");
    let mut longer = image.clone();
    longer["size"] = 1.into();
    tried("another size", foreign.holds(&[longer]));
    foreign.holds(std::slice::from_ref(&image)).unwrap();
    let layer = foreign.path(&Digest::of(b"damaged"));
    fs::write(&layer, "damaged a bit").unwrap();
    tried("a layer of another size", foreign.open());
    fs::remove_file(&layer).unwrap();
    tried("a layer that is missing", foreign.open());
    fs::create_dir(&layer).unwrap();
    tried("a layer that is a directory", foreign.open());
    let path = foreign.path(&digest(&image));
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("damaged", "DAMAGED").replace('2', "3")).unwrap();
    tried("a manifest that was changed", foreign.open());
    fs::write(foreign.dir.path().join("oci-layout"), r#"{"imageLayoutVersion":"2.0.0"}"#).unwrap();
    tried("another version of layouts", foreign.open());
    fs::remove_file(foreign.dir.path().join("oci-layout")).unwrap();
    tried("no layout", foreign.open());
    insta::assert_snapshot!(problems.join("\n\n"));
}
