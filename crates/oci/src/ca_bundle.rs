//! Checks a bundle of CA certificates before it becomes part of every image.

use std::path::Path;

use rustls_pki_types::{
    CertificateDer,
    pem::{self, PemObject},
};

use crate::Error;

/// The end of the first line of any private key, encrypted or not.
const PRIVATE_KEY: &[u8] = b"PRIVATE KEY-----";

/// Refuses a bundle without certificates, with a private key, or with something that is not a certificate.
pub(crate) fn check(path: &Path, pem: &[u8]) -> Result<(), Error> {
    if pem.windows(PRIVATE_KEY.len()).any(|bytes| bytes == PRIVATE_KEY) {
        return Err(Error::PrivateKey {
            path: path.to_owned(),
            remedy: "give a file that contains certificates only: everybody can read an image".into(),
        });
    }
    let mut number = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        number += 1;
        let bad = |reason: String| Error::Certificate { path: path.to_owned(), number, reason };
        let der = certificate.map_err(|error| bad(reason(&error)))?;
        if !is_certificate(&der) {
            return Err(bad("it is not an X.509 certificate".to_owned()));
        }
    }
    if number == 0 {
        return Err(Error::NoCertificate {
            path: path.to_owned(),
            remedy: "give a PEM file, such as `/etc/ssl/certs/ca-certificates.crt`".into(),
        });
    }
    Ok(())
}

fn reason(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => "its `-----END` line is missing".to_owned(),
        pem::Error::IllegalSectionStart { .. } => "its `-----BEGIN` line is damaged".to_owned(),
        pem::Error::Base64Decode(_) => "it is not base64".to_owned(),
        other => other.to_string(),
    }
}

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

/// Whether `der` has the outline of RFC 5280, 4.1: a sequence of the certificate's body, algorithm and signature.
fn is_certificate(der: &[u8]) -> bool {
    let parse = || {
        let (certificate, rest) = element(SEQUENCE, der)?;
        let (body, after_body) = element(SEQUENCE, certificate)?;
        let (_algorithm, after_algorithm) = element(SEQUENCE, after_body)?;
        let (signature, end) = element(BIT_STRING, after_algorithm)?;
        Some(rest.is_empty() && end.is_empty() && !body.is_empty() && signature.len() > 1)
    };
    parse().unwrap_or(false)
}

/// The content of the DER element that `bytes` start with, and what follows it.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0_usize, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    (found == tag).then_some((content, rest))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A bundle whose certificate has the outline of one: SEQUENCE { SEQUENCE { NULL }, SEQUENCE {}, BIT STRING }.
    pub(crate) const BUNDLE: &[u8] =
        b"# Test CA\n-----BEGIN CERTIFICATE-----\nMAowAgUAMAADAgDv\n-----END CERTIFICATE-----\n";

    fn pem(label: &str, base64: &str) -> String {
        format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
    }

    fn said(bundle: &str) -> String {
        check(Path::new("ca.crt"), bundle.as_bytes())
            .map_or_else(|error| hint::ErrorReport::of(&error.into()).to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn accepts_certificates_with_comments_between_them() {
        check(Path::new("ca.crt"), BUNDLE).unwrap();
        check(Path::new("ca.crt"), &[BUNDLE, b"\n# another\n", BUNDLE].concat()).unwrap();
    }

    #[test]
    fn refuses_what_is_not_a_bundle_of_certificates() {
        let good = String::from_utf8(BUNDLE.to_vec()).unwrap();
        let cases = [
            String::new(),
            "no certificate at all\n".to_owned(),
            pem("CERTIFICATE", ""),
            pem("CERTIFICATE", "aXRlbXM="),
            pem("CERTIFICATE", "not base64!"),
            good.clone() + &pem("CERTIFICATE", "MAowAgUAMAADAgDvAA=="),
            good.clone() + "-----BEGIN CERTIFICATE-----\nMAow",
            "-----BEGIN CERTIFICATE\nMAow".to_owned(),
            good.clone() + &pem("PRIVATE KEY", "aXRlbXM="),
            good + &pem("ENCRYPTED PRIVATE KEY", "aXRlbXM="),
        ];
        let said: Vec<_> = cases.iter().map(|case| said(case)).collect();
        insta::assert_snapshot!(said.join("\n\n"));
    }

    #[test]
    fn no_damage_makes_it_panic() {
        for at in 0..BUNDLE.len() {
            let _ = check(Path::new("ca.crt"), &BUNDLE[..at]);
            let mut damaged = BUNDLE.to_vec();
            damaged[at] ^= 1;
            let _ = check(Path::new("ca.crt"), &damaged);
        }
    }
}
