//! Layouts that were changed at random, and whose digests are right all the same: no reader panics, and none takes long.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use oci::{Digest, Layout, Tree, contents, dependencies, difference, media_type, unpack, verify};
use serde_json::{Value, json};
use testing::Chance;

use crate::{
    fixture::{AMD64, program},
    forged::{self, DIRECTORY, Entry, FILE, HARDLINK, SYMLINK},
};

const LAYOUTS: u64 = 250;

/// What one layout may take, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// A layout of which one part is mutated.
fn mutated(dir: &Path, chance: &mut Chance) {
    let victim = chance.below(5);
    let mut part = |number: usize, bytes: Vec<u8>| if number == victim { chance.mutate(&bytes) } else { bytes };
    let elf = program(AMD64, b"mutated");
    let tar = forged::tar(&[
        Entry { path: "bin/app", mode: 0o755, content: &elf, ..FILE },
        Entry { path: "d/", ..DIRECTORY },
        Entry { path: "l", link: "d", ..SYMLINK },
        Entry { path: "again", mode: 0o755, link: "bin/app", ..HARDLINK },
    ]);
    let tar = part(0, tar);
    let blob = part(1, zstd::encode_all(&tar[..], 1).unwrap());
    let config = json!({
        "architecture": "amd64", "os": "linux",
        "config": { "User": "1:1", "Env": ["A=1"], "Entrypoint": ["/bin/app"], "Cmd": null },
        "rootfs": { "type": "layers", "diff_ids": [Digest::of(&tar)] },
        "history": [{ "created_by": "mutated" }],
    });
    let config = forged::put(dir, media_type::CONFIG, &part(2, config.to_string().into_bytes()));
    let layer = forged::put(dir, media_type::LAYER_ZSTD, &blob);
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": media_type::MANIFEST, "config": config, "layers": [layer] });
    let manifest = forged::put(dir, media_type::MANIFEST, &part(3, manifest.to_string().into_bytes()));
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    fs::write(dir.join("index.json"), part(4, index.to_string().into_bytes())).unwrap();
    fs::write(dir.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

#[test]
fn no_reader_panics_or_takes_long() {
    let whole = tempfile::tempdir().unwrap();
    let execution: Value = json!({ "User": "1:1" });
    let whole = Layout::open(&forged::configured_layout(whole.path(), &[], &[], &execution)).unwrap();
    let mut verified = 0;
    for seed in 0..LAYOUTS {
        let dir = tempfile::tempdir().unwrap();
        let image = dir.path().join("image");
        println!("seed {seed}");
        mutated(&image, &mut Chance::new(seed));
        let begin = Instant::now();
        let accepted = verify(&image).is_ok();
        let _ = Tree::open(&image).map(|tree| tree.size());
        let read = Layout::open(&image).ok().filter(|layout| {
            let _ = (dependencies(layout), difference(&whole, layout).is_ok());
            contents(layout).is_ok() & unpack(layout, &dir.path().join("root")).is_ok()
        });
        assert!(read.is_some() || !accepted, "what verifies can be read");
        assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
        verified += u32::from(accepted);
    }
    assert!(verified > 0, "some changes change nothing");
}
