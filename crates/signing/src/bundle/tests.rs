use std::{
    future::{Future, ready},
    pin::pin,
    task::{Context, Poll, Waker},
};

use oci::Digest;
use serde_json::{Value, json};

use super::*;
use crate::{Build, LocalKey, Material, PROVENANCE, Provenance, SIGNATURE, Signer, Signing, sign};

const ONE: &[u8] = include_bytes!("../../tests/keys/one.pem");
const TWO: &[u8] = include_bytes!("../../tests/keys/two.pem");

/// Nothing here waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("a key in a file signs at once"),
    }
}

fn signed(statement: &Statement) -> (Bundle, PublicKey) {
    let key = LocalKey::from_pem(ONE).unwrap();
    (now(sign(&key, statement)).unwrap(), key.public().clone())
}

fn image() -> Digest {
    Digest::of(b"image")
}

/// Why it does not count as the signature of the image.
fn refused(bundle: &Bundle, key: &PublicKey) -> String {
    match bundle.statement(key) {
        Ok(statement) => statement.is_about(SIGNATURE, image()).unwrap_err(),
        Err(error) => format!("{error:#}"),
    }
}

/// The bundle with another text at the place `pointer`.
fn changed(bundle: &Bundle, pointer: &str, change: impl FnOnce(&mut Value)) -> Bundle {
    let mut json: Value = serde_json::from_slice(&bundle.json()).unwrap();
    change(json.pointer_mut(pointer).unwrap());
    Bundle::parse(json.to_string().as_bytes()).unwrap()
}

#[test]
fn a_signature_is_of_one_key_and_one_image() {
    let (bundle, key) = signed(&Statement::signature(image()));
    let read = Bundle::parse(&bundle.json()).unwrap();
    assert_eq!(read.statement(&key).unwrap().is_about(SIGNATURE, image()), Ok(()));
    let other = LocalKey::from_pem(TWO).unwrap();
    assert!(refused(&read, other.public()).contains("the signature is not one of the key sha256:"));
    let (elsewhere, _) = signed(&Statement::signature(Digest::of(b"another image")));
    assert!(refused(&elsewhere, &key).starts_with("is about `sha256:"));
}

#[test]
fn what_is_changed_after_it_was_signed_is_refused() {
    let (bundle, key) = signed(&Statement::signature(Digest::of(b"another image")));
    let payload = changed(&bundle, "/dsseEnvelope/payload", |payload| {
        let forged = serde_json::to_vec(&Statement::signature(image())).unwrap();
        *payload = serde_json::to_value(Base64(forged)).unwrap();
    });
    assert!(refused(&payload, &key).contains("the signature is not one of the key"));
    let kind = changed(&bundle, "/dsseEnvelope/payloadType", |kind| *kind = "text/plain".into());
    assert_eq!(refused(&kind, &key), "what is signed is `text/plain`, not a statement");
    let none = changed(&bundle, "/dsseEnvelope/signatures", |all| *all = json!([]));
    assert_eq!(refused(&none, &key), "the bundle has 0 signatures, not one");
    let two = changed(&bundle, "/dsseEnvelope/signatures", |all| {
        let one = all[0].clone();
        all.as_array_mut().unwrap().push(one);
    });
    assert_eq!(refused(&two, &key), "the bundle has 2 signatures, not one");
}

#[test]
fn a_statement_about_several_things_or_of_another_kind_is_no_signature() {
    let two: Statement = serde_json::from_value(json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "digest": { "sha256": image().hex() } }, { "digest": { "sha256": Digest::of(b"evil").hex() } }],
        "predicateType": SIGNATURE,
    }))
    .unwrap();
    let (bundle, key) = signed(&two);
    assert_eq!(refused(&bundle, &key), "is about 2 things, not one");
    let (bundle, key) = signed(&Statement::new(PROVENANCE, image(), json!({})));
    assert!(refused(&bundle, &key).starts_with("says `https://slsa.dev/provenance/v1`, not "));
    let old = json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "subject": [{ "digest": { "sha256": image().hex() } }],
        "predicateType": SIGNATURE,
    });
    let (bundle, key) = signed(&serde_json::from_value(old).unwrap());
    assert!(refused(&bundle, &key).ends_with("not a statement of in-toto"));
}

