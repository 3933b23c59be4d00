//! Key Management Service: keys that sign and are never handed out.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Account, Client, Error, Service};

/// The service.
pub static SERVICE: Service = Service { name: "KMS", id: "KMS", host: "kms", signing: "kms", api: "TrentService" };

/// With what keys sign here.
const ALGORITHM: &str = "ECDSA_SHA_256";

/// The call that signs.
const SIGN: &str = "Sign";

/// The keys of an account in a region.
#[derive(Clone, Debug)]
pub struct Kms(Client);

/// A key as far as it is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// ARN of the key, also if it was asked for by an alias.
    pub arn: String,
    /// `SubjectPublicKeyInfo` in DER.
    pub der: Vec<u8>,
}

impl Kms {
    /// The keys of `account`.
    pub fn new(account: &Account) -> Self {
        Self(account.client(&SERVICE))
    }

    /// The public half of `key`, an ARN or an alias; none if there is no such key.
    pub async fn public_key(&self, key: &str) -> Result<Option<PublicKey>, Error> {
        const CALL: &str = "GetPublicKey";
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            key_id: String,
            public_key: String,
        }
        let found: Result<Output, _> = self.0.json(CALL, &json!({ "KeyId": key })).await;
        match found {
            Err(error) if error.code() == Some("NotFoundException") => Ok(None),
            Err(error) => Err(error),
            Ok(Output { key_id, public_key }) => {
                Ok(Some(PublicKey { arn: key_id, der: self.bytes(CALL, &public_key)? }))
            }
        }
    }

    /// The signature of a message whose SHA-256 is `digest`, in DER.
    pub async fn sign(&self, key: &str, digest: &[u8; 32]) -> Result<Vec<u8>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            signature: String,
        }
        let Output { signature } = self.0.json(SIGN, &request(key, digest)).await?;
        self.bytes(SIGN, &signature)
    }

    /// An error unless `key` may be signed with. Nothing is signed.
    pub async fn may_sign(&self, key: &str) -> Result<(), Error> {
        let mut input = request(key, &[0; 32]);
        input["DryRun"] = true.into();
        match self.0.json::<Value>(SIGN, &input).await {
            Err(error) if error.code() == Some("DryRunOperationException") => Ok(()),
            other => other.map(drop),
        }
    }

    fn bytes(&self, operation: &'static str, text: &str) -> Result<Vec<u8>, Error> {
        let unreadable = |error: base64::DecodeError| Error::Unreadable {
            service: self.0.service().name,
            operation,
            reason: error.to_string(),
        };
        BASE64_STANDARD.decode(text).map_err(unreadable)
    }
}

/// What is asked for the signature of a message whose SHA-256 is `digest`.
fn request(key: &str, digest: &[u8; 32]) -> Value {
    let message = BASE64_STANDARD.encode(digest);
    json!({ "KeyId": key, "Message": message, "MessageType": "DIGEST", "SigningAlgorithm": ALGORITHM })
}
