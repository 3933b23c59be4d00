//! Public keys, which check signatures.

use std::fmt;

use anyhow::{Context, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use hint::Hint;
use oci::Digest;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rustls_pki_types::{SubjectPublicKeyInfoDer, pem::PemObject};

/// How the DER of every key of P-256 begins (`SubjectPublicKeyInfo`, RFC 5480); an uncompressed point of 65 bytes follows.
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Bytes of a point of P-256.
const POINT: usize = 65;

const REMEDY: &str = "signatures are made with ECDSA over P-256: `openssl genpkey -algorithm EC -pkeyopt \
                      ec_paramgen_curve:P-256` makes such a key";

/// A public key of P-256.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    der: Vec<u8>,
}

impl PublicKey {
    /// From DER, `SubjectPublicKeyInfo`, as KMS answers it.
    pub fn from_der(der: &[u8]) -> anyhow::Result<Self> {
        if der.len() != P256.len() + POINT || !der.starts_with(&P256) || der[P256.len()] != 4 {
            return Err(anyhow::anyhow!("the public key is not one of P-256")).hint(REMEDY);
        }
        Ok(Self { der: der.to_vec() })
    }

    /// From PEM, `PUBLIC KEY`, as `openssl pkey -pubout` and `cosign public-key` write it.
    pub fn from_pem(pem: &[u8]) -> anyhow::Result<Self> {
        match SubjectPublicKeyInfoDer::from_pem_slice(pem) {
            Ok(der) => Self::from_der(&der),
            Err(error) => bail!("it is not a public key in PEM: {error}"),
        }
    }

    /// From a point, as the key pair has it.
    pub(crate) fn of_point(point: &[u8]) -> anyhow::Result<Self> {
        Self::from_der(&[&P256[..], point].concat())
    }

    /// As PEM, for `cosign verify --key`.
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(&self.der);
        let (mut pem, mut rest) = ("-----BEGIN PUBLIC KEY-----\n".to_owned(), text.as_str());
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            pem += line;
            pem.push('\n');
            rest = more;
        }
        pem + "-----END PUBLIC KEY-----\n"
    }

    /// What a bundle calls the key, as cosign does: Base64 of the SHA-256 of its DER.
    pub(crate) fn hint(&self) -> String {
        STANDARD.encode(Digest::of(&self.der).bytes())
    }

    /// The SHA-256 of its DER, which people may compare.
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.der)
    }

    /// An error unless `signature`, in DER, is this key's of `message`.
    pub fn check(&self, message: &[u8], signature: &[u8]) -> anyhow::Result<()> {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.der[P256.len()..]);
        key.verify(message, signature).ok().with_context(|| format!("the signature is not one of the key {self}"))
    }
}

/// The fingerprint's first digits.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint().short())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}
