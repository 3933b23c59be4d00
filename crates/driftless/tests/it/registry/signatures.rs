//! Signatures: that they are found beside the image, and what is refused. What else must read them is in `machine`.

mod machine;

use std::{fs, sync::Arc};

use oci::{Digest, Layout};
use registry::{
    self, Attachment, By, Endpoint, Events, Job, NoLogin, Origin, Pushed, Registry, Settings, Trust,
    signatures::{self, Said},
    signing::{self, Build, LocalKey, PACKAGES, PROVENANCE, Provenance, SIGNATURE, Statement},
};
use serde_json::{Value, json};

use super::{
    cli::{bundle, driftless, events},
    docker_registry::DockerRegistry,
    fake::{Fake, Fault, Step},
};
use crate::image::fixture::Fixture;

const ONE: &[u8] = include_bytes!("../../../../signing/tests/keys/one.pem");
const TWO: &[u8] = include_bytes!("../../../../signing/tests/keys/two.pem");
const ONE_PUBLIC: &[u8] = include_bytes!("../../../../signing/tests/keys/one.pub");
const TWO_PUBLIC: &[u8] = include_bytes!("../../../../signing/tests/keys/two.pub");

/// Writes the keys beside the images.
fn with_keys(fixture: &Fixture) {
    for (name, key) in [("key.pem", ONE), ("key.pub", ONE_PUBLIC), ("other.pem", TWO), ("other.pub", TWO_PUBLIC)] {
        fs::write(fixture.path(name), key).unwrap();
    }
}

#[test]
fn what_is_pushed_with_a_key_is_signed_with_it_and_once() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::auditable(r#"{"packages":[{"name":"app","version":"1.0.0","source":"local","root":true}]}"#);
    let server = DockerRegistry::start(fixture.dir());
    bundle(&fixture);
    with_keys(&fixture);
    let push = |key: &str| {
        events(&driftless(
            &fixture,
            &format!("push --registry {}/items --bundle bundle api {key} --json", server.address),
        ))
    };
    let attached = |events: &[Value]| events.iter().filter(|event| event["type"] == "attached").count();
    let signatures = |key: &str| {
        driftless(&fixture, &format!("image signatures {}/items/api@{} {key}", server.address, digest(&fixture)))
    };
    // An image that is there is signed, too.
    assert_eq!(attached(&push("")), 1);
    let unsigned = signatures("--key key.pub");
    assert!(unsigned.code == 1 && unsigned.out.contains("is not signed with the key"), "{unsigned:?}");
    assert_eq!(attached(&push("--sign-key key.pem")), 3, "what it was built from, what is in it, and the image");
    let again = push("--sign-key key.pem");
    assert_eq!(attached(&again), 0);
    // One for the image, two for what is listed, two for each of three bundles.
    assert_eq!(again.last().unwrap()["requests"], 9);

    let signed = signatures("--key key.pub");
    assert_eq!((signed.code, &*signed.err), (0, ""));
    assert!(
        signed.out.starts_with(&format!("`{}` is signed with the key sha256:", digest(&fixture))),
        "{}",
        signed.out
    );
    let other = signatures("--key other.pub");
    assert_eq!(other.code, 1);
    assert!(
        other.out.contains("refused") && other.out.contains("the signature is not one of the key"),
        "{}",
        other.out
    );
    // Another one is added, as with cosign.
    push("--sign-key other.pem");
    assert_eq!((signatures("--key other.pub").code, signatures("--key key.pub").code), (0, 0));

    let wrong = driftless(
        &fixture,
        &format!("push --registry {}/items --bundle bundle api --sign-key key.pub", server.address),
    );
    assert!(wrong.code == 1 && wrong.err.contains("hint: `openssl genpkey"), "{}", wrong.err);
}

