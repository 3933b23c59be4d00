//! Images of a closure, from a store in a temporary directory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use oci::{
    ClosureSpec, Compression, Digest, Execution, FileKind, Image, Layout, Platform, StorePath, build_closure, contents,
    unpack_foreign,
};

use crate::fixture::Fixture;

/// A program `web` that needs `python`, which needs `libc`; `docs`, which nobody needs.
struct Store {
    fixture: Fixture,
    spec: ClosureSpec,
}

impl Store {
    fn new() -> Self {
        let fixture = Fixture::new();
        let at = |name: &str| fixture.path("store").join(name);
        let write = |path: PathBuf, text: &str, mode: u32| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        write(at("web/bin/web"), "#!/bin/python\n", 0o700);
        write(at("web/share/page"), "one", 0o600);
        write(at("python/bin/python"), "python", 0o777);
        // Longer than a header of ustar has room for.
        write(at("python/lib").join("long".repeat(50)).join("name".repeat(40)), "long", 0o644);
        symlink(at("libc/lib/libc.so"), at("python/lib/libc.so")).unwrap();
        symlink(at("libc/lib").join("x".repeat(150)), at("python/lib/far")).unwrap();
        write(at("libc/lib/libc.so"), "libc", 0o644);
        write(at("docs"), "a file by itself", 0o644);
        let path = |name: &str, references: &[&str]| StorePath {
            path: at(name),
            references: references.iter().map(|name| at(name)).collect(),
            nar_size: 1,
        };
        let closure =
            vec![path("web", &["python", "web"]), path("python", &["libc"]), path("libc", &[]), path("docs", &[])];
        let execution = Execution {
            user: "65532:65532".to_owned(),
            entrypoint: vec!["web".to_owned()],
            env: vec!["PATH=/usr/bin:/bin".to_owned()],
            ..Execution::default()
        };
        let spec = ClosureSpec {
            created: None,
            closure,
            contents: vec![at("web"), at("python")],
            files: BTreeMap::from([("/srv/docs".to_owned(), at("docs"))]),
            ca_bundle: fixture.spec.ca_bundle.clone(),
            platform: Platform::LINUX_AMD64,
            execution,
            layers: 64,
            compression: Compression::Zstd,
            annotations: BTreeMap::new(),
        };
        Self { fixture, spec }
    }

    fn build(&self, out: &str) -> Image {
        build_closure(&self.spec, &self.fixture.path(out)).unwrap()
    }

    fn layout(&self, out: &str) -> Layout {
        Layout::open(&self.fixture.path(out)).unwrap()
    }

    fn layers(&self, out: &str) -> BTreeSet<Digest> {
        self.layout(out).manifest().layers.iter().map(|layer| layer.digest).collect()
    }
}

#[test]
fn the_same_closure_is_the_same_image_whatever_its_files_look_like_here() {
    let mut store = Store::new();
    let first = store.build("one");
    // What a store does not keep: times, and more than whether a file may be executed.
    let page = store.fixture.path("store/web/share/page");
    fs::set_permissions(&page, fs::Permissions::from_mode(0o644)).unwrap();
    store.spec.closure.reverse();
    assert_eq!(store.build("two"), first);
}

#[test]
fn every_path_is_in_one_layer_and_the_image_unpacks_to_the_store() {
    let mut store = Store::new();
    let prefix = store.fixture.path("store").display().to_string();
    for layers in [64, 4] {
        store.spec.layers = layers;
        store.build("image");
        let layout = store.layout("image");
        assert!(layout.manifest().layers.len() <= layers);
        let mut seen = BTreeMap::new();
        for layer in contents(&layout).unwrap() {
            for file in layer.files.iter().filter(|file| file.kind != FileKind::Directory) {
                assert_eq!(seen.insert(file.path.clone(), layer.digest), None, "{}", file.path);
            }
        }
        for name in ["web/bin/web", "python/lib/libc.so", "libc/lib/libc.so", "docs"] {
            assert!(seen.contains_key(format!("{prefix}/{name}").trim_start_matches('/')), "{name}: {seen:?}");
        }
        let root = store.fixture.path(&format!("root-{layers}"));
        unpack_foreign(&layout, &root, false).unwrap();
        let inside = |path: &str| root.join(path.trim_start_matches('/'));
        assert_eq!(fs::read_link(inside("bin/web")).unwrap(), Path::new(&format!("{prefix}/web/bin/web")));
        let long = format!("{prefix}/python/lib/{}/{}", "long".repeat(50), "name".repeat(40));
        assert_eq!(fs::read_to_string(inside(&long)).unwrap(), "long");
        let far = fs::read_link(inside(&format!("{prefix}/python/lib/far"))).unwrap();
        assert_eq!(far, Path::new(&format!("{prefix}/libc/lib/{}", "x".repeat(150))));
        assert_eq!(fs::read_to_string(inside("srv/docs")).unwrap(), "a file by itself");
        let mode = |path: &str| fs::metadata(inside(path)).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&format!("{prefix}/web/bin/web")), 0o555);
        assert_eq!(mode(&format!("{prefix}/web/share/page")), 0o444);
        let config = &layout.config().config;
        assert_eq!(config.env, ["PATH=/usr/bin:/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"]);
        assert_eq!(layout.config().history.len(), layout.manifest().layers.len());
    }
}

#[test]
fn one_changed_file_changes_one_layer() {
    let store = Store::new();
    store.build("one");
    fs::write(store.fixture.path("store/web/share/page"), "two").unwrap();
    store.build("two");
    let (one, two) = (store.layers("one"), store.layers("two"));
    assert_eq!((one.len(), two.difference(&one).count()), (6, 1));
    // The base layer is that of every image.
    let base = store.fixture.layout().manifest().layers[0].digest;
    assert!(one.contains(&base));
}
