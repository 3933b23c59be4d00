//! The frontend server.

use std::process::ExitCode;

/// Under load it needs half the CPU time of musl's allocator, which the images would use otherwise.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    frontend::cli::run(std::env::args_os())
}
