//! TLS to PostgreSQL by rustls: the certificate's chain and the server's name are always checked.

use std::{
    io,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyhow::{Context as _, ensure};
use rustls::{ClientConfig, RootCertStore, crypto::ring::default_provider};
use rustls_pki_types::{CertificateDer, InvalidDnsNameError, ServerName, pem::PemObject};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    Socket,
    tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream},
};
use tokio_rustls::{TlsConnector, client};

/// The authorities of Amazon RDS, which no system's bundle has: see `assets/rds/README.md`.
const RDS: &[u8] = include_bytes!("../../../assets/rds/roots.der");

/// How connections are encrypted, if they are.
#[derive(Clone)]
pub(super) struct Tls(TlsConnector);

impl Tls {
    /// Trusts the authorities in the PEM file `bundle`, by default those of Amazon RDS.
    pub(super) fn new(bundle: Option<&Path>) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        match bundle {
            None => {
                for certificate in certificates(RDS) {
                    roots.add(certificate).context("reading the authorities of Amazon RDS")?;
                }
            }
            Some(path) => {
                let doing = || format!("reading the authorities in `{}`", path.display());
                for certificate in CertificateDer::pem_file_iter(path).with_context(doing)? {
                    roots.add(certificate.with_context(doing)?).with_context(doing)?;
                }
                ensure!(!roots.is_empty(), "`{}` holds no certificate", path.display());
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .context("preparing TLS")?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config).into()))
    }
}

/// The certificates that `der` has one after the other. Each begins with its length, of two bytes.
fn certificates(mut der: &[u8]) -> impl Iterator<Item = CertificateDer<'_>> {
    std::iter::from_fn(move || {
        let [0x30, 0x82, high, low, ..] = *der else { return None };
        let (first, rest) = der.split_at_checked(4 + usize::from(u16::from_be_bytes([high, low])))?;
        der = rest;
        Some(first.into())
    })
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Encrypted;
    type TlsConnect = Handshake;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, InvalidDnsNameError> {
        // A Unix socket has no name, and is never asked to encrypt.
        let domain = if domain.is_empty() { "localhost" } else { domain };
        Ok(Handshake { connector: self.0.clone(), server: ServerName::try_from(domain)?.to_owned() })
    }
}

pub(super) struct Handshake {
    connector: TlsConnector,
    server: ServerName<'static>,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Encrypted;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move { self.connector.connect(self.server, socket).await.map(Encrypted) })
    }
}

pub(super) struct Encrypted(client::TlsStream<Socket>);

impl TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authorities_of_rds_are_all_there() {
        let read: usize = certificates(RDS).map(|certificate| certificate.len()).sum();
        assert_eq!((read, certificates(RDS).count()), (RDS.len(), 81));
        assert!(Tls::new(None).is_ok());
    }

    #[test]
    fn a_bundle_without_a_certificate_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Tls::new(Some(file.path())).err().unwrap().to_string();
        assert!(error.ends_with("holds no certificate"), "{error}");
    }
}
