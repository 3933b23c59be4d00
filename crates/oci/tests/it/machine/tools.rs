//! What verifies is the same image to other people's tools: made-up layouts, read by them and by us.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use oci::{Compression, Descriptor, Digest, File, FileKind, Layout, contents, media_type, unpack, verify};
use serde_json::{Value, json};
use tar::EntryType;
use testing::Chance;

use crate::{
    fixture::{AMD64, Fixture, program},
    forged::{self, Entry},
};

/// Layouts that are made up.
const LAYOUTS: u64 = 80;

/// Of which this many have to verify, and as many not to, so that the test is one of both.
const ENOUGH: usize = 15;

/// A layout, mostly harmless: each part may be what it should not be.
fn make_up(dir: &Path, chance: &mut Chance) -> PathBuf {
    let elf = program(AMD64, b"made up");
    let layers: Vec<_> = (0..=chance.below(2)).map(|at| layer(at == 0, &elf, chance)).collect();
    let user = chance.mostly("1000:1000", &["65532:65532", "0:0", "0:1", "7:4294967295", "12:34"]);
    let entrypoint = chance.mostly("/bin/app", &["/usr/bin/tool", "/proc/self/exe", "bin/app", "/bin/alias"]);
    let mut execution = json!({ "User": user, "Entrypoint": [entrypoint], "Env": ["A=1", "PATH=/bin"] });
    if chance.one_in(3) {
        execution["Cmd"] = json!(["--serve"]);
    }
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": execution,
        "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|tar| Digest::of(tar)).collect::<Vec<_>>() },
        "history": vec![json!({ "created_by": "made up" }); layers.len()],
    });
    let config = forged::put(dir, media_type::CONFIG, respell(&config, chance).as_bytes());
    let layers: Vec<_> = layers.iter().map(|tar| forged::put(dir, media_type::LAYER_GZIP, &gzip(tar))).collect();
    let manifest = json!({ "schemaVersion": 2, "mediaType": media_type::MANIFEST, "config": config, "layers": layers });
    let manifest = forged::put(dir, media_type::MANIFEST, respell(&manifest, chance).as_bytes());
    let manifest: Descriptor = serde_json::from_value(manifest).unwrap();
    oci::write_index(dir, manifest, None).unwrap();
    dir.to_owned()
}

