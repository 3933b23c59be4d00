//! What the services are compiled for.

use anyhow::bail;
use oci::{Architecture, Os, Platform};

/// The platform of images built on this machine by `cargo`: its own.
pub(super) fn platform() -> anyhow::Result<Platform> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => Architecture::Amd64,
        "aarch64" => Architecture::Arm64,
        other => bail!("images are built for x86-64 and arm64, and this machine is `{other}`"),
    };
    if std::env::consts::OS != "linux" {
        hint::bail!(
            "cargo builds images on Linux only, and this machine runs {}",
            std::env::consts::OS,
            hint = "`nix build .#images` uses a Linux builder, and `--bundle DIR` takes what was built elsewhere"
        );
    }
    Ok(Platform { os: Os::Linux, architecture })
}
