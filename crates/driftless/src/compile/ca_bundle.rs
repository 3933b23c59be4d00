//! The certificates that services trust unless a build is given others.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context;
use base64::{Engine, prelude::BASE64_STANDARD};
use tempfile::NamedTempFile;

/// Characters in a line of PEM: RFC 7468 section 2.
const LINE: usize = 64;

/// The file that goes into the images.
pub(super) enum CaBundle {
    /// The one that was asked for.
    Given(PathBuf),
    /// [`pem`], as a file for as long as this lives.
    Mozilla(NamedTempFile),
}

impl CaBundle {
    pub(super) fn of(given: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(path) = given {
            return Ok(Self::Given(path.to_owned()));
        }
        let mut file = NamedTempFile::new().context("making a temporary file for the CA bundle")?;
        file.write_all(pem().as_bytes()).context("writing the CA bundle")?;
        Ok(Self::Mozilla(file))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Mozilla(file) => file.path(),
        }
    }
}

/// Mozilla's roots as PEM, as `Cargo.lock` pins them: the same bytes on every machine, whatever it has installed.
pub(crate) fn pem() -> String {
    let mut text = String::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        let encoded = BASE64_STANDARD.encode(certificate);
        for start in (0..encoded.len()).step_by(LINE) {
            let line = &encoded[start..encoded.len().min(start + LINE)];
            writeln!(text, "{line}").expect("writing to a string");
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_many_certificates_in_lines_of_64() {
        let text = pem();
        assert!(text.matches("BEGIN CERTIFICATE").count() > 100);
        assert!(text.lines().all(|line| line.len() <= LINE));
    }
}
