//! All settings, as options or environment variables.

use std::time::Duration;

use clap::Args;
use service::secretive::Secretive;

use crate::BackendUrl;

/// The settings of the server.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Settings {
    /// Port to listen on; 0 selects a free port, which is logged
    #[arg(long, env = "PORT", default_value = "3000")]
    pub port: u16,

    /// Where the backend is, and how long to wait for it.
    #[command(flatten)]
    pub backend: BackendSettings,

    /// How to listen, log and stop.
    #[command(flatten)]
    pub listen: service::listen::Settings,
}

/// Where the backend is, and how long to wait for it.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct BackendSettings {
    /// URL of the backend, as this server reaches it; browsers do not use it
    #[arg(long, env = "BACKEND_URL", default_value = "http://127.0.0.1:8000", value_name = "URL", value_parser = Secretive::<BackendUrl>::default())]
    pub backend_url: BackendUrl,

    /// Timeout of all requests to the backend for one page, in seconds from 0.05 to 30
    #[arg(long, env = "BACKEND_TIMEOUT", default_value = "3", value_parser = patience, value_name = "SECONDS")]
    pub backend_timeout: Duration,

    /// Timeout for connecting to the backend, in seconds; at most half of the other timeout
    #[arg(long, env = "BACKEND_CONNECT_TIMEOUT", default_value = "1", value_parser = patience, value_name = "SECONDS")]
    pub backend_connect_timeout: Duration,
}

/// Parses seconds with decimals: long enough for an answer, short enough that nobody waits for a dead page.
fn patience(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !(0.05..=30.0).contains(&seconds) {
        return Err("not between 0.05 and 30 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}
