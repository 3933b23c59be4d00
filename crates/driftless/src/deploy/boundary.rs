//! Places where a test ends the program, as if it had been killed there.

use std::{env, process};

/// Names the step after which the program ends. For tests.
const VARIABLE: &str = "DRIFTLESS_TEST_KILL_AFTER";

/// What a shell reports of a program that was killed.
const KILLED: i32 = 137;

/// The step `name` is done.
pub(super) fn after(name: &str) {
    if env::var(VARIABLE).is_ok_and(|chosen| chosen == name) {
        process::exit(KILLED);
    }
}