#[test]
fn an_image_of_another_builder_is_signed_and_nothing_is_said_of_its_build() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    let server = DockerRegistry::start(fixture.dir());
    bundle(&fixture);
    with_keys(&fixture);
    let path = fixture.path("bundle/release.json");
    let mut release: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    release["stack"]["services"]["api"]["image"] = json!({ "layout": "elsewhere" });
    fs::write(&path, release.to_string()).unwrap();
    let push = format!("push --registry {}/items --bundle bundle --sign-key key.pem", server.address);
    assert_eq!(driftless(&fixture, &push).code, 0);
    for (service, is_ours) in [("api", false), ("web", true)] {
        let image = Layout::open(&fixture.path(&format!("bundle/images/{service}"))).unwrap().digest();
        let words = format!("image signatures {}/items/{service}@{image} --key key.pub --json", server.address);
        let document: Value = serde_json::from_str(&driftless(&fixture, &words).out).unwrap();
        assert_eq!((&document["signed"], document["provenance"].is_object()), (&json!(true), is_ours), "{service}");
    }
}

fn digest(fixture: &Fixture) -> Digest {
    Layout::open(&fixture.path("bundle/images/api")).unwrap().digest()
}

fn registry(fake: &Fake) -> Registry {
    let settings = Settings { attempts: 2, pause: std::time::Duration::from_millis(1), ..Settings::default() };
    Registry::new(
        Endpoint::parse(&fake.address).unwrap(),
        Arc::new(NoLogin),
        Trust::default(),
        settings,
        Events::none(),
    )
}

fn build() -> Build {
    Build {
        project: "items".into(),
        service: "app".into(),
        builder: "https://example.com/builder".into(),
        run: None,
        version: "0".into(),
        materials: Vec::new(),
    }
}

/// A pushed image, signed with the key `pem` if there is one.
async fn publish(fake: &Fake, fixture: &Fixture, pem: Option<&[u8]>) -> Pushed {
    fixture.build("out", "");
    let key = pem.map(|pem| LocalKey::from_pem(pem).unwrap());
    let job = Job { layout: fixture.path("out"), repository: "app".to_owned(), tag: Some("1".to_owned()) };
    let origin = Origin { job, build: Some(build()) };
    let signer = key.as_ref().map(|key| key as &dyn signing::Signer);
    registry::publish(&registry(fake), vec![origin], signer.map(By::Key).as_slice()).await.unwrap().remove(0)
}

async fn said(fake: &Fake, image: &Digest) -> Said {
    let key = LocalKey::from_pem(ONE).unwrap();
    signatures::said(&registry(fake), "app", image, key.public()).await.unwrap()
}

#[tokio::test]
async fn signatures_are_found_in_the_api_and_under_the_tag() {
    for has_api in [true, false] {
        let (fake, fixture) = (Fake::start().await, Fixture::tiny());
        if has_api {
            fake.list_referrers();
        }
        let image = publish(&fake, &fixture, Some(ONE)).await.digest;
        let said = said(&fake, &image).await;
        assert_eq!(said.refused, [""; 0]);
        assert!(said.of(SIGNATURE).is_some() && said.of(PACKAGES).is_none());
        assert_eq!(Provenance::read(said.of(PROVENANCE).unwrap()).unwrap().builder, "https://example.com/builder");
        assert_eq!(fake.tag("app", &format!("sha256-{}", image.hex())).is_none(), has_api);
        // What cosign goes by.
        if !has_api {
            let index = fake.manifest_of("app", &format!("sha256-{}", image.hex()));
            let listed = index["manifests"].as_array().unwrap();
            let kinds: Vec<_> =
                listed.iter().map(|one| &one["annotations"]["dev.sigstore.bundle.predicateType"]).collect();
            assert_eq!(kinds, [PROVENANCE, SIGNATURE]);
            assert!(listed.iter().all(|one| one["artifactType"] == signing::MEDIA_TYPE));
        }
    }
}

/// Attaches a bundle that `pem` signs, about `subject`, to the image.
async fn attach(fake: &Fake, image: &Digest, pem: &[u8], subject: &Digest) {
    let key = LocalKey::from_pem(pem).unwrap();
    signatures::sign(&registry(fake), "app", image, By::Key(&key), &[Statement::signature(*subject)]).await.unwrap();
}

