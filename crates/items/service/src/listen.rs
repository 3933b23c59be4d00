//! Settings of every server, as options or environment variables.

use std::{net::IpAddr, time::Duration};

use clap::Args;

use crate::process::LogFormat;

/// How to listen, log and stop. The port is an option of each server, because the defaults differ.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Address to listen on. HOSTNAME is not used: container platforms set it
    #[arg(long, env = "HOST", default_value = "0.0.0.0")]
    pub host: IpAddr,

    /// Seconds for running requests to finish after SIGTERM or SIGINT; keep it below the stop timeout of the platform
    #[arg(long, env = "SHUTDOWN_GRACE_SECONDS", default_value = "25", value_parser = seconds, value_name = "SECONDS")]
    pub shutdown_grace: Duration,

    /// Seconds that a connection may be idle; more than the load balancer in front keeps it
    #[arg(long, env = "KEEP_ALIVE_SECONDS", default_value = "75", value_parser = seconds, value_name = "SECONDS")]
    pub keep_alive: Duration,

    /// Seconds that a client may take none of its answer, before its connection is closed
    #[arg(long, env = "WRITE_TIMEOUT_SECONDS", default_value = "60", value_parser = seconds, value_name = "SECONDS")]
    pub write_timeout: Duration,

    /// Largest number of open connections; others wait to be accepted
    #[arg(long, env = "MAX_CONNECTIONS", default_value = "4096", value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub max_connections: u32,

    /// Port on which Prometheus finds `/metrics`; keep it from the public. Absent: none
    #[arg(long, env = "METRICS_PORT", value_name = "PORT")]
    pub metrics_port: Option<u16>,

    /// Format of the log on standard output
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,

    /// What to log: a level, or levels of targets, such as `info,backend=debug`
    #[arg(long, env = "LOG_FILTER", default_value = "info", value_name = "FILTER")]
    pub log_filter: String,
}

/// Parses a whole number of seconds, at most a day.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u64 = text.parse().map_err(|_| "not a whole number of seconds".to_owned())?;
    if seconds > 86_400 { Err("more than a day".to_owned()) } else { Ok(Duration::from_secs(seconds)) }
}
