//! Unpacking what other builders make, honest and hostile.

use std::{
    fs,
    io::Write,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use oci::{Digest, Layout, LeftOut, media_type, unpack_foreign};
use serde_json::json;
use tar::EntryType;

use crate::{
    fixture::tree,
    forged::{self, DIRECTORY, Entry, FILE, HARDLINK, SYMLINK},
};

fn unpacked(dir: &Path, layers: &[Vec<u8>]) -> Result<LeftOut, String> {
    let layout = Layout::open(&forged::layout(dir, layers)).unwrap();
    let unpacked = unpack_foreign(&layout, &dir.join("root"), false);
    unpacked.map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}: {cause}").replace(&layout.manifest().layers[0].digest.to_string(), "LAYER")
    })
}

fn names(dir: &Path) -> Vec<String> {
    tree(&dir.join("root")).into_keys().collect()
}

#[test]
fn whiteouts_remove_what_lower_layers_have_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let lower = forged::tar(&[
        Entry { path: "a/one", ..FILE },
        Entry { path: "a/two", ..FILE },
        Entry { path: "b/deep/er/file", ..FILE },
        Entry { path: "c/old", ..FILE },
        Entry { path: "c/kept/old", ..FILE },
    ]);
    let upper = forged::tar(&[
        Entry { path: "a/.wh.one", content: b"", ..FILE },
        Entry { path: "a/.wh.never", content: b"", ..FILE },
        Entry { path: "nowhere/.wh.x", content: b"", ..FILE },
        Entry { path: ".wh.b", content: b"", ..FILE },
        // In either order: it is of the lower layers alone.
        Entry { path: "c/kept/new", ..FILE },
        Entry { path: "c/.wh..wh..opq", content: b"", ..FILE },
        Entry { path: "c/new", ..FILE },
        Entry { path: ".wh..wh.plnk", content: b"", ..FILE },
    ]);
    unpacked(dir.path(), &[lower, upper]).unwrap();
    assert_eq!(names(dir.path()), ["a/", "a/two", "c/", "c/kept/", "c/kept/new", "c/new"]);
}

#[test]
fn a_layer_puts_any_kind_of_file_in_the_place_of_any_other() {
    let dir = tempfile::tempdir().unwrap();
    let lower = forged::tar(&[
        Entry { path: "file", ..FILE },
        Entry { path: "directory/with/more", ..FILE },
        Entry { path: "link", link: "directory", ..SYMLINK },
    ]);
    let upper = forged::tar(&[
        Entry { path: "file/", ..DIRECTORY },
        Entry { path: "directory", content: b"new", ..FILE },
        Entry { path: "link/", ..DIRECTORY },
        Entry { path: "link/x", ..FILE },
    ]);
    unpacked(dir.path(), &[lower, upper]).unwrap();
    assert_eq!(names(dir.path()), ["directory", "file/", "link/", "link/x"]);
}

/// As distributions have it: `/lib` is a link, and later layers write below it.
#[test]
fn what_is_below_a_link_is_where_the_link_leads_in_the_image() {
    let dir = tempfile::tempdir().unwrap();
    let archive = forged::tar(&[
        Entry { path: "usr/lib/", ..DIRECTORY },
        Entry { path: "lib", link: "usr/lib", ..SYMLINK },
        Entry { path: "lib64", link: "/usr/lib", ..SYMLINK },
        Entry { path: "lib/one", ..FILE },
        Entry { path: "lib64/sub/two", ..FILE },
        Entry { path: "three", link: "lib64/sub/two", ..HARDLINK },
    ]);
    unpacked(dir.path(), &[archive]).unwrap();
    let root = dir.path().join("root");
    assert_eq!(
        names(dir.path()),
        ["lib", "lib64", "three", "usr/", "usr/lib/", "usr/lib/one", "usr/lib/sub/", "usr/lib/sub/two"]
    );
    let number = |path: &str| fs::metadata(root.join(path)).unwrap().ino();
    assert_eq!(number("three"), number("usr/lib/sub/two"));
}

