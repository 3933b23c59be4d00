//! Unpacking images, honest and hostile.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use oci::{Layout, unpack};
use tar::EntryType;

use crate::{
    fixture::{Fixture, tree},
    forged::{self, DIRECTORY, Entry, FILE, HARDLINK, SYMLINK},
};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn an_image_unpacks_with_its_modes_and_content() {
    let fixture = Fixture::new();
    let root = fixture.path("root");
    unpack(&fixture.layout(), &root).unwrap();
    assert_eq!(fs::read(root.join("bin/app")).unwrap(), fs::read(&fixture.spec.binary).unwrap());
    assert_eq!(mode(&root.join("bin/app")), 0o555);
    assert_eq!(mode(&root.join("tmp")), 0o1777);
    assert_eq!(mode(&root.join("etc/passwd")), 0o644);
    assert!(fs::read_to_string(root.join("etc/passwd")).unwrap().contains("nonroot:x:65532:65532:"));
    insta::assert_debug_snapshot!(tree(&root).into_keys().collect::<Vec<_>>());
}

#[test]
fn a_directory_that_holds_something_is_left_alone() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.path("root")).unwrap();
    fs::write(fixture.path("root/mine"), "").unwrap();
    let error = unpack(&fixture.layout(), &fixture.path("root")).unwrap_err();
    insta::assert_snapshot!(fixture.shorten(&hint::ErrorReport::of(&error.into()).to_string()), @r"
    `root` exists
    hint: choose a new or empty directory
    ");
    assert_eq!(tree(&fixture.path("root")).into_keys().collect::<Vec<_>>(), ["mine"]);
}

#[test]
fn layers_are_laid_over_each_other_and_links_inside_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let lower = forged::tar(&[
        Entry { path: "a/", mode: 0o755, ..DIRECTORY },
        Entry { path: "a/file", content: b"old", ..FILE },
        Entry { path: "a/link", link: "file", ..SYMLINK },
        Entry { path: "a/up", link: "../a/file", ..SYMLINK },
        Entry { path: "same", link: "a/file", ..HARDLINK },
    ]);
    let upper = forged::tar(&[
        Entry { path: "a/", mode: 0o555, ..DIRECTORY },
        Entry { path: "a/file", content: b"new", mode: 0o600, ..FILE },
        Entry { path: "implied/file", ..FILE },
    ]);
    let root = dir.path().join("root");
    unpack(&Layout::open(&forged::layout(dir.path(), &[lower, upper])).unwrap(), &root).unwrap();
    assert_eq!(fs::read(root.join("a/link")).unwrap(), b"new");
    assert_eq!(fs::read(root.join("a/up")).unwrap(), b"new");
    assert_eq!(fs::read(root.join("same")).unwrap(), b"old");
    assert_eq!((mode(&root.join("a")), mode(&root.join("a/file"))), (0o555, 0o600));
    fs::set_permissions(root.join("a"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn hostile_layers_are_refused_and_leave_nothing() {
    let cases: Vec<Vec<Entry<'_>>> = vec![
        vec![Entry { path: "../evil", ..FILE }],
        vec![Entry { path: "/evil", ..FILE }],
        vec![Entry { path: "a/../../evil", ..FILE }],
        vec![Entry { path: "link", link: "/", ..SYMLINK }],
        vec![Entry { path: "link", link: "..", ..SYMLINK }],
        vec![
            Entry { path: "d/", ..DIRECTORY },
            Entry { path: "l", link: "d", ..SYMLINK },
            Entry { path: "l/x", ..FILE },
        ],
        vec![
            Entry { path: "d/", ..DIRECTORY },
            Entry { path: "l", link: "d", ..SYMLINK },
            Entry { path: "l/", ..DIRECTORY },
        ],
        vec![Entry { path: "x", link: "../evil", ..HARDLINK }],
        vec![Entry { path: "x", link: "nothing", ..HARDLINK }],
        vec![Entry { path: "l", link: "f", ..SYMLINK }, Entry { path: "x", link: "l", ..HARDLINK }],
        vec![Entry { path: "f", ..FILE }, Entry { path: "f/x", ..FILE }],
        vec![Entry { path: "d/", ..DIRECTORY }, Entry { path: "d", ..FILE }],
        vec![Entry { path: "null", kind: EntryType::Char, content: b"", ..FILE }],
        vec![Entry { path: "pipe", kind: EntryType::Fifo, content: b"", ..FILE }],
        vec![Entry { path: "su", mode: 0o4755, ..FILE }],
        vec![Entry { path: ".wh.file", ..FILE }],
        vec![Entry { path: "PaxHeaders/x", kind: EntryType::XHeader, content: b"16 path=../evil\n", ..FILE }],
        vec![Entry { path: "././@LongLink", kind: EntryType::GNULongName, content: b"../evil\0", ..FILE }],
    ];
    let refusals: Vec<_> = cases
        .iter()
        .map(|entries| {
            let dir = tempfile::tempdir().unwrap();
            let forged = forged::layout(dir.path(), &[forged::tar(entries)]);
            let before = tree(dir.path());
            let layout = Layout::open(&forged).unwrap();
            let error = unpack(&layout, &dir.path().join("root")).unwrap_err();
            assert_eq!(tree(dir.path()), before);
            let text = std::error::Error::source(&error)
                .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
            text.replace(&layout.manifest().layers[0].digest.to_string(), "LAYER")
        })
        .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_layer_that_is_not_what_the_config_says_leaves_nothing() {
    let fixture = Fixture::new();
    let layout = fixture.layout();
    let path = layout.blob_path(&layout.manifest().layers[1].digest);
    let mut blob = fs::read(&path).unwrap();
    *blob.last_mut().unwrap() ^= 1;
    fs::write(&path, blob).unwrap();
    unpack(&layout, &fixture.path("root")).unwrap_err();
    assert!(!fixture.path("root").exists());
}
