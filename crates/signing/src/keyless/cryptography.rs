//! What Sigstore's library asks of cryptography, by the library that is here for all else: ring. What ring does not do, signing and
//! checking a digest whose message is elsewhere, p256 does, for the one kind of key that signs statements.

use p256::ecdsa::{
    DerSignature, SigningKey, VerifyingKey,
    signature::hazmat::{PrehashSigner, PrehashVerifier},
};
use ring::{
    digest::{Context, SHA256, SHA384, SHA512},
    rand::{SecureRandom, SystemRandom},
    signature::{self, UnparsedPublicKey, VerificationAlgorithm},
};
use sigstore_verify::{
    crypto::{CryptoProvider, Error, HashContext, KeyAlgorithm, Result, SigningKeyPair, SigningScheme},
    types::HashAlgorithm,
};

/// Makes Sigstore's library use ours; again is the same.
pub(super) fn install() {
    // Only an earlier call can have installed one, and it is this one.
    let _ = sigstore_verify::crypto::install_default_provider(&Ring);
}

#[derive(Debug)]
struct Ring;

struct Hash(Context);

impl HashContext for Hash {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

fn unsupported<T>(scheme: impl std::fmt::Debug) -> Result<T> {
    Err(Error::UnsupportedAlgorithm(format!("{scheme:?} is not supported")))
}

fn algorithm(scheme: SigningScheme) -> Result<&'static dyn VerificationAlgorithm> {
    Ok(match scheme {
        SigningScheme::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
        SigningScheme::EcdsaP256Sha384 => &signature::ECDSA_P256_SHA384_ASN1,
        SigningScheme::EcdsaP384Sha256 => &signature::ECDSA_P384_SHA256_ASN1,
        SigningScheme::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
        SigningScheme::Ed25519 => &signature::ED25519,
        SigningScheme::RsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        SigningScheme::RsaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
        SigningScheme::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        SigningScheme::RsaPkcs1Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        SigningScheme::RsaPkcs1Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        SigningScheme::RsaPkcs1Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        other => return unsupported(other),
    })
}

fn wrong(scheme: SigningScheme) -> Error {
    Error::Verification(format!("the signature ({scheme:?}) is not one of the key"))
}

impl CryptoProvider for Ring {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>> {
        let algorithm = match algorithm {
            HashAlgorithm::Sha2256 => &SHA256,
            HashAlgorithm::Sha2384 => &SHA384,
            HashAlgorithm::Sha2512 => &SHA512,
            other => return unsupported(other),
        };
        Ok(Box::new(Hash(Context::new(algorithm))))
    }

    fn verify_raw(&self, scheme: SigningScheme, key: &[u8], data: &[u8], signature: &[u8]) -> Result<()> {
        UnparsedPublicKey::new(algorithm(scheme)?, key).verify(data, signature).map_err(|_| wrong(scheme))
    }

    fn verify_prehashed(&self, scheme: SigningScheme, key: &[u8], digest: &[u8], signature: &[u8]) -> Result<()> {
        if scheme != SigningScheme::EcdsaP256Sha256 {
            return unsupported(scheme);
        }
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| wrong(scheme))?;
        let signature = DerSignature::from_bytes(signature).map_err(|_| wrong(scheme))?;
        key.verify_prehash(digest, &signature).map_err(|_| wrong(scheme))
    }

    fn generate_key_pair(&self, algorithm: KeyAlgorithm) -> Result<Box<dyn SigningKeyPair>> {
        if algorithm != KeyAlgorithm::EcdsaP256 {
            return unsupported(algorithm);
        }
        let random = SystemRandom::new();
        // One in 2³² tries is not a number below the order of the curve.
        loop {
            let mut bytes = [0; 32];
            random.fill(&mut bytes).map_err(|_| Error::KeyGeneration("the system has no random numbers".into()))?;
            if let Ok(key) = SigningKey::from_slice(&bytes) {
                let public = key.verifying_key().to_encoded_point(false).as_bytes().to_vec();
                return Ok(Box::new(Pair { key, public }));
            }
        }
    }
}

/// A key for one signature.
struct Pair {
    key: SigningKey,
    public: Vec<u8>,
}

impl SigningKeyPair for Pair {
    fn algorithm(&self) -> KeyAlgorithm {
        KeyAlgorithm::EcdsaP256
    }

    fn public_key_bytes(&self) -> &[u8] {
        &self.public
    }

    fn sign_raw(&self, data: &[u8]) -> Result<Vec<u8>> {
        self.sign_prehashed(ring::digest::digest(&SHA256, data).as_ref())
    }

    fn sign_prehashed(&self, digest: &[u8]) -> Result<Vec<u8>> {
        let signature: DerSignature =
            self.key.sign_prehash(digest).map_err(|_| Error::Signing("the digest cannot be signed".into()))?;
        Ok(signature.as_bytes().to_vec())
    }
}
