//! Verifying layouts that somebody tampered with.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::symlink,
    path::PathBuf,
};

use oci::{Digest, Layout, MAX_IMAGE, Verified, verify};
use serde_json::Value;

use crate::{
    fixture::{ARM64, Fixture, program},
    forged::{self, Entry, FILE},
};

/// A built image to tamper with.
struct Victim {
    fixture: Fixture,
    layout: Layout,
}

impl Victim {
    fn new() -> Self {
        let fixture = Fixture::new();
        let layout = fixture.layout();
        Self { fixture, layout }
    }

    fn dir(&self) -> PathBuf {
        self.fixture.path("image")
    }

    fn layer(&self, number: usize) -> PathBuf {
        self.layout.blob_path(&self.layout.manifest().layers[number].digest)
    }

    fn config(&self) -> PathBuf {
        self.layout.blob_path(&self.layout.manifest().config.digest)
    }

    /// Changes the JSON of the file at `path`, keeping its name.
    fn edit(path: &PathBuf, change: impl FnOnce(&mut Value)) {
        let mut json = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        change(&mut json);
        fs::write(path, json.to_string()).unwrap();
    }

    /// Changes manifest and config in step with all digests, so that only what they say is wrong.
    fn forge(&self, change: impl FnOnce(&mut Value, &mut Value)) {
        let dir = self.dir();
        let manifest_path = self.layout.blob_path(&self.layout.digest());
        let mut config: Value = serde_json::from_slice(&fs::read(self.config()).unwrap()).unwrap();
        let mut manifest: Value = serde_json::from_slice(&fs::read(&manifest_path).unwrap()).unwrap();
        fs::remove_file(self.config()).unwrap();
        fs::remove_file(manifest_path).unwrap();
        change(&mut manifest, &mut config);
        let media_type = manifest["config"]["mediaType"].as_str().unwrap().to_owned();
        manifest["config"] = forged::put(&dir, &media_type, config.to_string().as_bytes());
        let media_type = manifest["mediaType"].as_str().unwrap_or("none").to_owned();
        let mut descriptor = forged::put(&dir, &media_type, manifest.to_string().as_bytes());
        Self::edit(&dir.join("index.json"), |index| {
            descriptor["platform"] = index["manifests"][0]["platform"].clone();
            index["manifests"][0] = descriptor;
        });
    }

    /// All mismatches, with names in the place of digests.
    fn verdict(&self) -> String {
        let mismatches = verify(&self.dir()).unwrap_err();
        let mut text = mismatches.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let mut names = vec![(self.layout.digest(), "MANIFEST"), (self.layout.manifest().config.digest, "CONFIG")];
        names.extend(self.layout.manifest().layers.iter().map(|layer| layer.digest).zip(["BASE", "APP"]));
        names.extend(self.layout.config().rootfs.diff_ids.iter().copied().zip(["BASE-DIFF-ID", "APP-DIFF-ID"]));
        for (digest, name) in names {
            text = text.replace(&digest.hex(), name);
        }
        text
    }
}

/// Something that an attacker or a disk does to an image.
type Tamper<'a> = (&'a str, &'a dyn Fn(&Victim));

