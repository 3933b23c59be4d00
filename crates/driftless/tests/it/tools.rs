//! Programs that tests use and a machine may lack.

use std::{env, path::PathBuf};

/// Where the `programs` are. If one is missing: says so, and how to get it; with `CI=true` that is a failure.
pub(crate) fn found(programs: &[&str]) -> Option<Vec<PathBuf>> {
    let path = env::var_os("PATH").unwrap_or_default();
    let find = |program: &&str| env::split_paths(&path).map(|dir| dir.join(program)).find(|path| path.is_file());
    let missing: Vec<_> = programs.iter().filter(|program| find(program).is_none()).collect();
    if missing.is_empty() {
        return Some(programs.iter().filter_map(find).collect());
    }
    println!("SKIPPED: {missing:?} is missing; install it with `./check tools`");
    assert_ne!(env::var("CI").as_deref(), Ok("true"), "with CI=true nothing may be skipped");
    None
}

/// Where the first of `programs` is that this machine has, any of which will do. The variable `chosen` overrides it.
#[cfg(feature = "aws")]
pub(crate) fn any(chosen: &str, programs: &[&str]) -> Option<PathBuf> {
    if let Some(program) = env::var_os(chosen).filter(|value| !value.is_empty()) {
        return Some(program.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let has = |program: &&str| env::split_paths(&path).any(|dir| dir.join(program).is_file());
    let program = programs.iter().copied().find(has).or_else(|| programs.last().copied())?;
    found(&[program])?.pop()
}
