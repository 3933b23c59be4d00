//! Static binaries from `cargo`, whose bytes depend on the sources and the toolchain alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};
use hint::Hint;
use model::progress::{Progress, Step};

use super::{
    artifact::{Artifacts, Message, Program},
    packages, target,
};

/// The Cargo profile of what goes into images: `bench/profile.md` has the measurements.
const PROFILE: &str = "image";

/// 1980-01-01, which nixpkgs uses, too.
const EPOCH: &str = "315532800";

/// A program that was compiled.
pub(super) struct Compiled {
    pub(super) path: PathBuf,
    /// What it was compiled from.
    pub(super) packages: Vec<u8>,
}

/// Compiles `programs` in the workspace at `directory`.
pub(super) fn build<'a>(
    directory: &Path,
    programs: &BTreeSet<Program<'a>>,
    progress: &dyn Progress,
) -> anyhow::Result<BTreeMap<Program<'a>, Compiled>> {
    // All images may be others'.
    if programs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let packages: BTreeSet<_> = programs.iter().map(|(package, _)| *package).collect();
    let names = packages.iter().copied().collect::<Vec<_>>().join(", ");
    let step = progress.step(&format!("compiling {names}"));
    let made = run(compiling(directory, &packages)?, &names, &step)?;
    let together = tree(directory, &packages)?;
    let mut found = BTreeMap::new();
    for program in programs {
        let (package, binary) = *program;
        let mut path = made.path(*program)?.to_owned();
        let mut list = packages::list(&together, package);
        // Cargo writes programs of one name to one place: such a one is made again, alone, and kept elsewhere.
        if made.is_shared(&path) {
            let only = BTreeSet::from([package]);
            let mut alone = compiling(directory, &only)?;
            alone.args(["--bin", binary]);
            let alone = run(alone, package, &step)?;
            list = packages::list(&tree(directory, &only)?, package);
            let from = alone.path(*program)?;
            let apart = from.with_file_name("of-packages").join(package);
            fs::create_dir_all(&apart).with_context(|| format!("creating `{}`", apart.display()))?;
            path = apart.join(binary);
            fs::copy(from, &path).with_context(|| format!("copying the program `{binary}` of `{package}`"))?;
        }
        let packages = list.with_context(|| format!("listing the packages of `{package}`"))?;
        found.insert(*program, Compiled { path, packages });
    }
    step.done("");
    Ok(found)
}

/// Runs `cargo`, which compiles what is called `names`.
fn run(mut command: Command, names: &str, step: &Step) -> anyhow::Result<Artifacts> {
    let mut child = command
        .spawn()
        .context("starting `cargo`")
        .hint("install Rust from https://rustup.rs, or build with Nix and use `--bundle`")?;
    let messages = BufReader::new(child.stdout.take().context("cargo's output is piped")?);
    let mut made = Artifacts::default();
    let mut crates = 0;
    for line in messages.lines() {
        let line = line.context("reading what cargo says")?;
        // Build scripts may print anything.
        let Ok(message) = serde_json::from_str::<Message>(&line) else { continue };
        if message.reason == "compiler-artifact" {
            crates += 1;
            step.detail(&format!("{crates} crates"));
        }
        made.add(message);
    }
    let status = child.wait().context("waiting for `cargo`")?;
    ensure!(status.success(), "compiling {names}: `cargo build` ended with {status}; its messages are above");
    Ok(made)
}

/// What `cargo` says the packages are compiled from: [`packages::TREE`].
fn tree(directory: &Path, packages: &BTreeSet<&str>) -> anyhow::Result<String> {
    let mut command = command(directory, &packages::TREE, packages)?;
    let output = command.stderr(Stdio::inherit()).output().context("running `cargo tree`")?;
    ensure!(output.status.success(), "`cargo tree` ended with {}; its messages are above", output.status);
    String::from_utf8(output.stdout).context("reading what `cargo tree` says")
}

fn compiling(directory: &Path, packages: &BTreeSet<&str>) -> anyhow::Result<Command> {
    let words = ["build", "--locked", "--quiet", "--message-format=json-render-diagnostics", "--profile", PROFILE];
    command(directory, &words, packages)
}

/// `cargo` with `words`, about `packages`, for the images' platform.
fn command(directory: &Path, words: &[&str], packages: &BTreeSet<&str>) -> anyhow::Result<Command> {
    let triple = target::platform()?.rust_target();
    let remapped = remapped(directory);
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(directory).stdin(Stdio::null()).stdout(Stdio::piped());
    command.args(words).args(["--target", triple]);
    for package in packages {
        command.args(["--package", package]);
    }
    // The encoded form wins over RUSTFLAGS and every configuration file, so that a developer's own flags do not
    // change an image.
    command.env("CARGO_ENCODED_RUSTFLAGS", rust_flags(&remapped).join("\u{1f}"));
    command.env(format!("CFLAGS_{}", triple.replace('-', "_")), c_flags(&remapped));
    // C code that prints when it was built (mimalloc does) says the same on every day: compilers take `__DATE__` from
    // here. https://reproducible-builds.org/specs/source-date-epoch/
    command.env("SOURCE_DATE_EPOCH", EPOCH);
    // What `cargo run` set for this process is about this process.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// Directories that differ from machine to machine, and what the binaries call them.
fn remapped(directory: &Path) -> Vec<(PathBuf, &'static str)> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    [Some((directory.to_owned(), "/src")), home.map(|home| (home, "/cargo"))].into_iter().flatten().collect()
}

fn rust_flags(remapped: &[(PathBuf, &str)]) -> Vec<String> {
    let mut flags = vec![
        "-Ctarget-feature=+crt-static".to_owned(),
        // Without it, randomness comes from /dev/urandom, which an image does not have.
        "--cfg=getrandom_backend=\"linux_getrandom\"".to_owned(),
    ];
    flags.extend(remapped.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())));
    flags
}

fn c_flags(remapped: &[(PathBuf, &str)]) -> String {
    let flags = remapped.iter().map(|(from, to)| format!("-ffile-prefix-map={}={to}", from.display()));
    flags.collect::<Vec<_>>().join(" ")
}
