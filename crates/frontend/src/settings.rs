//! Settings, by flag or environment.

use std::time::Duration;

use clap::Args;

use crate::BackendUrl;

/// Everything that can be set.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Settings {
    /// Port to listen on; 0 takes a free one, which the log names
    #[arg(long, env = "PORT", default_value = "3000")]
    pub port: u16,

    /// The way to the backend.
    #[command(flatten)]
    pub backend: BackendSettings,

    /// How to log, listen and stop.
    #[command(flatten)]
    pub listen: service::listen::Settings,
}

/// The way to the backend.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct BackendSettings {
    /// Scheme, host and port of the backend, as this server reaches it; browsers never see it
    #[arg(long, env = "BACKEND_URL", default_value = "http://127.0.0.1:8000", value_name = "URL")]
    pub backend_url: BackendUrl,

    /// Seconds that a page waits for the backend in all, 0.05 to 30; then it says that there is no answer
    #[arg(long, env = "BACKEND_TIMEOUT", default_value = "3", value_parser = patience, value_name = "SECONDS")]
    pub backend_timeout: Duration,

    /// Seconds of those that connecting may take, at most half of them
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
