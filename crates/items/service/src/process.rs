//! What a server sets up first, for the whole process: memory pages and logs.

use std::io;

use anyhow::Context;
use clap::ValueEnum;
use tracing_subscriber::{filter::Targets, fmt::layer, layer::SubscriberExt, util::SubscriberInitExt};

/// Turns transparent huge pages off for this process. Call it before anything else.
///
/// Our allocator does not request huge pages, but where the system uses them for every process (`always`), the first touch
/// of each costs 2 MiB: more than half of the memory of a new server, without a measurable gain (`bench/README.md`).
pub fn prefer_small_pages() {
    #[cfg(target_os = "linux")]
    {
        // A kernel without the setting has no huge pages.
        let _ = rustix::thread::disable_transparent_huge_pages(true);
    }
}

/// The format of log lines on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line, for log collectors.
    #[default]
    Json,
    /// Text for people.
    Text,
}

/// Starts to log for the whole process, once. `filter` is in the syntax of [`Targets`], such as `info,backend=debug`.
///
/// Not `EnvFilter`, which also filters by the values of fields: the engine for regular expressions in it would be compiled
/// into every server.
pub fn start_log(format: LogFormat, filter: &str) -> anyhow::Result<()> {
    let filter: Targets = filter.parse().with_context(|| format!("reading the log filter `{filter}`"))?;
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
