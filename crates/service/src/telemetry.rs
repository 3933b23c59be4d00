//! Logs: one JSON object per line on standard output, or text for people.

use std::io;

use anyhow::Context;
use clap::ValueEnum;
use tracing_subscriber::{EnvFilter, fmt::layer, layer::SubscriberExt, util::SubscriberInitExt};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line.
    #[default]
    Json,
    /// Text for people.
    Text,
}

/// Starts logging for the whole process. `filter` is in the syntax of [`EnvFilter`], such as `info,backend=debug`.
pub fn init(format: LogFormat, filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| format!("reading the log filter `{filter}`"))?;
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Json => {
            let lines = layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
            registry.with(lines.with_writer(io::stdout)).try_init()
        }
        LogFormat::Text => registry.with(layer().with_writer(io::stdout)).try_init(),
    }
    .context("starting the log")
}