#[test]
fn nothing_is_written_outside_of_the_root() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("file"), "theirs").unwrap();
    let there = outside.path().to_str().unwrap();
    fs::set_permissions(outside.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(there.len() < 60);
    let in_it = |name: &str| format!("{there}/{name}");
    let (file, up) = (in_it("file"), format!("../../../../../../../../..{there}"));
    let cases: Vec<Vec<Entry<'_>>> = vec![
        vec![Entry { path: "l", link: there, ..SYMLINK }, Entry { path: "l/evil", ..FILE }],
        vec![Entry { path: "l", link: &up, ..SYMLINK }, Entry { path: "l/evil", ..FILE }],
        vec![Entry { path: "l", link: &file, ..SYMLINK }, Entry { path: "l", content: b"evil", ..FILE }],
        vec![Entry { path: "l", link: there, ..SYMLINK }, Entry { path: "l/.wh.file", content: b"", ..FILE }],
        vec![Entry { path: "l", link: there, ..SYMLINK }, Entry { path: "l/.wh..wh..opq", content: b"", ..FILE }],
        vec![Entry { path: "l", link: there, ..SYMLINK }, Entry { path: "l/", mode: 0o777, ..DIRECTORY }],
        vec![Entry { path: "x", link: &file, ..HARDLINK }],
        vec![Entry { path: "l", link: there, ..SYMLINK }, Entry { path: "x", link: "l/file", ..HARDLINK }],
        vec![
            Entry { path: "a/", ..DIRECTORY },
            Entry { path: "a/l", link: "/proc/self/root", ..SYMLINK },
            Entry { path: "a/l/evil", ..FILE },
        ],
        vec![Entry { path: "../evil", ..FILE }],
        vec![Entry { path: "a/../../evil", ..FILE }],
        vec![Entry { path: "x", link: "../evil", ..HARDLINK }],
        vec![Entry { path: &file, content: b"evil", ..FILE }],
        vec![
            Entry { path: "p", kind: EntryType::XHeader, content: b"17 path=../../evil\n", ..FILE },
            Entry { path: "x", ..FILE },
        ],
        vec![
            Entry { path: "p", kind: EntryType::GNULongName, content: b"../evil\0", ..FILE },
            Entry { path: "x", ..FILE },
        ],
    ];
    for entries in cases {
        let dir = tempfile::tempdir().unwrap();
        symlink(outside.path(), dir.path().join("evil-if-followed")).unwrap();
        let said = unpacked(dir.path(), &[forged::tar(&entries)]);
        let mode = fs::metadata(outside.path()).unwrap().permissions().mode() & 0o777;
        let found: Vec<_> = fs::read_dir(outside.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!((found, mode), (vec!["file".into()], 0o700), "{said:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "theirs", "{said:?}");
        assert!(!dir.path().join("evil").exists() && !Path::new("/evil").exists(), "{said:?}");
    }
}

#[test]
fn privileges_and_devices_are_dropped_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let archive = forged::tar(&[
        Entry { path: "bin/su", mode: 0o4755, ..FILE },
        Entry { path: "bin/wall", mode: 0o2755, ..FILE },
        Entry { path: "bin/ls", mode: 0o755, ..FILE },
        Entry { path: "tmp/", mode: 0o1777, ..DIRECTORY },
        Entry { path: "var/mail/", mode: 0o2775, ..DIRECTORY },
        Entry { path: "dev/null", kind: EntryType::Char, content: b"", ..FILE },
        Entry { path: "run/pipe", kind: EntryType::Fifo, content: b"", ..FILE },
    ]);
    let left_out = unpacked(dir.path(), &[archive]).unwrap();
    assert_eq!(left_out.privileges, ["bin/su", "bin/wall"]);
    assert_eq!(left_out.special, ["dev/null", "run/pipe"]);
    let mode = |path: &str| fs::metadata(dir.path().join("root").join(path)).unwrap().permissions().mode() & 0o7777;
    for (path, expected) in
        [("bin/su", 0o755), ("bin/wall", 0o755), ("bin/ls", 0o755), ("tmp", 0o1777), ("var/mail", 0o775)]
    {
        assert_eq!(mode(path), expected, "{path}");
    }
}

#[test]
fn names_and_targets_have_any_length_in_either_format() {
    let long = format!("{}/{}", "directory".repeat(20), "file".repeat(50));
    for gnu in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = if gnu { tar::Header::new_gnu() } else { tar::Header::new_ustar() };
        header.set_mode(0o644);
        header.set_size(7);
        let records = [("path", long.as_bytes()), ("SCHILY.xattr.user.x", b"y"), ("mtime", b"1.5")];
        if gnu {
            archive.append_data(&mut header, &long, &b"content"[..]).unwrap();
        } else {
            archive.append_pax_extensions(records).unwrap();
            header.set_path("short").unwrap();
            header.set_cksum();
            archive.append(&header, &b"content"[..]).unwrap();
        }
        header.set_size(0);
        header.set_entry_type(EntryType::Symlink);
        if gnu {
            archive.append_link(&mut header, "link", &long).unwrap();
        } else {
            archive.append_pax_extensions([("linkpath", long.as_bytes())]).unwrap();
            header.set_path("link").unwrap();
            header.set_cksum();
            archive.append(&header, &b""[..]).unwrap();
        }
        unpacked(dir.path(), &[archive.into_inner().unwrap()]).unwrap();
        assert_eq!(fs::read(dir.path().join("root/link")).unwrap(), b"content", "{gnu}");
    }
}