fn flip(path: &PathBuf, at: impl FnOnce(usize) -> usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = at(bytes.len());
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn truncate(path: &PathBuf) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn append(path: &PathBuf) {
    OpenOptions::new().append(true).open(path).unwrap().write_all(b"more").unwrap();
}

fn verdicts(cases: &[Tamper<'_>]) -> String {
    let verdict = |(name, tamper): &Tamper<'_>| {
        let victim = Victim::new();
        tamper(&victim);
        format!("# {name}\n{}", victim.verdict())
    };
    cases.iter().map(verdict).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn an_untouched_image_verifies() {
    let victim = Victim::new();
    let Verified { image, layers, .. } = verify(&victim.dir()).unwrap();
    assert_eq!((image.digest, image.size, layers), (victim.layout.digest(), victim.layout.size(), 2));
}

#[test]
fn damaged_blobs_are_found() {
    insta::assert_snapshot!(verdicts(&[
        ("a layer is truncated", &|it| truncate(&it.layer(1))),
        ("a layer is longer than its descriptor", &|it| append(&it.layer(1))),
        ("a layer is empty", &|it| fs::write(it.layer(0), "").unwrap()),
        ("the last byte of a layer is flipped", &|it| flip(&it.layer(1), |length| length - 1)),
        ("a layer is missing", &|it| fs::remove_file(it.layer(0)).unwrap()),
        ("a layer is a link", &|it| {
            fs::rename(it.layer(0), it.fixture.path("layer")).unwrap();
            symlink(it.fixture.path("layer"), it.layer(0)).unwrap();
        }),
        ("the config is truncated", &|it| truncate(&it.config())),
        ("the config is missing", &|it| fs::remove_file(it.config()).unwrap()),
        ("the manifest is missing", &|it| fs::remove_file(it.layout.blob_path(&it.layout.digest())).unwrap()),
        ("both layers are damaged, and the config", &|it| {
            append(&it.layer(0));
            append(&it.layer(1));
            Victim::edit(&it.config(), |config| config["os"] = "linux ".into());
        }),
    ]));
}

#[test]
fn damaged_marker_and_index_are_found() {
    let index = |it: &Victim| it.dir().join("index.json");
    insta::assert_snapshot!(verdicts(&[
        ("the directory is missing", &|it| fs::remove_dir_all(it.dir()).unwrap()),
        ("the marker is missing", &|it| fs::remove_file(it.dir().join("oci-layout")).unwrap()),
        ("the marker is of another version", &|it| {
            Victim::edit(&it.dir().join("oci-layout"), |marker| marker["imageLayoutVersion"] = "2.0.0".into());
        }),
        ("the index is missing", &|it| fs::remove_file(index(it)).unwrap()),
        ("the index is truncated", &|it| truncate(&index(it))),
        ("the index is a number", &|it| fs::write(index(it), "7").unwrap()),
        ("the index is empty", &|it| Victim::edit(&index(it), |index| index["manifests"] = Value::Array(vec![]))),
        ("the index names two manifests", &|it| {
            Victim::edit(&index(it), |index| {
                let first = index["manifests"][0].clone();
                index["manifests"].as_array_mut().unwrap().push(first);
            });
        }),
        ("a digest has the wrong length and the size is negative", &|it| {
            Victim::edit(&index(it), |index| {
                index["manifests"][0]["digest"] = "sha256:abc".into();
                index["manifests"][0]["size"] = (-1).into();
            });
        }),
        ("a digest climbs out of the layout", &|it| {
            Victim::edit(&index(it), |index| index["manifests"][0]["digest"] = "sha256:../../../etc/passwd".into());
        }),
        ("the size is wrong", &|it| Victim::edit(&index(it), |index| index["manifests"][0]["size"] = 7.into())),
        ("the platform is another", &|it| {
            Victim::edit(&index(it), |index| index["manifests"][0]["platform"]["architecture"] = "arm64".into());
        }),
    ]));
}

#[test]
fn contradictions_between_manifest_and_config_are_found() {
    insta::assert_snapshot!(verdicts(&[
        ("the diff ids are swapped", &|it| {
            it.forge(|_, config| config["rootfs"]["diff_ids"].as_array_mut().unwrap().swap(0, 1));
        }),
        ("a diff id is missing", &|it| {
            it.forge(|_, config| drop(config["rootfs"]["diff_ids"].as_array_mut().unwrap().pop()));
        }),
        ("the history is short", &|it| it.forge(|_, config| drop(config["history"].as_array_mut().unwrap().pop()))),
        ("the media types are unknown", &|it| {
            it.forge(|manifest, _| {
                manifest["layers"][1]["mediaType"] = "application/vnd.oci.image.layer.v1.tar+lzma".into();
                manifest["config"]["mediaType"] = "application/vnd.example.config".into();
                manifest["mediaType"] = "application/vnd.docker.distribution.manifest.v2+json".into();
            });
        }),
        ("the config is for another platform", &|it| it.forge(|_, config| config["architecture"] = "arm64".into())),
        ("the platform is unheard of", &|it| {
            it.forge(|_, config| {
                config["architecture"] = "s390x".into();
                config["os"] = "plan9".into();
            });
        }),
        ("the entrypoint is not there", &|it| {
            it.forge(|_, config| config["config"]["Entrypoint"][0] = "/bin/sh".into());
        }),
        ("the entrypoint is not executable", &|it| {
            it.forge(|_, config| config["config"]["Entrypoint"][0] = "/etc/passwd".into());
        }),
        ("there are no layers", &|it| {
            it.forge(|manifest, config| {
                manifest["layers"] = Value::Array(vec![]);
                config["rootfs"]["diff_ids"] = Value::Array(vec![]);
                config["history"] = Value::Array(vec![]);
            });
        }),
        ("everything in the manifest is wrong", &|it| {
            it.forge(|manifest, _| {
                manifest["schemaVersion"] = 1.into();
                manifest["layers"][0]["digest"] = "md5:d41d8cd98f00b204e9800998ecf8427e".into();
                manifest["layers"][1]["size"] = Value::Null;
            });
        }),
    ]));
}

#[test]
fn strays_are_found() {
    insta::assert_snapshot!(verdicts(&[("files that nothing refers to", &|it| {
        fs::write(it.dir().join("notes.txt"), "").unwrap();
        fs::create_dir(it.dir().join("blobs/sha512")).unwrap();
        fs::write(it.dir().join("blobs/sha256/part"), "").unwrap();
        fs::write(it.dir().join("blobs/sha256").join(Digest::of(b"").hex()), "").unwrap();
    })]));
}

#[test]
fn a_program_for_another_platform_than_the_image_is_found() {
    let victim = Victim::new();
    let other = Fixture::new();
    fs::write(&other.spec.binary, program(ARM64, b"another")).unwrap();
    let layout = other.layout();
    // The image of the other platform, called the first one's in every document.
    let mut config: Value =
        serde_json::from_slice(&fs::read(layout.blob_path(&layout.manifest().config.digest)).unwrap()).unwrap();
    config["architecture"] = "amd64".into();
    let app = &layout.manifest().layers[1];
    fs::copy(layout.blob_path(&app.digest), victim.dir().join("blobs/sha256").join(app.digest.hex())).unwrap();
    fs::remove_file(victim.layer(1)).unwrap();
    victim.forge(|manifest, forged| {
        *forged = config;
        manifest["layers"][1] = serde_json::to_value(app).unwrap();
    });
    assert!(
        victim.verdict().ends_with(
            "#/config/Entrypoint/0: is `/bin/app`, a program for `linux/arm64` in an image for `linux/amd64`"
        ),
        "{}",
        victim.verdict()
    );
}

#[test]
fn entries_that_lead_out_of_the_image_are_all_found() {
    let dir = tempfile::tempdir().unwrap();
    let many: Vec<_> = (0..150).map(|_| Entry { path: "../evil", ..FILE }).collect();
    let layout = forged::layout(dir.path(), &[forged::tar(&many)]);
    let mismatches = verify(&layout).unwrap_err();
    let problems: Vec<_> = mismatches.iter().map(|mismatch| &*mismatch.problem).collect();
    assert_eq!(problems.iter().filter(|problem| **problem == "entry `../evil` has `..` in its path").count(), 100);
    assert!(problems.contains(&"50 further entries are refused"), "{problems:?}");
}

#[test]
fn a_decompression_bomb_is_not_decompressed_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    // Frames one after another are one stream.
    let mebibytes =
        |count: u64| zstd::encode_all(&vec![0; 1 << 20][..], 1).unwrap().repeat(usize::try_from(count).unwrap());
    let bombs = [mebibytes(MAX_IMAGE >> 21), mebibytes((MAX_IMAGE >> 21) + 1), mebibytes(8 << 10)];
    assert!(bombs.concat().len() < 1 << 20);
    let layout = forged::raw_layout(dir.path(), &bombs, &[Digest::of(b""); 3]);
    let limit = format!("the layers of the image are more than {MAX_IMAGE} bytes");
    let problems: Vec<_> = verify(&layout).unwrap_err().into_iter().map(|mismatch| mismatch.problem).collect();
    // All layers have one limit: of the third, nothing is read any more.
    assert_eq!(problems.iter().filter(|problem| problem.contains(&limit)).count(), 2, "{problems:?}");
}

#[test]
fn layers_that_come_to_nothing_count_as_what_they_are() {
    let dir = tempfile::tempdir().unwrap();
    // A frame that decoders skip: its length, then a hole in the file.
    let length = u32::try_from(MAX_IMAGE / 2).unwrap();
    let frames = [1_u32, 2, 3].map(|kind| [(0x184d_2a50 + kind).to_le_bytes(), length.to_le_bytes()].concat());
    let layout = forged::raw_layout(dir.path(), &frames, &[Digest::of(b""); 3]);
    for frame in &frames {
        let path = oci::blob_path(&layout, &Digest::of(frame));
        OpenOptions::new().write(true).open(path).unwrap().set_len(8 + u64::from(length)).unwrap();
    }
    let limit = format!("the layers of the image are more than {MAX_IMAGE} bytes");
    let problems: Vec<_> = verify(&layout).unwrap_err().into_iter().map(|mismatch| mismatch.problem).collect();
    assert_eq!(problems.iter().filter(|problem| problem.contains(&limit)).count(), 2, "{problems:?}");
}
