//! `driftless image`, from the outside and against the tools that other people use.

mod cli;
#[cfg_attr(
    not(feature = "registry"),
    expect(dead_code, reason = "tests of other tools and of registries use more of it")
)]
pub(crate) mod fixture;
#[cfg(feature = "registry")]
mod machine;
