//! The frontend server.

use std::process::ExitCode;

/// The images are static, and musl's own allocator is slow when several threads use it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    service::process::prefer_small_pages();
    frontend::cli::run(std::env::args_os())
}
