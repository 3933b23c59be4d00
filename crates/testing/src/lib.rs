//! Programs that tests use and a machine may lack, and chance. For tests alone: no product code depends on it.

mod chance;
#[cfg(unix)]
mod postgres;
mod program;

use std::{env, fs::OpenOptions, io::Write, path::PathBuf, thread};

pub use chance::Chance;
#[cfg(unix)]
pub use postgres::Postgres;
pub use program::{AMD64, ARM64, program};

/// Says that the test that calls this can't be run here, and why; with `CI=true` that is a failure.
///
/// # Panics
/// With `CI=true`, or as [`left_out`] does.
pub fn skipped(why: &str) {
    assert_ne!(env::var("CI").as_deref(), Ok("true"), "with CI=true nothing may be skipped: {why}");
    left_out(why);
}

/// Says that the test that calls this, or a part of it, can't be run by this user or with this system's programs, and why.
///
/// To runners it is a test that passed, and they hide what such a one has printed. So it is said where they can't: in the
/// file that `DRIFTLESS_TESTS_SKIPPED` names, of which `./check` makes a list, or else on the terminal.
///
/// # Panics
/// If that file can't be written.
pub fn left_out(why: &str) {
    println!("SKIPPED: {why}");
    let line = format!("{}: {}", thread::current().name().unwrap_or("a test"), why.trim_end());
    if let Some(path) = env::var_os("DRIFTLESS_TESTS_SKIPPED") {
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let written = file.and_then(|mut file| writeln!(file, "{line}"));
        assert!(written.is_ok(), "writing `{}`: {written:?}", path.display());
    } else if let Ok(mut terminal) = OpenOptions::new().write(true).open("/dev/tty") {
        // Where there is none, nobody looks on.
        let _ = writeln!(terminal, "SKIPPED: {line}");
    }
}

/// Where the `programs` are. If one is missing: says so, and how to get it; with `CI=true` that is a failure.
pub fn found(programs: &[&str]) -> Option<Vec<PathBuf>> {
    let path = env::var_os("PATH").unwrap_or_default();
    let find = |program: &&str| env::split_paths(&path).map(|dir| dir.join(program)).find(|path| path.is_file());
    let missing: Vec<_> = programs.iter().filter(|program| find(program).is_none()).collect();
    if missing.is_empty() {
        return Some(programs.iter().filter_map(find).collect());
    }
    skipped(&format!("{missing:?} is missing; install it with `./check tools`"));
    None
}

/// Where the first of `programs` is that this machine has, any of which will do. The variable `chosen` overrides it.
pub fn any(chosen: &str, programs: &[&str]) -> Option<PathBuf> {
    if let Some(program) = env::var_os(chosen).filter(|value| !value.is_empty()) {
        return Some(program.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let has = |program: &&str| env::split_paths(&path).any(|dir| dir.join(program).is_file());
    let program = programs.iter().copied().find(has).or_else(|| programs.last().copied())?;
    found(&[program])?.pop()
}
