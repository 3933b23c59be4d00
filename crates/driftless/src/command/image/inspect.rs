//! `driftless image inspect`

use std::{
    fmt::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use oci::{Digest, Execution, File, FileKind, LayerContents, Layout, contents};
use serde::Serialize;

use crate::command::show::{harmless, print, print_json, size};

const EXAMPLES: &str = "\
Examples:
  driftless image inspect images/backend
  driftless image inspect images/backend --json | jq -r .digest";

/// Show the config, layers and files of an image layout
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The directory of the layout
    dir: PathBuf,

    /// Print JSON, with sizes in bytes
    #[arg(long)]
    json: bool,
}

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
struct Inspection<'a> {
    digest: Digest,
    platform: String,
    /// Bytes of manifest, config and compressed layers.
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
    if args.json {
        print_json(SCHEMA, &inspection)?;
    } else {
        print(&inspection.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
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
        let (size, uncompressed) = (size(self.size), size(self.uncompressed_size));
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

/// A name and its values, one per line; nothing if there are no values.
fn field<T: AsRef<str>>(f: &mut fmt::Formatter<'_>, name: &str, values: impl IntoIterator<Item = T>) -> fmt::Result {
    let mut name = name;
    for value in values.into_iter().filter(|value| !value.as_ref().is_empty()) {
        writeln!(f, "{name:<13}{}", harmless(value.as_ref()))?;
        name = "";
    }
    Ok(())
}

/// A word of a command line, quoted if a reader could not see where it ends.
fn word_of(word: &str) -> String {
    if word.is_empty() || word.contains(char::is_whitespace) { format!("{word:?}") } else { word.to_owned() }
}

fn layer_of(f: &mut fmt::Formatter<'_>, number: usize, layer: &LayerContents) -> fmt::Result {
    let (size, uncompressed) = (size(layer.size), size(layer.uncompressed_size));
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
        FileKind::File => ('-', size(file.size)),
        FileKind::Special => ('?', String::new()),
        FileKind::Symlink { target } => {
            let _ = write!(path, " -> {target}");
            ('l', String::new())
        }
        FileKind::Hardlink { target } => {
            let _ = write!(path, " = /{target}");
            ('-', String::new())
        }
    };
    [mode(kind, file.mode), format!("{}:{}", file.uid, file.gid), size, path]
}

/// A mode as `ls -l` writes it, after a letter for the kind of file.
fn mode(kind: char, mode: u32) -> String {
    let mut text: String = (0..9)
        .rev()
        .zip("rwxrwxrwx".chars())
        .map(|(bit, letter)| if mode >> bit & 1 == 1 { letter } else { '-' })
        .collect();
    if mode & 0o1000 != 0 {
        let sticky = if mode & 1 == 1 { 't' } else { 'T' };
        text.pop();
        text.push(sticky);
    }
    format!("{kind}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_read_as_in_ls() {
        let modes = [mode('d', 0o1777), mode('-', 0o555), mode('-', 0o644), mode('d', 0o1770)];
        assert_eq!(modes.join(" "), "drwxrwxrwt -r-xr-xr-x -rw-r--r-- drwxrwx--T");
    }
}
