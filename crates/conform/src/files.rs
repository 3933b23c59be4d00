//! What an image has among its files.

use std::path::Path;

use oci::Execution;

/// Where programs look for the certificates of authorities.
const BUNDLES: [&str; 5] = [
    "etc/ssl/certs/ca-certificates.crt",
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/ssl/cert.pem",
    "etc/ssl/ca-bundle.pem",
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
];

/// Where a shell is, without which a health check in the container has to be a program of the image.
const SHELL: &str = "bin/sh";

/// The bundle of certificates that programs find.
pub(crate) fn bundle(files: &Path, execution: &Execution) -> Option<String> {
    let said = execution.env.iter().find_map(|pair| pair.strip_prefix("SSL_CERT_FILE="));
    let said = said.map(|path| path.trim_start_matches('/'));
    said.into_iter().chain(BUNDLES).find(|path| exists(files, path)).map(|path| format!("/{path}"))
}

/// Whether there is a shell.
pub(crate) fn has_shell(files: &Path) -> bool {
    exists(files, SHELL) || exists(files, "usr/bin/sh")
}

/// A link counts: it leads to another file of the image, which the machine does not have.
fn exists(files: &Path, path: &str) -> bool {
    files.join(path).symlink_metadata().is_ok()
}
