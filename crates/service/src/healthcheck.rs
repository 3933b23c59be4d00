//! The `healthcheck` subcommand: an image has no shell and no curl, so the server asks itself.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, ensure};

/// Settings of the check; the address is the server's own.
#[derive(Clone, Debug, clap::Args)]
pub struct Settings {
    /// Path to ask; 200 is healthy
    #[arg(long, default_value = "/health")]
    pub path: String,
    /// Seconds until no answer is a failure
    #[arg(long, default_value = "4", value_parser = crate::listen::seconds, value_name = "SECONDS")]
    pub timeout: Duration,
}

/// Asks the server on this machine at `host` and `port`; any answer but 200 is an error.
pub fn run(settings: &Settings, host: IpAddr, port: u16) -> anyhow::Result<()> {
    let address = SocketAddr::new(reachable(host), port);
    let status = status_of(address, settings).with_context(|| format!("asking `http://{address}{}`", settings.path))?;
    ensure!(status == "200", "`http://{address}{}` answers {status}", settings.path);
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
    let head = std::str::from_utf8(&head).context("the answer is not HTTP")?;
    let status = head.strip_prefix("HTTP/1.1 ").context("the answer is not HTTP/1.1")?;
    Ok(status.to_owned())
}

/// A server that listens on every address is asked on the loopback one.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    }
}
