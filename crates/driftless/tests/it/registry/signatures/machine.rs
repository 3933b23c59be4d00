//! What others make of our signatures, and we of theirs: OpenSSL, and Sigstore's own library for JavaScript.

mod keyless;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use oci::Digest;
use registry::signing::{Bundle, LocalKey, PublicKey, SIGNATURE, Statement, sign};
use serde_json::Value;
use tempfile::TempDir;

use super::{ONE, ONE_PUBLIC, TWO_PUBLIC};
use crate::image::fixture::{Said, said};

fn image() -> Digest {
    Digest::of(b"image")
}

/// A directory with a bundle that we signed, and the keys.
async fn signed() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let key = LocalKey::from_pem(ONE).unwrap();
    let bundle = sign(&key, &Statement::signature(image())).await.unwrap();
    for (name, bytes) in
        [("bundle.json", &bundle.json()[..]), ("key.pem", ONE), ("key.pub", ONE_PUBLIC), ("other.pub", TWO_PUBLIC)]
    {
        fs::write(directory.path().join(name), bytes).unwrap();
    }
    directory
}

#[tokio::test]
async fn openssl_accepts_what_we_sign() {
    let Some(openssl) = testing::found(&["openssl"]) else { return };
    let directory = signed().await;
    let bundle: Value = serde_json::from_slice(&fs::read(directory.path().join("bundle.json")).unwrap()).unwrap();
    let text = |pointer: &str| STANDARD.decode(bundle.pointer(pointer).unwrap().as_str().unwrap()).unwrap();
    let payload = text("/dsseEnvelope/payload");
    // As the specification of DSSE has it.
    let mut message = format!("DSSEv1 28 application/vnd.in-toto+json {} ", payload.len()).into_bytes();
    message.extend(&payload);
    fs::write(directory.path().join("message"), &message).unwrap();
    fs::write(directory.path().join("signature"), text("/dsseEnvelope/signatures/0/sig")).unwrap();
    let verify = |key: &str| {
        let words = format!("dgst -sha256 -verify {key} -signature signature message");
        said(Command::new(&openssl[0]).args(words.split(' ')).current_dir(directory.path()))
    };
    assert_eq!(verify("key.pub").out.trim(), "Verified OK");
    assert_ne!(verify("other.pub").code, 0);
}

/// Where `./check tools` puts Sigstore's library; none, and said so, if it is not there.
fn library() -> Option<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map_or_else(|| PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cache"), PathBuf::from);
    let library = cache.join("driftless/tools/npm");
    testing::found(&["node"])?;
    if library.join("node_modules/@sigstore/mock").is_dir() {
        return Some(library);
    }
    testing::skipped("Sigstore's library for JavaScript is missing; install it with `./check tools`");
    None
}

fn javascript(library: &Path, directory: &Path, words: &str) -> Said {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sigstore.mjs");
    let mut command = Command::new("node");
    command.arg(script).arg(library).args(words.split(' ')).current_dir(directory).stdin(Stdio::null());
    said(&mut command)
}

#[tokio::test]
async fn sigstores_own_library_accepts_what_we_sign_and_we_what_it_signs() {
    let Some(library) = library() else { return };
    let directory = signed().await;
    let verified = javascript(&library, directory.path(), "verify bundle.json key.pub");
    assert_eq!(verified.code, 0, "{}", verified.err);
    let statement: Value = serde_json::from_str(&verified.out).unwrap();
    assert_eq!(statement["predicateType"], SIGNATURE);
    assert_eq!(statement["subject"][0]["digest"]["sha256"], image().hex());
    let other = javascript(&library, directory.path(), "verify bundle.json other.pub");
    assert!(other.code != 0 && other.err.contains("signature verification failed"), "{}", other.err);

    let theirs = javascript(&library, directory.path(), &format!("sign key.pem {}", image().hex()));
    assert_eq!(theirs.code, 0, "{}", theirs.err);
    let bundle = Bundle::parse(theirs.out.as_bytes()).unwrap();
    let key = PublicKey::from_pem(ONE_PUBLIC).unwrap();
    assert_eq!(bundle.statement(&key).unwrap().is_about(SIGNATURE, image()), Ok(()));
    assert!(bundle.statement(&PublicKey::from_pem(TWO_PUBLIC).unwrap()).is_err());
}
