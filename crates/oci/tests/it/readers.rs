//! Layouts that two readers would read as two images: none of them verifies, and none is unpacked.

use std::{fs, path::Path, process::Command};

use oci::{Digest, Layout, MAX_LAYERS, media_type, unpack, verify};
use serde_json::{Value, json};
use tar::EntryType;

use crate::{
    fixture::{AMD64, program, tree},
    forged::{self, DIRECTORY, Entry, FILE, HARDLINK, SYMLINK},
};

/// What is said of the only layer in `archive`, under the program `bin/app`; nothing if it verifies.
fn said_of(archive: Vec<u8>) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let elf = program(AMD64, b"");
    let app = forged::tar(&[Entry { path: "bin/app", mode: 0o755, content: &elf, ..FILE }]);
    let tars = [app, archive];
    let blobs: Vec<_> = tars.iter().map(|tar| zstd::encode_all(&tar[..], 1).unwrap()).collect();
    let diff_ids: Vec<_> = tars.iter().map(|tar| Digest::of(tar)).collect();
    let execution = json!({ "User": "65532:65532", "Entrypoint": ["/bin/app"] });
    let layout = forged::configured_layout(dir.path(), &blobs, &diff_ids, &execution);
    let before = tree(dir.path());
    let unpacked = unpack(&Layout::open(&layout).unwrap(), &dir.path().join("root"));
    match verify(&layout) {
        Ok(_) => {
            unpacked.unwrap();
            Vec::new()
        }
        Err(mismatches) => {
            assert!(unpacked.is_err(), "unpacked in spite of {mismatches:?}");
            assert_eq!(tree(dir.path()), before);
            mismatches.into_iter().map(|mismatch| mismatch.problem).collect()
        }
    }
}