#[test]
fn layers_may_be_packed_in_any_way_and_be_docker_s() {
    let tar = forged::tar(&[Entry { path: "file", ..FILE }]);
    let gzip = || {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&tar).unwrap();
        gzip.finish().unwrap()
    };
    for (manifest, config, layer, blob) in [
        (media_type::MANIFEST, media_type::CONFIG, media_type::LAYER, tar.clone()),
        (media_type::MANIFEST, media_type::CONFIG, media_type::LAYER_GZIP, gzip()),
        (media_type::MANIFEST, media_type::CONFIG, media_type::LAYER_ZSTD, zstd::encode_all(&tar[..], 1).unwrap()),
        (media_type::DOCKER_MANIFEST, media_type::DOCKER_CONFIG, media_type::DOCKER_LAYER, gzip()),
    ] {
        let dir = tempfile::tempdir().unwrap();
        // The same layer twice, as builders have it that make an empty one for each step.
        let layer = forged::put(dir.path(), layer, &blob);
        let diff_id = Digest::of(&tar);
        let document = json!({ "architecture": "amd64", "os": "linux",
            "rootfs": { "type": "layers", "diff_ids": [diff_id, diff_id] } });
        let config = forged::put(dir.path(), config, document.to_string().as_bytes());
        let document = json!({ "schemaVersion": 2, "mediaType": manifest, "config": config, "layers": [layer, layer] });
        let manifest = forged::put(dir.path(), manifest, document.to_string().as_bytes());
        oci::write_index(dir.path(), serde_json::from_value(manifest).unwrap(), None).unwrap();
        let layout = Layout::open(dir.path()).unwrap();
        unpack_foreign(&layout, &dir.path().join("root"), false).unwrap();
        assert_eq!(names(dir.path()), ["file"]);
    }
}

#[test]
fn what_is_damaged_or_not_supported_leaves_nothing() {
    let cases: Vec<Vec<Entry<'_>>> = vec![
        vec![Entry { path: "x", link: "nothing", ..HARDLINK }],
        vec![Entry { path: "x", link: "/", ..HARDLINK }],
        vec![Entry { path: "sparse", kind: EntryType::GNUSparse, ..FILE }],
        vec![Entry { path: "p", kind: EntryType::XHeader, content: b"nonsense", ..FILE }],
        vec![Entry { path: "f", ..FILE }, Entry { path: "f/x", ..FILE }],
        vec![Entry { path: "l", link: "l", ..SYMLINK }, Entry { path: "l/x", ..FILE }],
        vec![Entry { path: "l", link: "gone", ..SYMLINK }, Entry { path: "l/x", ..FILE }],
    ];
    let said: Vec<_> = cases
        .iter()
        .map(|entries| {
            let dir = tempfile::tempdir().unwrap();
            let said = unpacked(dir.path(), &[forged::tar(entries)]).unwrap_err();
            let left: Vec<PathBuf> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert_eq!(left, [dir.path().join("forged")]);
            said
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn files_belong_to_whom_the_image_says_if_root_unpacks_it() {
    // The owner of the files of a test directory is who runs the test.
    let dir = tempfile::tempdir().unwrap();
    if fs::metadata(dir.path()).unwrap().uid() != 0 {
        testing::left_out("it needs root");
        return;
    }
    let archive = forged::tar(&[
        Entry { path: "home/", mode: 0o700, ..DIRECTORY },
        Entry { path: "home/file", mode: 0o600, ..FILE },
    ]);
    let layout = Layout::open(&forged::layout(dir.path(), &[archive])).unwrap();
    unpack_foreign(&layout, &dir.path().join("root"), true).unwrap();
    for path in ["root/home", "root/home/file"] {
        let found = fs::metadata(dir.path().join(path)).unwrap();
        assert_eq!((found.uid(), found.gid()), (1000, 1000), "{path}");
    }
}
