//! The program that libFuzzer runs, for the target that `FUZZ_TARGET` names. Without `--cfg fuzzing` it has nothing to do.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod engine {
    use std::{env, sync::LazyLock};

    use fuzz::Target;

    static TARGET: LazyLock<&Target> = LazyLock::new(|| {
        let name = env::var("FUZZ_TARGET").unwrap_or_default();
        fuzz::target(&name).unwrap_or_else(|| panic!("FUZZ_TARGET names no target: `{name}`"))
    });

    libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.read)(bytes));
}

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("built without `--cfg fuzzing`: start crates/fuzz/run");
    std::process::exit(2);
}
