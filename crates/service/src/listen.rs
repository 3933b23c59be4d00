//! Settings that every server of ours takes, by flag or environment.

use std::{net::IpAddr, time::Duration};

use clap::Args;

use crate::telemetry::LogFormat;

/// How to log, listen and stop. `port` and `host` are each server's own, because their defaults differ.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Address to listen on. Never taken from HOSTNAME, which container platforms set themselves
    #[arg(long, env = "HOST", default_value = "0.0.0.0")]
    pub host: IpAddr,

    /// Seconds that requests in flight get to finish after SIGTERM or SIGINT; keep it below the platform's stop timeout
    #[arg(long, env = "SHUTDOWN_GRACE_SECONDS", default_value = "25", value_parser = seconds, value_name = "SECONDS")]
    pub shutdown_grace: Duration,

    /// Connections served at once; more wait to be accepted
    #[arg(long, env = "MAX_CONNECTIONS", default_value = "4096", value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub max_connections: u32,

    /// Look of the log lines on standard output
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,

    /// What is logged: a level, or targets with levels such as `info,backend=debug`
    #[arg(long, env = "LOG_FILTER", default_value = "info", value_name = "FILTER")]
    pub log_filter: String,
}

/// Parses a whole number of seconds, at most a day.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u64 = text.parse().map_err(|_| "not a whole number of seconds".to_owned())?;
    if seconds > 86_400 { Err("more than a day".to_owned()) } else { Ok(Duration::from_secs(seconds)) }
}
