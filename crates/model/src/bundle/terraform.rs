//! The Terraform roots of a stack, as they come from `infra.nix`.

use std::{fs, path::Path};

use anyhow::Context;
use hint::Hint;

use crate::stack::Stack;

/// The one file of a root.
const CONFIG: &str = "config.tf.json";

/// Copies each root of `stack` from below `rendered` to below `to`.
pub(super) fn copy(stack: &Stack, rendered: &Path, to: &Path) -> anyhow::Result<()> {
    for root in stack.roots() {
        let (from, to) = (rendered.join(root).join(CONFIG), to.join(root));
        let text = oci::read_document(&from)
            .with_context(|| format!("reading the Terraform root `{root}`"))
            .hint("render infra.nix: copy the result of `nix build .#rendered` to `nix/rendered`")?;
        fs::create_dir_all(&to).with_context(|| format!("making `{}`", to.display()))?;
        fs::write(to.join(CONFIG), text).with_context(|| format!("writing the Terraform root `{root}`"))?;
    }
    Ok(())
}
