//! Starts the `driftless` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    driftless::command::main()
}