#[test]
fn a_member_that_is_there_twice_is_refused() {
    let (_, key) = signed(&Statement::signature(image()));
    let subject = format!(r#""subject":[{{"digest":{{"sha256":"{}"}}}}]"#, image().hex());
    let payload = format!(r#"{{"_type":"https://in-toto.io/Statement/v1",{subject},{subject},"predicateType":"x"}}"#);
    let signature = now(LocalKey::from_pem(ONE).unwrap().sign(&encoded(IN_TOTO, payload.as_bytes()))).unwrap();
    let bundle = Bundle::new(payload.into_bytes(), signature, &key);
    assert!(refused(&bundle, &key).contains("duplicate field `subject`"));
}

/// Signs with another key than it tells of.
struct Liar(LocalKey, LocalKey);

impl Signer for Liar {
    fn key(&self) -> &PublicKey {
        self.0.public()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        Box::pin(ready(now(self.1.sign(message))))
    }
}

#[test]
fn a_service_that_signs_with_another_key_is_found_out() {
    let liar = Liar(LocalKey::from_pem(ONE).unwrap(), LocalKey::from_pem(TWO).unwrap());
    let error = now(sign(&liar, &Statement::signature(image()))).unwrap_err();
    assert!(format!("{error:#}").starts_with("checking the signature that was just made: "));
}

/// A bundle that npm's registry signed, from sigstore-go's examples, with the one thing changed that it is of an older version.
#[test]
fn reads_a_bundle_that_others_signed() {
    let bundle = include_bytes!("../../tests/npm/bundle.json");
    assert!(Bundle::parse(bundle).unwrap_err().to_string().contains("version 0.3 is read"));
    let bundle = String::from_utf8_lossy(bundle).replace("bundle+json;version=0.1", "bundle.v0.3+json");
    let bundle = Bundle::parse(bundle.as_bytes()).unwrap();
    let key = PublicKey::from_pem(include_bytes!("../../tests/npm/key.pub")).unwrap();
    let Envelope { payload, payload_type, signatures } = &bundle.dsse_envelope;
    key.check(&encoded(payload_type, &payload.0), &signatures[0].sig.0).unwrap();
    assert!(key.check(&encoded(payload_type, b"{}"), &signatures[0].sig.0).is_err());
    // It names what it is about by SHA-512.
    assert!(format!("{:#}", bundle.statement(&key).unwrap_err()).contains("missing field `sha256`"));
}

#[test]
fn a_key_is_one_of_p_256() {
    let public = PublicKey::from_pem(include_bytes!("../../tests/keys/one.pub")).unwrap();
    assert_eq!(&public, LocalKey::from_pem(ONE).unwrap().public());
    assert_eq!(public.pem().as_bytes(), include_bytes!("../../tests/keys/one.pub"));
    assert_eq!(format!("{public:?}"), format!("PublicKey({})", public.fingerprint().short()));
    let p384 = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEhDtQMHrpbC5pAP/Fez+GpdBaU0ohM7vz
ipso8cxJyssPE4nXHoHUioTCYBMXI/Mrlmcxh7extT4mlmaYml3yluvtQQnkwRQo
Ckf3ZKoS74VA5f1cUGtAClVF5ycSd4dD
-----END PUBLIC KEY-----
";
    for (text, says) in [(p384, "the public key is not one of P-256"), ("nothing", "it is not a public key in PEM: ")] {
        let error = PublicKey::from_pem(text.as_bytes()).unwrap_err();
        assert!(hint::ErrorReport::of(&error).error.starts_with(says), "{error:#}");
    }
    let error = LocalKey::from_pem(include_bytes!("../../tests/keys/one.pub")).unwrap_err();
    assert!(hint::ErrorReport::of(&error).hint.unwrap().contains("openssl genpkey"));
    assert!(!format!("{:?}", LocalKey::from_pem(ONE).unwrap()).contains("PRIVATE"));
}

#[test]
fn provenance_says_what_went_in_and_who_built() {
    let commit = "d4bc416a1b2c3d4e5f60718293a4b5c6d7e8f901";
    let build = Build {
        project: "items".into(),
        service: "backend".into(),
        builder: "https://github.com/example/items/.github/workflows/ci.yml@refs/heads/main".into(),
        run: Some("https://github.com/example/items/actions/runs/1/attempts/1".into()),
        version: "0.1.0".into(),
        materials: vec![
            Material::Commit {
                uri: Some("git+https://github.com/example/items".into()),
                commit: commit.into(),
                clean: true,
            },
            Material::File { name: "flake.lock".into(), digest: Digest::of(b"lock") },
        ],
    };
    let (bundle, key) = signed(&build.of(image()));
    let statement = bundle.statement(&key).unwrap();
    assert_eq!(statement.is_about(PROVENANCE, image()), Ok(()));
    let read = Provenance::read(&statement).unwrap();
    assert_eq!((&read.builder, &read.commits[..]), (&build.builder, &[commit.to_owned()][..]));
    let uri = statement.predicate().pointer("/buildDefinition/resolvedDependencies/0/uri").unwrap();
    assert_eq!(uri, &format!("git+https://github.com/example/items@{commit}"));
    assert_eq!(Provenance::read(&Statement::signature(image())), None);
}
