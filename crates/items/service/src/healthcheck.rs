//! The `healthcheck` subcommand: an image contains neither a shell nor curl, so the server sends the request.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, ensure};

/// Options of the check; the address is that of the server.
#[derive(Clone, Debug, clap::Args)]
pub struct Settings {
    /// Path to request; the server is healthy if the status is 200
    #[arg(long, default_value = "/health")]
    pub path: String,
    /// Timeout in seconds
    #[arg(long, default_value = "4", value_parser = crate::listen::seconds, value_name = "SECONDS")]
    pub timeout: Duration,
}

/// Sends a request to the server at `host` and `port` of this machine. Any status but 200 is an error.
pub fn run(settings: &Settings, host: IpAddr, port: u16) -> anyhow::Result<()> {
    let address = SocketAddr::new(reachable(host), port);
    let status =
        status_of(address, settings).with_context(|| format!("requesting `http://{address}{}`", settings.path))?;
    ensure!(status == "200", "the status of `http://{address}{}` is {status}", settings.path);
    Ok(())
}

fn status_of(address: SocketAddr, settings: &Settings) -> anyhow::Result<String> {
    ensure!(
        settings.path.starts_with('/') && !settings.path.contains(char::is_whitespace),
        "the path must start with `/`"
    );
    let mut stream = TcpStream::connect_timeout(&address, settings.timeout)?;
    stream.set_read_timeout(Some(settings.timeout))?;
    stream.set_write_timeout(Some(settings.timeout))?;
    write!(stream, "GET {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n", settings.path)?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    let head = std::str::from_utf8(&head).context("the response is not HTTP")?;
    let status = head.strip_prefix("HTTP/1.1 ").context("the response is not HTTP/1.1")?;
    Ok(status.to_owned())
}

/// The loopback address if the server listens on all addresses.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    }
}
