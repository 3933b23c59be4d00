//! What an image costs beyond its content.

use std::{fs, io::Read, path::Path, process::Command};

use oci::{Compression, build_image};

use crate::fixture::Fixture;

const CA_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The size of `file` compressed alone, with the same codec and level.
fn compressed(file: &Path, compression: Compression) -> u64 {
    let bytes = fs::read(file).unwrap();
    let blob = match compression {
        Compression::Zstd => zstd::bulk::compress(&bytes, 3).unwrap(),
        Compression::Gzip => {
            let mut blob = Vec::new();
            flate2::read::GzEncoder::new(&bytes[..], flate2::Compression::new(6)).read_to_end(&mut blob).unwrap();
            blob
        }
    };
    blob.len() as u64
}

#[test]
fn an_image_is_at_most_2_percent_larger_than_its_program_and_certificates() {
    if !Path::new(CA_BUNDLE).exists() {
        testing::skipped(&format!("{CA_BUNDLE} is missing; install it with `apt-get install -y ca-certificates`"));
        return;
    }
    let mut fixture = Fixture::new();
    fixture.spec.ca_bundle = CA_BUNDLE.into();
    let source = fixture.path("app.rs");
    fs::write(&source, "fn main() {}").unwrap();
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let options = ["-C", "target-feature=+crt-static", "-C", "strip=symbols", "-o"];
    let linked = Command::new(rustc).args(options).arg(&fixture.spec.binary).arg(source).status().unwrap();
    assert!(linked.success());
    for compression in [Compression::Zstd, Compression::Gzip] {
        fixture.spec.compression = compression;
        let built = build_image(&fixture.spec, &fixture.path("image")).unwrap();
        let content = compressed(&fixture.spec.binary, compression) + compressed(Path::new(CA_BUNDLE), compression);
        assert!(built.size * 100 <= content * 102, "{compression}: {} bytes for {content}", built.size);
    }
}