/// An archive of one file `app`, whose header was changed; its checksum is right.
fn with_header(change: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut archive = forged::tar(&[Entry { path: "app", ..FILE }]);
    change(&mut archive[..512]);
    archive[148..156].fill(b' ');
    let sum: u32 = archive[..512].iter().copied().map(u32::from).sum();
    archive[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive
}

fn put(header: &mut [u8], at: usize, bytes: &[u8]) {
    header[at..at + bytes.len()].copy_from_slice(bytes);
}

#[test]
fn an_archive_is_ustar_to_its_end() {
    assert_eq!(said_of(forged::tar(&[Entry { path: "app", ..FILE }])), [""; 0]);
    assert_eq!(said_of(with_header(|header| put(header, 345, b"lib"))), [""; 0], "ustar's own prefix");
    assert_eq!(said_of(with_header(|header| put(header, 257, b"ustar  \0"))), [""; 0], "GNU tar's, of a short name");
    let whole = || forged::tar(&[Entry { path: "app", ..FILE }]);
    let followed_by = |zeros: usize, more: &[u8]| {
        let mut archive = whole();
        archive.truncate(1024);
        archive.extend(vec![0; zeros]);
        archive.extend(more);
        archive
    };
    let second = &whole()[..1024];
    let end = "has a header with something after its end";
    let format = "has a header of another format than ustar";
    let after = "there is something after the end of the archive";
    // The first two are what umoci makes, and an old tar.
    for zeros in [0, 512, 1024, 10 << 10] {
        assert_eq!(said_of(followed_by(zeros, b"")), [""; 0], "{zeros}");
    }
    for (what, archive, says) in [
        ("GNU, with a prefix", with_header(|it| (put(it, 257, b"ustar  \0"), put(it, 345, b"bin")).1), end),
        ("v7, with a prefix", with_header(|it| (it[257..265].fill(0), put(it, 345, b"bin")).1), format),
        ("half of the magic", with_header(|it| put(it, 263, b"01")), format),
        ("star", with_header(|it| put(it, 508, b"tar\0")), end),
        ("a size of base 256", with_header(|it| put(it, 124, b"\x80\0\0\0\0\0\0\0\0\0\0\x07")), "unreadable size"),
        ("a signed size", with_header(|it| put(it, 124, b"+0000000007\0")), "unreadable size"),
        ("a size with an underscore", with_header(|it| put(it, 124, b"0000000_007\0")), "cannot be read"),
        ("a device of anything", with_header(|it| put(it, 329, b"nothing")), "unreadable device"),
        ("a directory of an old kind", with_header(|it| (put(it, 0, b"app/\0"), it[156] = 0).1), "older format"),
        ("a file with the name of a directory", with_header(|it| put(it, 0, b"app/\0")), "a path of a directory"),
        ("an entry after one block of zeros", followed_by(512, second), after),
        ("an entry after the end", followed_by(1024, second), after),
        ("bytes after the end", followed_by(1024, b"more"), after),
        ("half a block of zeros", followed_by(256, b""), "in the middle of a block"),
        ("a block of zeros and a half", followed_by(768, b""), "in the middle of a block"),
        (
            "a checksum of nothing",
            {
                let mut it = whole();
                it[0] = b'x';
                it
            },
            "the checksum of a header is wrong",
        ),
    ] {
        let said = said_of(archive);
        assert!(said.iter().any(|said| said.contains(says)), "{what}: {said:?}");
    }
}

#[test]
fn nothing_is_below_a_link_and_nothing_takes_the_place_of_another_kind() {
    let link = Entry { path: "l", link: "d", ..SYMLINK };
    let directory = Entry { path: "d/", ..DIRECTORY };
    let file = Entry { path: "f", ..FILE };
    for (entries, says) in [
        (vec![directory, link, Entry { path: "l/x", ..FILE }], "is below a symbolic link"),
        (vec![file, Entry { path: "f/x", ..FILE }], "is below something that is not a directory"),
        (vec![link, Entry { path: "l/", ..DIRECTORY }], "is a directory in the place of something else"),
        (vec![Entry { path: "d/x", ..FILE }, Entry { path: "d", ..FILE }], "takes the place of a directory"),
        (vec![Entry { path: "bin", link: "d", ..SYMLINK }], "takes the place of a directory"),
        (vec![Entry { path: "x", link: "nothing", ..HARDLINK }], "which is not a file in the image"),
        (vec![link, Entry { path: "x", link: "l", ..HARDLINK }], "which is not a file in the image"),
        (vec![file, Entry { path: "x", link: "f", mode: 0o755, ..HARDLINK }], "with another mode or owner"),
    ] {
        let said = said_of(forged::tar(&entries));
        assert!(said.iter().any(|said| said.contains(says)), "{says}: {said:?}");
    }
    let again = [file, Entry { path: "f", content: b"new", ..FILE }, Entry { path: "x", link: "f", ..HARDLINK }];
    assert_eq!(said_of(forged::tar(&again)), [""; 0]);
}

#[test]
fn what_the_system_covers_is_not_in_an_image() {
    for path in ["proc/self/exe", "dev/null", "sys/x", "./proc//x"] {
        let said = said_of(forged::tar(&[Entry { path, ..FILE }]));
        assert!(said.iter().any(|said| said.contains("which is the system's")), "{path}: {said:?}");
    }
    let said = said_of(forged::tar(&[Entry { path: "proc", link: "bin", ..SYMLINK }]));
    assert!(said.iter().any(|said| said.contains("which is the system's")), "{said:?}");
    // As in most images.
    let empty = ["proc/", "dev/", "sys/"].map(|path| Entry { path, ..DIRECTORY });
    assert_eq!(said_of(forged::tar(&empty)), [""; 0]);
}

/// A layout of the program, whose documents were changed as text.
fn documents(dir: &Path, execution: &Value, change: impl Fn(&str) -> String) -> std::path::PathBuf {
    let elf = program(AMD64, b"");
    let app = forged::tar(&[Entry { path: "bin/app", mode: 0o755, content: &elf, ..FILE }]);
    let blob = zstd::encode_all(&app[..], 1).unwrap();
    let layout = forged::configured_layout(dir, &[blob], &[Digest::of(&app)], execution);
    let opened = Layout::open(&layout).unwrap();
    let (manifest, config) = (opened.blob_path(&opened.digest()), opened.blob_path(&opened.manifest().config.digest));
    let text = |path: &Path| change(&fs::read_to_string(path).unwrap());
    let (old_manifest, new_config) = (opened.manifest_bytes(), text(&config));
    fs::remove_file(&config).unwrap();
    let descriptor = forged::put(&layout, media_type::CONFIG, new_config.as_bytes());
    let mut value: Value = serde_json::from_slice(old_manifest).unwrap();
    value["config"] = descriptor;
    let new_manifest = change(&value.to_string());
    fs::remove_file(&manifest).unwrap();
    let descriptor = forged::put(&layout, media_type::MANIFEST, new_manifest.as_bytes());
    let index = json!({ "schemaVersion": 2, "manifests": [descriptor] }).to_string();
    fs::write(layout.join("index.json"), change(&index)).unwrap();
    layout
}

fn execution(user: &str, entrypoint: &str) -> Value {
    json!({ "User": user, "Entrypoint": [entrypoint] })
}

#[test]
fn a_document_has_no_member_that_others_read_otherwise() {
    let good = execution("65532:65532", "/bin/app");
    let dir = tempfile::tempdir().unwrap();
    verify(&documents(dir.path(), &good, str::to_owned)).unwrap();
    for (from, to) in [
        (r#""User":"#, r#""user":"0:0","User":"#),
        (r#""User":"65532:65532""#, r#""User":"65532:65532","user":"0:0""#),
        (r#""User":"65532:65532""#, "\"User\":\"65532:65532\",\"U\u{17f}er\":\"0:0\""),
        (r#""User":"65532:65532""#, r#""User":"1:1","User":"65532:65532""#),
        (r#""Entrypoint":["/bin/app"]"#, r#""Entrypoint":["/bin/app"],"entrypoint":["/bin/evil"]"#),
        (r#""os":"linux""#, r#""os":"linux","Config":{}"#),
        (r#""layers":["#, r#""Layers":[],"layers":["#),
        (r#""layers":["#, r#""manifests":[],"layers":["#),
        (r#""layers":["#, r#""fsLayers":[],"layers":["#),
        (r#""manifests":["#, r#""Manifests":[],"manifests":["#),
        (r#""manifests":["#, r#""layers":[],"manifests":["#),
        (r#""digest":"#, r#""Digest":"","digest":"#),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let layout = documents(dir.path(), &good, |text| text.replacen(from, to, 1));
        assert!(verify(&layout).is_err(), "{to}");
    }
}

#[test]
fn an_image_runs_neither_as_root_nor_what_is_the_system_s() {
    let said = |execution: &Value| {
        let dir = tempfile::tempdir().unwrap();
        let said = verify(&documents(dir.path(), execution, str::to_owned)).err().unwrap_or_default();
        said.into_iter().map(|mismatch| mismatch.problem).collect::<Vec<_>>().join("; ")
    };
    for user in ["0:0", "0", "65532:0", "0:65532", "+0:1", "00:1", "4294967295:4294967295", "1:4294967295", "root"] {
        assert!(said(&execution(user, "/bin/app")).contains("without privileges"), "{user}");
    }
    for user in ["65532:65532", "nonroot", "1000", ""] {
        assert_eq!(said(&execution(user, "/bin/app")), "", "{user}");
    }
    for entrypoint in ["/proc/self/exe", "/dev/fd/3", "/sys/x"] {
        assert!(said(&execution("1:1", entrypoint)).contains("which is the system's"), "{entrypoint}");
    }
    assert!(said(&execution("1:1", "bin/app")).contains("is not an absolute path"));
    // As tools in Go write what is not set.
    let nothing = json!({ "User": "1:1", "Entrypoint": ["/bin/app"], "Env": null, "Cmd": null, "WorkingDir": "" });
    assert_eq!(said(&nothing), "");
}

#[test]
fn an_image_has_a_limited_number_of_layers_and_each_once() {
    let dir = tempfile::tempdir().unwrap();
    let empty = forged::tar(&[]);
    let layers: Vec<_> = (0..=MAX_LAYERS).map(|at| [empty.clone(), vec![0; 512 * at]].concat()).collect();
    let many = forged::layout(dir.path(), &layers);
    let said = verify(&many).unwrap_err();
    assert!(said.iter().any(|said| said.problem == "has 128 layers, the limit is 127"), "{said:?}");
    assert!(Layout::open(&many).unwrap_err().to_string().contains("has 128 layers, the limit is 127"));

    // Read once, though it is listed often.
    let dir = tempfile::tempdir().unwrap();
    let large = zstd::encode_all(&vec![0; 64 << 20][..], 1).unwrap();
    let often = forged::raw_layout(dir.path(), &vec![large; 100], &vec![Digest::of(&empty); 100]);
    let said = verify(&often).unwrap_err();
    assert_eq!(said.iter().filter(|said| said.problem == "is there twice").count(), 99);
}

#[test]
fn an_old_kind_of_file_is_not_taken_for_a_regular_one() {
    let archive = forged::tar(&[Entry { path: "app", kind: EntryType::new(b'7'), ..FILE }]);
    assert!(said_of(archive).iter().any(|said| said.contains("has the type `7`")));
}

#[test]
fn what_gnu_tar_makes_of_a_few_files_is_a_layer() {
    if testing::found(&["tar"]).is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("files/usr/share")).unwrap();
    fs::write(dir.path().join("files/usr/share/note"), "a note").unwrap();
    std::os::unix::fs::symlink("note", dir.path().join("files/usr/share/link")).unwrap();
    for format in ["gnu", "ustar"] {
        let mut tar = Command::new("tar");
        tar.args(["--format", format, "-C"]).arg(dir.path().join("files")).args(["-c", "."]);
        let output = tar.output().unwrap();
        assert!(output.status.success());
        assert_eq!(said_of(output.stdout), [""; 0], "{format}");
    }
}