async fn attach_bytes(fake: &Fake, image: &Digest, bytes: Vec<u8>) {
    let attachment = Attachment { media_type: signing::MEDIA_TYPE.to_owned(), bytes, annotations: [].into() };
    registry::attach(&registry(fake), "app", image, &attachment).await.unwrap();
}

#[tokio::test]
async fn a_signature_of_another_image_or_another_key_signs_nothing() {
    let (fake, fixture) = (Fake::start().await, Fixture::tiny());
    let image = publish(&fake, &fixture, None).await.digest;
    let other = Digest::of(b"another image, that is signed");
    attach(&fake, &image, ONE, &other).await;
    attach(&fake, &image, TWO, &image).await;
    attach_bytes(&fake, &image, b"no bundle".to_vec()).await;
    let said = said(&fake, &image).await;
    assert!(said.of(SIGNATURE).is_none());
    let [elsewhere, stranger, nonsense] = &said.refused[..] else { panic!("{:?}", said.refused) };
    assert!(elsewhere.ends_with(&format!("the statement is about `{other}`")), "{elsewhere}");
    assert!(stranger.contains("the signature is not one of the key"), "{stranger}");
    assert!(nonsense.contains("it is not a Sigstore bundle"), "{nonsense}");
    // Nor do they keep a true one from counting.
    attach(&fake, &image, ONE, &image).await;
    assert!(self::said(&fake, &image).await.of(SIGNATURE).is_some());
}

#[tokio::test]
async fn what_a_bundle_is_listed_as_is_not_believed() {
    let (fake, fixture) = (Fake::start().await, Fixture::tiny());
    let image = publish(&fake, &fixture, None).await.digest;
    let key = LocalKey::from_pem(ONE).unwrap();
    let provenance = signing::sign(&key, &build().of(image)).await.unwrap();
    let annotations = [("dev.sigstore.bundle.predicateType".to_owned(), SIGNATURE.to_owned())].into();
    let attachment = Attachment { media_type: signing::MEDIA_TYPE.to_owned(), bytes: provenance.json(), annotations };
    registry::attach(&registry(&fake), "app", &image, &attachment).await.unwrap();
    let said = said(&fake, &image).await;
    assert!(said.of(SIGNATURE).is_none() && said.of(PROVENANCE).is_some());
}

#[tokio::test]
async fn more_signatures_than_anybody_makes_are_an_error_and_no_work() {
    let (fake, fixture) = (Fake::start().await, Fixture::tiny());
    let image = publish(&fake, &fixture, None).await.digest;
    let listed: Vec<_> = (0..101)
        .map(|at: u32| json!({ "digest": Digest::of(&at.to_be_bytes()), "artifactType": signing::MEDIA_TYPE }))
        .collect();
    let tag = format!("sha256-{}", image.hex());
    fake.hold("app", &tag, oci::media_type::INDEX, &json!({ "schemaVersion": 2, "manifests": listed }));
    let key = LocalKey::from_pem(ONE).unwrap();
    let error = signatures::said(&registry(&fake), "app", &image, key.public()).await.unwrap_err();
    assert!(error.to_string().ends_with("has 101 signatures; 100 are read"), "{error:#}");
}

#[tokio::test]
async fn an_image_that_cannot_be_signed_is_an_error() {
    let (fake, fixture) = (Fake::start().await, Fixture::tiny());
    fixture.build("out", "");
    fake.fault(Fault::says(Step::PutByDigest, 405, "UNSUPPORTED", "no referrers here").always());
    let key = LocalKey::from_pem(ONE).unwrap();
    let job = Job { layout: fixture.path("out"), repository: "app".to_owned(), tag: Some("1".to_owned()) };
    let origin = Origin { job, build: None };
    let error = registry::publish(&registry(&fake), vec![origin], &[By::Key(&key)]).await.unwrap_err();
    assert!(error.to_string().starts_with("signing `app@sha256:"), "{error:#}");
}