/// The document as text, in which now and then a member is there in another spelling or twice, with a value of its own.
fn respell(document: &Value, chance: &mut Chance) -> String {
    let text = document.to_string();
    let extra = [
        (r#""User":"#, r#""user":"0:0","User":"#),
        (r#""Env":"#, r#""env":["LD_PRELOAD=/x"],"Env":"#),
        (r#""Entrypoint":"#, r#""Entrypoint":["/bin/evil"],"Entrypoint":"#),
        (r#""os":"#, r#""OS":"plan9","os":"#),
        (r#""layers":"#, r#""Layers":[],"layers":"#),
        (r#""os":"#, r#""author":"me","os":"#),
        (r#""os":"#, r#""Made":"up","os":"#),
    ];
    let (from, to) = chance.of(&extra);
    if chance.one_in(3) { text.replacen(from, to, 1) } else { text }
}

fn layer(lowest: bool, elf: &[u8], chance: &mut Chance) -> Vec<u8> {
    const PATHS: [&str; 12] = [
        "etc/motd",
        "etc/",
        "bin/alias",
        "./usr/bin/tool",
        "usr/",
        "a//b",
        "l/x",
        "proc/",
        "dev/null",
        "d/",
        "d/e/f",
        "l",
    ];
    let file = |path, content| Entry { path, kind: EntryType::Regular, mode: 0o644, link: "", content };
    let mut entries = Vec::new();
    if lowest {
        entries.push(Entry { mode: 0o755, ..file("bin/app", elf) });
    }
    for _ in 0..chance.below(4) {
        let path = chance.of(&PATHS);
        let mut entry = file(path, b"made up");
        if path.ends_with('/') || chance.one_in(12) {
            entry = Entry { kind: EntryType::Directory, mode: chance.of(&[0o755, 0o700]), content: b"", ..entry };
        } else if path == "l" || chance.one_in(6) {
            entry =
                Entry { kind: EntryType::Symlink, link: chance.of(&["d", "etc", "bin", "."]), content: b"", ..entry };
        } else if chance.one_in(6) {
            let mode = chance.of(&[0o755, 0o644]);
            entry = Entry { kind: EntryType::Link, link: "bin/app", mode, content: b"", ..entry };
        }
        entries.push(entry);
    }
    let mut tar = forged::tar(&entries);
    if !entries.is_empty() && chance.one_in(6) {
        spoil(&mut tar, chance);
    }
    tar
}

/// Changes the first header, or the end.
fn spoil(tar: &mut Vec<u8>, chance: &mut Chance) {
    let other =
        forged::tar(&[Entry { path: "bin/late", kind: EntryType::Regular, mode: 0o755, link: "", content: b"late" }]);
    match chance.below(7) {
        0 => tar[257..265].copy_from_slice(b"ustar  \0"),
        1 => tar[257..265].fill(0),
        2 => tar[156] = chance.of(b"07gS"),
        3 => tar.extend(other),
        4 => {
            tar.truncate(tar.len() - 512);
            tar.extend(other);
        }
        5 => tar.truncate(tar.len() - 1024),
        _ => {}
    }
    if chance.one_in(2) {
        tar[345..348].copy_from_slice(b"opt");
    }
    tar[148..156].fill(b' ');
    let sum: u32 = tar[..512].iter().copied().map(u32::from).sum();
    tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut out).unwrap();
    out
}

/// Every path below `root`: a link's target, or a file's content and mode.
pub(super) fn files(root: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(root).unwrap().to_owned();
            if metadata.is_symlink() {
                found.insert(name, (0, fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()));
            } else if metadata.is_dir() {
                found.insert(name, (0, b"directory".to_vec()));
                pending.push(path);
            } else {
                found.insert(name, (metadata.permissions().mode() & 0o7777, fs::read(&path).unwrap()));
            }
        }
    }
    found
}

pub(super) fn ran(mut command: Command) -> Vec<u8> {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    stdout
}

/// What Python reads in the layers: path, kind, mode, size and target of every entry.
const PYTHON: &str = "
import json, posixpath, sys, tarfile
entries = []
for layer in sys.argv[1:]:
    for entry in tarfile.open(layer):
        path = posixpath.normpath(entry.name)
        entries.append([path, entry.type.decode(), entry.mode, entry.size, entry.linkname])
print(json.dumps(entries))
";

/// The same, as we read it.
fn entries(layout: &Layout) -> Value {
    let files = contents(layout).unwrap().into_iter().flat_map(|layer| layer.files);
    let entry = |file: File| {
        let (kind, target) = match file.kind {
            FileKind::File => ("0", String::new()),
            FileKind::Hardlink { target } => ("1", target),
            FileKind::Symlink { target } => ("2", target),
            FileKind::Directory => ("5", String::new()),
            FileKind::Special => panic!("{}", file.path),
        };
        json!([file.path, kind, file.mode, file.size, target])
    };
    files.map(entry).collect()
}

/// Holds what the tools see in `layout` against what we do.
fn agree(layout: &Path, dir: &Path) {
    let opened = Layout::open(layout).unwrap();
    let ours = &opened.config().config;

    let mut skopeo = Command::new("skopeo");
    skopeo.args(["--insecure-policy", "inspect", "--config"]).arg(format!("oci:{}:latest", layout.display()));
    let seen: Value = serde_json::from_slice(&ran(skopeo)).unwrap();
    let member = |name: &str| seen["config"].get(name).cloned().unwrap_or(Value::Null);
    assert_eq!(member("User"), ours.user.as_str());
    assert_eq!(member("Entrypoint"), json!(ours.entrypoint));
    assert_eq!(member("Env"), json!(ours.env));
    assert_eq!(member("Cmd"), if ours.cmd.is_empty() { Value::Null } else { json!(ours.cmd) });
    assert_eq!(seen["architecture"], "amd64");

    let mut python = Command::new("python3");
    python.args(["-c", PYTHON]).args(opened.manifest().layers.iter().map(|layer| opened.blob_path(&layer.digest)));
    assert_eq!(serde_json::from_slice::<Value>(&ran(python)).unwrap(), entries(&opened));

    let mut umoci = Command::new("umoci");
    let bundle = dir.join("bundle");
    umoci.args(["unpack", "--rootless", "--image"]).arg(format!("{}:latest", layout.display())).arg(&bundle);
    ran(umoci);
    let root = dir.join("root");
    unpack(&opened, &root).unwrap();
    assert_eq!(files(&bundle.join("rootfs")), files(&root));
    let runtime: Value = serde_json::from_slice(&fs::read(bundle.join("config.json")).unwrap()).unwrap();
    assert_eq!(runtime["process"]["args"], json!(ours.command().collect::<Vec<_>>()));
    let ids = ours.ids().unwrap();
    assert_eq!(runtime["process"]["user"]["uid"], ids.0);
    assert_eq!(runtime["process"]["user"]["gid"], ids.1);
}

#[test]
fn what_verifies_is_the_same_image_to_tools_in_go_and_python() {
    if testing::found(&["skopeo", "umoci", "python3"]).is_none() {
        return;
    }
    let (mut verified, mut refused) = (0, 0);
    for seed in 0..LAYOUTS {
        let dir = tempfile::tempdir().unwrap();
        let layout = make_up(&dir.path().join("image"), &mut Chance::new(seed));
        match verify(&layout) {
            Ok(_) => {
                println!("seed {seed}");
                agree(&layout, dir.path());
                verified += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(verified >= ENOUGH && refused >= ENOUGH, "{verified} verify, {refused} do not");
}

#[test]
fn what_umoci_and_skopeo_make_of_an_image_verifies() {
    if testing::found(&["skopeo", "umoci"]).is_none() {
        return;
    }
    let mut fixture = Fixture::new();
    fixture.spec.compression = Compression::Gzip;
    fixture.build("image");
    fs::create_dir_all(fixture.path("more/deeper")).unwrap();
    fs::write(fixture.path("more/deeper/file"), "more").unwrap();
    fs::hard_link(fixture.path("more/deeper/file"), fixture.path("more/deeper/same")).unwrap();
    std::os::unix::fs::symlink("file", fixture.path("more/deeper/link")).unwrap();
    let run = |program: &str, words: &str| {
        let mut command = Command::new(program);
        command.args(words.split(' ')).current_dir(fixture.dir.path());
        ran(command);
    };
    run("umoci", "insert --rootless --image image:latest more /srv");
    run("umoci", "gc --layout image");
    verify(&fixture.path("image")).unwrap();
    run("umoci", "unpack --rootless --image image:latest bundle");
    fs::write(fixture.path("bundle/rootfs/etc/motd"), "hello").unwrap();
    run("umoci", "repack --image image:latest bundle");
    run("umoci", "gc --layout image");
    verify(&fixture.path("image")).unwrap();
    run("skopeo", "--insecure-policy copy oci:image:latest docker-archive:archive.tar:image:latest");
    run("skopeo", "--insecure-policy copy docker-archive:archive.tar oci:back:latest");
    assert_eq!(verify(&fixture.path("back")).unwrap().layers, 4);
}
