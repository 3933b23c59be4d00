//! `driftless image inspect`

use std::{
    fmt::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use oci::{Digest, Execution, File, FileKind, LayerContents, Layout, contents};
use serde::Serialize;

use super::text;

const EXAMPLES: &str = "\
Examples:
  driftless image inspect images/backend
  driftless image inspect images/backend --json | jq -r .digest";

/// Show what an image layout holds: layers, files, and how it is run
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The layout's directory
    dir: PathBuf,

    /// Print everything as JSON, sizes in bytes
    #[arg(long)]
    json: bool,
}

/// What an image holds.
#[derive(Serialize)]
struct Inspection<'a> {
    digest: Digest,
    platform: String,
    /// Manifest, config and layers as a registry stores them.
    size: u64,
    uncompressed_size: u64,
    user: &'a str,
    entrypoint: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    cmd: &'a [String],
    env: &'a [String],
    working_dir: &'a str,
    config: Digest,
    annotations: &'a std::collections::BTreeMap<String, String>,
    layers: Vec<LayerContents>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let inspecting = || format!("inspecting image `{}`", args.dir.display());
    let layout = Layout::open(&args.dir).with_context(inspecting)?;
    let layers = contents(&layout).with_context(inspecting)?;
    let inspection = Inspection::of(&layout, layers);
    if args.json { text::print_json(&inspection) } else { text::print(&inspection.to_string()) }
}

impl<'a> Inspection<'a> {
    fn of(layout: &'a Layout, layers: Vec<LayerContents>) -> Self {
        let Execution { user, env, entrypoint, cmd, working_dir, .. } = &layout.config().config;
        Self {
            digest: layout.digest(),
            platform: layout.platform().to_string(),
            size: layout.size(),
            uncompressed_size: layers.iter().map(|layer| layer.uncompressed_size).sum(),
            user,
            entrypoint,
            cmd,
            env,
            working_dir,
            config: layout.manifest().config.digest,
            annotations: &layout.manifest().annotations,
            layers,
        }
    }
}

impl fmt::Display for Inspection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (size, uncompressed) = (text::size(self.size), text::size(self.uncompressed_size));
        field(f, "image", [self.digest.to_string()])?;
        field(f, "platform", [&self.platform])?;
        field(f, "size", [format!("{size}, unpacked {uncompressed}")])?;
        field(f, "user", [self.user])?;
        field(
            f,
            "runs",
            [self.entrypoint.iter().chain(self.cmd).map(|word| word_of(word)).collect::<Vec<_>>().join(" ")],
        )?;
        field(f, "directory", [self.working_dir])?;
        field(f, "env", self.env)?;
        field(f, "annotations", self.annotations.iter().map(|(key, value)| format!("{key}={value}")))?;
        for (number, layer) in self.layers.iter().enumerate() {
            layer_of(f, number + 1, layer)?;
        }
        Ok(())
    }
}

/// A name and its values, one below the other; nothing if there are none.
fn field<T: AsRef<str>>(f: &mut fmt::Formatter<'_>, name: &str, values: impl IntoIterator<Item = T>) -> fmt::Result {
    let mut name = name;
    for value in values.into_iter().filter(|value| !value.as_ref().is_empty()) {
        writeln!(f, "{name:<13}{}", text::harmless(value.as_ref()))?;
        name = "";
    }
    Ok(())
}

/// A word of a command line, quoted if a reader could not see where it ends.
fn word_of(word: &str) -> String {
    if word.is_empty() || word.contains(char::is_whitespace) { format!("{word:?}") } else { word.to_owned() }
}

fn layer_of(f: &mut fmt::Formatter<'_>, number: usize, layer: &LayerContents) -> fmt::Result {
    let (size, uncompressed) = (text::size(layer.size), text::size(layer.uncompressed_size));
    writeln!(f)?;
    field(f, &format!("layer {number}"), [layer.digest.to_string()])?;
    field(f, "diff id", [layer.diff_id.to_string()])?;
    field(f, "type", [&layer.media_type])?;
    field(f, "size", [format!("{size}, unpacked {uncompressed}")])?;
    let rows: Vec<_> = layer.files.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (owner_width, size_width) = (width(1), width(2));
    for [mode, owner, size, path] in &rows {
        writeln!(f, "  {mode}  {owner:<owner_width$}  {size:>size_width$}  {path}")?;
    }
    Ok(())
}

/// Mode, owner, size and path of a file.
fn row(file: &File) -> [String; 4] {
    let mut path = format!("/{}", file.path);
    let (kind, size) = match &file.kind {
        FileKind::Directory => {
            path.push_str(if file.path.is_empty() { "" } else { "/" });
            ('d', String::new())
        }
        FileKind::File => ('-', text::size(file.size)),
        FileKind::Symlink { target } => {
            let _ = write!(path, " -> {target}");
            ('l', String::new())
        }
        FileKind::Hardlink { target } => {
            let _ = write!(path, " = /{target}");
            ('-', String::new())
        }
    };
    [text::mode(kind, file.mode), format!("{}:{}", file.uid, file.gid), size, path]
}
