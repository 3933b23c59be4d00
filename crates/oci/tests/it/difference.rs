//! What became of an image in another one.

use std::{fs, path::Path};

use oci::{Compression, Difference, Layout, difference, layers_missing_in};
use serde_json::json;

use crate::{
    fixture::{AMD64, ARM64, Fixture, program},
    forged::{DIRECTORY, Entry, FILE, SYMLINK, configured_layout, layout, tar},
};

/// One line for each thing that differs.
fn told(difference: &Difference) -> String {
    let layer = |side: &Option<oci::LayerSide>| side.as_ref().map_or("none".to_owned(), |side| side.layer.to_string());
    let file = |side: &Option<oci::FileSide>| {
        side.as_ref().map_or("none".to_owned(), |side| {
            format!("{:?} {:04o} {} B in layer {}", side.file.kind, side.file.mode, side.file.size, side.layer)
        })
    };
    let settings = difference.settings.iter().map(|it| format!("{}: {:?} -> {:?}", it.setting, it.from, it.to));
    let layers = difference.layers.iter().map(|it| {
        let same = if it.is_same() { "same" } else { "other" };
        format!("layer {} -> {}: {same}", layer(&it.from), layer(&it.to))
    });
    let files = difference.files.iter().map(|it| format!("/{}: {} -> {}", it.path, file(&it.from), file(&it.to)));
    settings.chain(layers).chain(files).collect::<Vec<_>>().join("\n")
}

fn between(from: &Path, to: &Path) -> Difference {
    difference(&Layout::open(from).unwrap(), &Layout::open(to).unwrap()).unwrap()
}

/// Two layouts that were forged with these layers.
fn forged(from: &[Vec<u8>], to: &[Vec<u8>]) -> Difference {
    let dirs = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    between(&layout(dirs.0.path(), from), &layout(dirs.1.path(), to))
}

#[test]
fn an_image_does_not_differ_from_itself() {
    let fixture = Fixture::new();
    let layout = fixture.layout();
    let difference = difference(&layout, &layout).unwrap();
    assert_eq!(told(&difference), "layer 1 -> 1: same\nlayer 2 -> 2: same");
    assert_eq!(layers_missing_in(&layout, &layout), []);
}

#[test]
fn another_program_is_a_file_of_one_layer() {
    let mut fixture = Fixture::new();
    fixture.build("old");
    fs::write(&fixture.spec.binary, program(ARM64, b"a program of more than a very few words")).unwrap();
    fixture.spec.annotations.insert("org.opencontainers.image.title".to_owned(), "app".to_owned());
    fixture.build("new");
    insta::assert_snapshot!(told(&between(&fixture.path("old"), &fixture.path("new"))));
}

#[test]
fn settings_are_compared_by_name() {
    let old = json!({
        "User": "0:0", "Env": ["GONE=", "KEPT=a=b", "LEVEL=info", "PATH=/bin"], "Entrypoint": ["/bin/app", "serve all"]
    });
    let new = json!({
        "User": "65532:65532", "Env": ["PATH=/bin", "LEVEL=debug=1", "KEPT=a=b", "NEW=1"], "Entrypoint": ["/bin/app"],
        "Cmd": ["serve", "all"], "WorkingDir": "/tmp"
    });
    let dirs = [old, new].map(|execution| {
        let dir = tempfile::tempdir().unwrap();
        configured_layout(dir.path(), &[], &[], &execution);
        dir
    });
    let path = |at: usize| dirs[at].path().join("forged");
    insta::assert_snapshot!(told(&between(&path(0), &path(1))));
}

#[test]
fn content_that_differs_at_the_same_size_is_found() {
    let fixture = Fixture::new();
    fixture.build("old");
    fs::write(&fixture.spec.binary, program(AMD64, b"a program of very few WORDS")).unwrap();
    fixture.build("new");
    let difference = between(&fixture.path("old"), &fixture.path("new"));
    let [file] = &difference.files[..] else { panic!("{:?}", difference.files) };
    let (from, to) = (file.from.as_ref().unwrap(), file.to.as_ref().unwrap());
    assert_eq!((&*file.path, &from.file), ("bin/app", &to.file));
    assert_ne!(from.content, to.content);
}

#[test]
fn other_compression_is_another_layer_with_the_same_files() {
    let mut fixture = Fixture::new();
    fixture.build("old");
    fixture.spec.compression = Compression::Gzip;
    fixture.build("new");
    let (old, new) = (fixture.path("old"), fixture.path("new"));
    let difference = between(&old, &new);
    assert_eq!(told(&difference), "layer 1 -> 1: other\nlayer 2 -> 2: other");
    for layer in difference.layers {
        assert_eq!(layer.from.unwrap().diff_id, layer.to.unwrap().diff_id);
    }
    assert_eq!(layers_missing_in(&Layout::open(&old).unwrap(), &Layout::open(&new).unwrap()).len(), 2);
}

#[test]
fn files_come_go_and_change_their_mode_and_kind() {
    let old = tar(&[
        Entry { path: "etc/", ..DIRECTORY },
        Entry { path: "etc/gone", ..FILE },
        Entry { path: "etc/kept", ..FILE },
        Entry { path: "etc/link", ..FILE },
        Entry { path: "etc/secret", ..FILE },
    ]);
    let new = tar(&[
        Entry { path: "etc/", ..DIRECTORY },
        Entry { path: "etc/kept", ..FILE },
        Entry { path: "etc/link", link: "kept", ..SYMLINK },
        Entry { path: "etc/new", content: b"more content", ..FILE },
        Entry { path: "etc/secret", mode: 0o600, ..FILE },
    ]);
    insta::assert_snapshot!(told(&forged(&[old], &[new])));
}

#[test]
fn a_layer_may_be_added_removed_or_merged() {
    let [one, two] = ["one", "two"].map(|path| tar(&[Entry { path, ..FILE }]));
    let both = tar(&[Entry { path: "one", ..FILE }, Entry { path: "two", ..FILE }]);
    let separate = [one, two];
    let cases = [forged(&separate[..1], &separate), forged(&separate, &separate[1..]), forged(&separate, &[both])];
    insta::assert_snapshot!(cases.iter().map(told).collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn layers_that_both_have_need_not_be_there() {
    let fixture = Fixture::new();
    fixture.build("old");
    fs::write(&fixture.spec.binary, program(AMD64, b"another")).unwrap();
    fixture.build("new");
    for name in ["old", "new"] {
        let layout = Layout::open(&fixture.path(name)).unwrap();
        fs::remove_file(layout.blob_path(&layout.manifest().layers[0].digest)).unwrap();
    }
    let difference = between(&fixture.path("old"), &fixture.path("new"));
    assert_eq!(difference.files.len(), 1);
}

#[test]
fn a_damaged_layer_is_an_error() {
    let fixture = Fixture::new();
    fixture.build("old");
    fs::write(&fixture.spec.binary, program(AMD64, b"another")).unwrap();
    fixture.build("new");
    let new = Layout::open(&fixture.path("new")).unwrap();
    let layer = new.blob_path(&new.manifest().layers[1].digest);
    let mut bytes = fs::read(&layer).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&layer, bytes).unwrap();
    assert!(difference(&Layout::open(&fixture.path("old")).unwrap(), &new).is_err());
}
