//! In-toto statements: something that is said of a digest.
//! <https://github.com/in-toto/attestation/blob/v1.1.0/spec/v1/statement.md>

use oci::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Says that the image is signed, and nothing more: what `cosign sign` writes.
pub const SIGNATURE: &str = "https://sigstore.dev/cosign/sign/v1";
/// Says what is in the image, as CycloneDX: what `cosign attest --type cyclonedx` writes.
pub const PACKAGES: &str = "https://cyclonedx.org/bom";
/// Says that a record is one of Driftless.
pub const RECORD: &str = "https://github.com/driftless/driftless/record/v1";

const TYPE: &str = "https://in-toto.io/Statement/v1";

/// What is said of one digest. Read from a [`Bundle`](crate::Bundle), it is under a signature that was checked.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    #[serde(default)]
    predicate: Value,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Subject {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    digest: Digests,
}

/// Others than SHA-256 are ignored.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Digests {
    sha256: String,
}

impl Statement {
    /// Says `predicate` of `subject`.
    pub fn new(predicate_type: &str, subject: Digest, predicate: Value) -> Self {
        let subject = Subject { name: None, digest: Digests { sha256: subject.hex() } };
        let (kind, predicate_type) = (TYPE.to_owned(), predicate_type.to_owned());
        Self { kind, subject: vec![subject], predicate_type, predicate }
    }

    /// That the image `subject` is signed.
    pub fn signature(subject: Digest) -> Self {
        Self::new(SIGNATURE, subject, json!({}))
    }

    /// With a name for what it is about.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.subject.iter_mut().for_each(|subject| subject.name = Some(name.to_owned()));
        self
    }

    /// What kind of thing it says.
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// What it says.
    pub fn predicate(&self) -> &Value {
        &self.predicate
    }

    /// The name of what it is about, if it is about one thing that has one.
    pub fn name(&self) -> Option<&str> {
        match &self.subject[..] {
            [one] => one.name.as_deref(),
            _ => None,
        }
    }

    /// Whether it says something of this kind, of this digest and of no other: whoever signs for several at once has not said
    /// which of them was meant. Otherwise why not, as the rest of a sentence.
    pub fn is_about(&self, predicate_type: &str, digest: Digest) -> Result<(), String> {
        if self.kind != TYPE {
            return Err(format!("is a `{}`, not a statement of in-toto", self.kind.escape_default()));
        }
        if self.predicate_type != predicate_type {
            return Err(format!("says `{}`, not `{predicate_type}`", self.predicate_type.escape_default()));
        }
        match &self.subject[..] {
            [one] if one.digest.sha256 == digest.hex() => Ok(()),
            [one] => Err(format!("is about `sha256:{}`", one.digest.sha256.escape_default())),
            several => Err(format!("is about {} things, not one", several.len())),
        }
    }
}
