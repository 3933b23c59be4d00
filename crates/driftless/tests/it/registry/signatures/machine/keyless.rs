//! Signatures without a key, made with the services that Sigstore's library for JavaScript simulates, and read by it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use oci::Digest;
use registry::{
    Trust,
    keyless::{Instance, Keyless, TokenSource},
    signing::{Identified, Identity, LocalKey, Roots, SIGNATURE, Signatory, Statement, sign},
};
use serde_json::Value;
use tempfile::TempDir;

use super::{super::ONE, image, javascript, library};
use crate::{
    image::fixture::{Fixture, said},
    registry::{cli::bundle, docker_registry::DockerRegistry},
};

const NAME: &str = "https://github.com/items/items/.github/workflows/release.yml@refs/heads/main";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// An instance of Sigstore, whose certificates are this many seconds old when they are made.
struct Services {
    process: Child,
    address: String,
    directory: TempDir,
}

impl Services {
    fn start(library: &Path, age: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sigstore-services.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(library).arg(directory.path()).arg(age.to_string());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { process, address: address.trim().to_owned(), directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Who signs there.
    async fn keyless(&self) -> Keyless {
        let token = TokenSource::Given(fs::read_to_string(self.path("token")).unwrap());
        let (services, roots) = (self.path("signing_config.json"), self.path("trusted_root.json"));
        let instance = Instance { services: Some(&services), roots: Some(&roots) };
        Keyless::new(token, instance, Trust::default()).await.unwrap()
    }

    /// Somebody, as this instance vouches for it.
    fn knows(&self, name: &str, issuer: &str) -> Identified {
        let roots = Instance { services: None, roots: Some(&self.path("trusted_root.json")) }.roots().unwrap();
        Identified { identity: Identity { name: name.to_owned(), issuer: issuer.to_owned() }, roots }
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn refused(who: &Identified, bundle: &[u8], about: Digest) -> String {
    format!("{:#}", who.statement(bundle, about).expect_err("it is refused"))
}

#[tokio::test]
async fn who_signs_without_a_key_is_known_to_every_reader_and_nobody_else_is_taken_for_them() {
    let Some(library) = library() else { return };
    let services = Services::start(&library, 0);
    let keyless = services.keyless().await;
    let bundle = keyless.sign(&Statement::signature(image()), image()).await.unwrap();
    let them = services.knows(NAME, ISSUER);
    assert_eq!(them.statement(&bundle, image()).unwrap().is_about(SIGNATURE, image()), Ok(()));

    fs::write(services.path("bundle.json"), &bundle).unwrap();
    let reads = |name: &str, issuer: &str| {
        javascript(
            &library,
            services.directory.path(),
            &format!("identified bundle.json trusted_root.json {name} {issuer}"),
        )
    };
    let read = reads(NAME, ISSUER);
    assert_eq!(read.code, 0, "{}", read.err);
    assert_eq!(serde_json::from_str::<Value>(&read.out).unwrap()["subject"][0]["digest"]["sha256"], image().hex());
    let other = NAME.replace("main", "other");
    assert_ne!(reads(&other, ISSUER).code, 0);

    assert!(refused(&services.knows(&other, ISSUER), &bundle, image()).contains("identity mismatch"));
    assert!(refused(&services.knows(NAME, "https://gitlab.com"), &bundle, image()).contains("issuer mismatch"));
    assert!(refused(&them, &bundle, Digest::of(b"another image")).contains("artifact mismatch"));
    // Another instance vouches for nobody here, whatever name and issuer its certificates have.
    let elsewhere = Services::start(&library, 0);
    refused(&elsewhere.knows(NAME, ISSUER), &bundle, image());
    // Nor does one whose authority, log of certificates or log of signatures is another.
    let root = |services: &Services| -> Value {
        serde_json::from_slice(&fs::read(services.path("trusted_root.json")).unwrap()).unwrap()
    };
    for part in ["certificateAuthorities", "ctlogs", "tlogs"] {
        let mut mixed = root(&services);
        mixed[part] = root(&elsewhere)[part].clone();
        let roots = Roots::parse(&mixed.to_string()).unwrap();
        refused(&Identified { identity: them.identity.clone(), roots }, &bundle, image());
    }
    let public = Identified { identity: them.identity.clone(), roots: Instance::default().roots().unwrap() };
    refused(&public, &bundle, image());
}

/// Each is a way to make a bundle of what its maker has.
#[tokio::test]
async fn a_bundle_that_was_put_together_is_refused() {
    let Some(library) = library() else { return };
    let services = Services::start(&library, 0);
    let (keyless, them) = (services.keyless().await, services.knows(NAME, ISSUER));
    let bundle = async |about| {
        let bundle = keyless.sign(&Statement::signature(about), about).await.unwrap();
        serde_json::from_slice::<Value>(&bundle).unwrap()
    };
    let (good, other) = (bundle(image()).await, bundle(Digest::of(b"another image")).await);
    assert!(them.statement(good.to_string().as_bytes(), image()).is_ok());
    let entry = "/verificationMaterial/tlogEntries/0";
    let taken = |pointer: &str| other.pointer(pointer).unwrap().clone();
    let cases = [
        ("another statement", "/dsseEnvelope/payload".to_owned(), taken("/dsseEnvelope/payload")),
        ("another signature", "/dsseEnvelope/signatures".to_owned(), taken("/dsseEnvelope/signatures")),
        (
            "another certificate",
            "/verificationMaterial/certificate".to_owned(),
            taken("/verificationMaterial/certificate"),
        ),
        ("the entry of another statement", entry.to_owned(), taken(entry)),
        ("no entry", "/verificationMaterial/tlogEntries".to_owned(), Value::Array(Vec::new())),
        ("no proof", format!("{entry}/inclusionProof"), Value::Null),
        ("no promise", format!("{entry}/inclusionPromise"), Value::Null),
        ("the proof of another entry", format!("{entry}/inclusionProof"), taken(&format!("{entry}/inclusionProof"))),
        (
            "the promise of another entry",
            format!("{entry}/inclusionPromise"),
            taken(&format!("{entry}/inclusionPromise")),
        ),
        ("another time", format!("{entry}/integratedTime"), "1700000000".into()),
        ("another body", format!("{entry}/canonicalizedBody"), taken(&format!("{entry}/canonicalizedBody"))),
        ("another type", "/dsseEnvelope/payloadType".to_owned(), "text/plain".into()),
    ];
    for (what, pointer, value) in cases {
        let mut forged = good.clone();
        *forged.pointer_mut(&pointer).unwrap_or_else(|| panic!("{pointer} of {good}")) = value;
        let refused = them.statement(forged.to_string().as_bytes(), image());
        assert!(refused.is_err(), "{what} is accepted");
    }
    // A certificate that another instance made, for the same name: its log of certificates is not believed.
    let elsewhere = Services::start(&library, 0);
    let theirs = elsewhere.keyless().await.sign(&Statement::signature(image()), image()).await.unwrap();
    refused(&them, &theirs, image());
    // A signature by a key, which says nothing of who has it.
    let key = LocalKey::from_pem(ONE).unwrap();
    let by_key = sign(&key, &Statement::signature(image())).await.unwrap().json();
    assert!(refused(&them, &by_key, image()).contains("a key that has no certificate"));
}

#[tokio::test]
async fn a_certificate_that_had_expired_when_the_log_was_told_signs_nothing() {
    let Some(library) = library() else { return };
    let services = Services::start(&library, 3600);
    let error = services.keyless().await.sign(&Statement::signature(image()), image()).await.unwrap_err();
    let said = format!("{error:#}");
    assert!(said.starts_with("checking the signature that was just made: "), "{said}");
}

#[test]
fn a_workflow_signs_what_it_pushes_once_and_without_a_key() {
    let Some(library) = library() else { return };
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let services = Services::start(&library, 0);
    let fixture = Fixture::tiny();
    let server = DockerRegistry::start(fixture.dir());
    bundle(&fixture);
    let run = |words: &str, job: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
        command.args(words.split(' ')).current_dir(fixture.dir()).env_remove("SIGSTORE_ID_TOKEN");
        command.env_remove("ACTIONS_ID_TOKEN_REQUEST_URL").env_remove("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        if job {
            command.env("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{}/token?api-version=2.0", services.address));
            command.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "a job");
        }
        said(&mut command)
    };
    let (config, root) = (services.path("signing_config.json"), services.path("trusted_root.json"));
    let (config, root) = (config.display(), root.display());
    let push = format!(
        "push --registry {}/items --bundle bundle api --json --sign-keyless --signing-config {config} --trusted-root {root}",
        server.address
    );
    let nobody = run(&push, false);
    assert!(nobody.code == 1 && nobody.err.contains("nothing here says who signs\nhint: "), "{}", nobody.err);
    let attached = |said: &str| said.lines().filter(|line| line.contains(r#""attached""#)).count();
    let first = run(&push, true);
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(attached(&first.out) >= 1, "{}", first.out);
    let again = run(&push, true);
    assert_eq!((again.code, attached(&again.out)), (0, 0), "{}{}", again.out, again.err);

    let pushed: Value = serde_json::from_str(first.out.lines().last().unwrap()).unwrap();
    let reference = format!("{}/items/api@{}", server.address, pushed["images"][0]["digest"].as_str().unwrap());
    let check = |name: &str| {
        run(&format!("image signatures {reference} --identity {name} --issuer {ISSUER} --trusted-root {root}"), false)
    };
    let checked = check(NAME);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    assert!(checked.out.contains(&format!("is signed by `{NAME}` of {ISSUER}")), "{}", checked.out);
    let other = check("https://github.com/items/items/.github/workflows/pr.yml@refs/pull/1/merge");
    assert!(other.code == 1 && other.out.contains("identity mismatch"), "{}", other.out);
}
