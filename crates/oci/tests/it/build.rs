//! Building images.

use std::{fs, os::unix::fs::symlink};

use oci::{Compression, Layout, Platform, contents};

use crate::fixture::{ARM64, Fixture, program, tree};

#[test]
fn the_documents_are_what_the_specification_wants() {
    let mut fixture = Fixture::new();
    let title = ("org.opencontainers.image.title".to_owned(), "items".to_owned());
    fixture.spec.annotations.extend([title]);
    let built = fixture.build("out");
    let layout = Layout::open(&fixture.path("out")).unwrap();
    let out = fixture.path("out");
    let document = |path| String::from_utf8(fs::read(path).unwrap()).unwrap();
    insta::assert_snapshot!("oci_layout", document(out.join("oci-layout")));
    insta::assert_json_snapshot!("manifest", layout.manifest());
    insta::assert_json_snapshot!("config", layout.config());
    // Exactly these bytes: the order of fields is part of the digest.
    insta::assert_snapshot!("manifest_bytes", String::from_utf8(layout.manifest_bytes().to_vec()).unwrap());
    insta::assert_snapshot!("config_bytes", document(layout.blob_path(&layout.manifest().config.digest)));
    insta::assert_snapshot!("index_bytes", document(out.join("index.json")));
    assert_eq!((built.digest, built.size, built.platform), (layout.digest(), layout.size(), layout.platform()));
    assert_eq!(layout.config().config.ids(), Some((65532, 65532)));
    assert_eq!(layout.config().config.command().collect::<Vec<_>>(), ["/bin/app"]);
}

#[test]
fn the_layers_hold_these_files_and_no_others() {
    let mut listed = Vec::new();
    for compression in [Compression::Zstd, Compression::Gzip] {
        let mut fixture = Fixture::new();
        fixture.spec.compression = compression;
        let layers = contents(&fixture.layout()).unwrap();
        assert!(layers.iter().all(|layer| layer.media_type == compression.media_type()));
        listed.push(layers.into_iter().map(|layer| (layer.diff_id, layer.files)).collect::<Vec<_>>());
    }
    assert_eq!(listed[0], listed[1]);
    insta::assert_json_snapshot!("contents", listed[0]);
}

#[test]
fn two_builds_in_two_directories_are_equal_byte_for_byte() {
    for compression in [Compression::Zstd, Compression::Gzip] {
        let (mut one, mut two) = (Fixture::new(), Fixture::new());
        one.spec.compression = compression;
        two.spec.compression = compression;
        assert_eq!(one.build("image"), two.build("deeper/elsewhere"));
        assert_eq!(tree(&one.path("image")), tree(&two.path("deeper/elsewhere")));
    }
}

#[test]
fn an_image_says_when_it_was_created_only_if_it_is_told() {
    let mut fixture = Fixture::new();
    let silent = fixture.build("silent");
    fixture.spec.created = Some("2026-01-31T12:00:00Z".to_owned());
    let (one, two) = (fixture.build("one"), fixture.build("two"));
    assert!(one == two && one.digest != silent.digest);
    let created = |name| Layout::open(&fixture.path(name)).unwrap().config().created.clone();
    assert_eq!((created("silent"), created("one").as_deref()), (None, Some("2026-01-31T12:00:00Z")));
}

#[test]
fn the_base_layer_is_the_same_for_every_program_and_platform() {
    let (one, two) = (Fixture::new(), Fixture::new());
    fs::write(&two.spec.binary, program(ARM64, b"another")).unwrap();
    let (one, two) = (one.layout(), two.layout());
    assert_eq!(one.manifest().layers[0], two.manifest().layers[0]);
    assert_ne!(one.manifest().layers[1], two.manifest().layers[1]);
    assert_eq!([one.platform(), two.platform()], [Platform::LINUX_AMD64, Platform::LINUX_ARM64]);
}

#[test]
fn an_older_layout_is_replaced_and_leaves_nothing() {
    let fixture = Fixture::new();
    let first = fixture.build("out");
    fs::write(&fixture.spec.binary, program(ARM64, b"another")).unwrap();
    let second = fixture.build("out");
    assert_ne!(first.digest, second.digest);
    assert_eq!(oci::verify(&fixture.path("out")).unwrap().image.digest, second.digest);
    let names: Vec<_> = tree(fixture.dir.path()).into_keys().filter(|name| !name.starts_with("out/")).collect();
    assert_eq!(names, ["app", "ca.crt"]);
}

#[test]
fn a_link_to_a_layout_stays_and_the_layout_behind_it_is_replaced() {
    let fixture = Fixture::new();
    fixture.build("real");
    symlink("real", fixture.path("out")).unwrap();
    fs::write(&fixture.spec.binary, program(ARM64, b"another")).unwrap();
    let built = fixture.build("out");
    assert!(fixture.path("out").is_symlink());
    assert_eq!(oci::verify(&fixture.path("real")).unwrap().image.digest, built.digest);
}

#[test]
fn an_empty_directory_is_filled() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.path("out")).unwrap();
    fixture.build("out");
    oci::verify(&fixture.path("out")).unwrap();
}

/// A change that makes a fixture unfit to build.
type Spoil<'a> = &'a dyn Fn(&mut Fixture);

#[test]
fn refuses_bad_inputs_says_why_and_leaves_nothing() {
    let cases: &[Spoil<'_>] = &[
        &|it| it.spec.binary = it.path("missing"),
        &|it| it.spec.binary = it.dir.path().to_owned(),
        &|it| it.spec.binary = "/dev/zero".into(),
        &|it| fs::write(&it.spec.binary, "").unwrap(),
        &|it| fs::write(&it.spec.binary, "#!/bin/sh\n").unwrap(),
        &|it| it.spec.platform = Some(Platform::LINUX_ARM64),
        &|it| it.spec.ca_bundle = it.path("missing"),
        &|it| fs::write(&it.spec.ca_bundle, "").unwrap(),
        &|it| fs::write(&it.spec.ca_bundle, "-----BEGIN CERTIFICATE-----\n").unwrap(),
        &|it| fs::write(it.path("out"), "a file").unwrap(),
        &|it| symlink("nowhere", it.path("out")).unwrap(),
        &|it| {
            fs::create_dir(it.path("out")).unwrap();
            fs::write(it.path("out/thesis.tex"), "dear to me").unwrap();
        },
        &|it| {
            it.build("out");
            fs::write(it.path("out/thesis.tex"), "dear to me").unwrap();
        },
        &|it| it.spec.annotations.extend([(String::new(), "value".to_owned())]),
        &|it| it.spec.annotations.extend([("a key".to_owned(), "value".to_owned())]),
        &|it| it.spec.annotations.extend([("key".to_owned(), "two\nlines".to_owned())]),
    ];
    let refusals: Vec<_> = cases
        .iter()
        .map(|spoil| {
            let mut fixture = Fixture::new();
            spoil(&mut fixture);
            fixture.refusal()
        })
        .collect();
    insta::assert_snapshot!(refusals.join("\n\n"));
}
