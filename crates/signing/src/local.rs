//! A private key in a file, where there is no key service.

use std::{fmt, future::ready};

use anyhow::anyhow;
use hint::Hint;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject};

use crate::{PublicKey, Signer, Signing};

const REMEDY: &str = "`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out FILE` makes one";

/// A private key of P-256.
pub struct LocalKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl LocalKey {
    /// From PEM, PKCS #8 (`PRIVATE KEY`), not encrypted.
    pub fn from_pem(pem: &[u8]) -> anyhow::Result<Self> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem);
        let der = der.map_err(|error| anyhow!("it is not a private key in PEM, PKCS #8: {error}")).hint(REMEDY)?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der.secret_pkcs8_der(), &SystemRandom::new());
        let pair = pair.map_err(|error| anyhow!("it is not a private key of P-256: {error}")).hint(REMEDY)?;
        let public = PublicKey::of_point(pair.public_key().as_ref())?;
        Ok(Self { pair, public })
    }

    /// The key that checks its signatures.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }
}

impl Signer for LocalKey {
    fn key(&self) -> &PublicKey {
        &self.public
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        let signature = self.pair.sign(&SystemRandom::new(), message);
        let signature = signature.map(|signature| signature.as_ref().to_vec());
        Box::pin(ready(signature.map_err(|_| anyhow!("the system has no random numbers"))))
    }
}

impl fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalKey({})", self.public)
    }
}
