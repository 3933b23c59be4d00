use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::*;

/// From the tests of `sigstore-verify`: signed by a workflow of GitHub with the public instance, in the first version of the log; and
/// by a person with the staging instance, in the second, whose time an authority for timestamps says.
const WORKFLOW: &[u8] = include_bytes!("../../tests/sigstore/workflow.json");
const PERSON: &[u8] = include_bytes!("../../tests/sigstore/person.json");

const ABOUT: &str = "sha256:54303491a8418fbed24344b513546182c29b43bf282ceb433af65e2299f9271f";
const NAME: &str = "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main";

fn workflow() -> Identified {
    identified(NAME, GITHUB, Roots::public().unwrap())
}

fn person() -> Identified {
    let staging = SigstoreInstance::Staging.embedded_trusted_root().unwrap();
    identified("jku@goto.fi", "https://github.com/login/oauth", Roots::of(&staging).unwrap())
}

fn identified(name: &str, issuer: &str, roots: Roots) -> Identified {
    Identified { identity: Identity { name: name.to_owned(), issuer: issuer.to_owned() }, roots }
}

fn about() -> Digest {
    ABOUT.parse().unwrap()
}

#[test]
fn what_was_signed_with_real_instances_is_accepted_of_who_signed_it_and_of_no_other() {
    let kind = "https://schemas.conda.org/attestations-publish-1.schema.json";
    for (who, bundle) in [(workflow(), WORKFLOW), (person(), PERSON)] {
        assert_eq!(who.statement(bundle, about()).unwrap().is_about(kind, about()), Ok(()));
        let refused = format!("{:#}", who.statement(bundle, Digest::of(b"another")).unwrap_err());
        assert!(refused.contains("artifact mismatch"), "{refused}");
    }
    assert!(workflow().statement(PERSON, about()).is_err());
    let Identity { name, issuer } = person().identity;
    assert!(identified(&name, &issuer, Roots::public().unwrap()).statement(PERSON, about()).is_err(), "only staged");
    assert!(
        identified(&NAME.replace("main", "mai"), GITHUB, Roots::public().unwrap())
            .statement(WORKFLOW, about())
            .is_err()
    );
}

#[test]
fn no_bit_of_what_proves_it_can_be_another() {
    let material = "/verificationMaterial";
    let entry = format!("{material}/tlogEntries/0");
    let of_both = [
        format!("{entry}/inclusionProof/hashes/0"),
        format!("{entry}/canonicalizedBody"),
        format!("{material}/certificate/rawBytes"),
        "/dsseEnvelope/payload".to_owned(),
        "/dsseEnvelope/signatures/0/sig".to_owned(),
    ];
    let promise = format!("{entry}/inclusionPromise/signedEntryTimestamp");
    let timestamp = format!("{material}/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp");
    for (who, bundle, own) in [(workflow(), WORKFLOW, promise), (person(), PERSON, timestamp)] {
        let bundle: Value = serde_json::from_slice(bundle).unwrap();
        for pointer in of_both.iter().chain([&own]) {
            let mut forged = bundle.clone();
            let text = forged.pointer_mut(pointer).unwrap_or_else(|| panic!("the bundle has no {pointer}"));
            let mut bytes = STANDARD.decode(text.as_str().unwrap()).unwrap();
            // Signatures come last; before them a timestamp has certificates, of which the trusted ones are used.
            let at = bytes.len() - 4;
            bytes[at] ^= 1;
            *text = STANDARD.encode(bytes).into();
            assert!(who.statement(forged.to_string().as_bytes(), about()).is_err(), "{pointer}");
        }
        // What the log has signed: its name, its size, and the root that the proof has to lead to. The root beside it,
        // `inclusionProof/rootHash`, proves nothing and is not read.
        for line in 0..3 {
            let mut forged = bundle.clone();
            let text = forged.pointer_mut(&format!("{entry}/inclusionProof/checkpoint/envelope")).unwrap();
            let mut lines: Vec<_> = text.as_str().unwrap().split('\n').map(str::to_owned).collect();
            let changed = if lines[line].starts_with('1') { "2" } else { "1" };
            lines[line].replace_range(..1, changed);
            *text = lines.join("\n").into();
            assert!(who.statement(forged.to_string().as_bytes(), about()).is_err(), "line {line} of the checkpoint");
        }
    }
}

#[test]
fn a_certificate_will_be_for_whom_the_token_names() {
    let of = |claims: &str| Identity::of_claims(claims.as_bytes()).map(|identity| identity.name);
    let workflow = r#"{"iss":"https://token.actions.githubusercontent.com","sub":"repo:a/b:ref:refs/heads/main",
        "job_workflow_ref":"a/b/.github/workflows/c.yml@refs/heads/main"}"#;
    assert_eq!(of(workflow).unwrap(), "https://github.com/a/b/.github/workflows/c.yml@refs/heads/main");
    let person = r#"{"iss":"https://accounts.google.com","sub":"1","email":"a@example.com"}"#;
    assert_eq!(of(person).unwrap(), "a@example.com");
    // Who else issues tokens does not name workflows of GitHub.
    let other = r#"{"iss":"https://gitlab.com","sub":"project","job_workflow_ref":"a/b"}"#;
    assert_eq!(of(other).unwrap(), "project");
    assert!(of(r#"{"sub":"nobody"}"#).is_err() && of("no claims").is_err());
}
