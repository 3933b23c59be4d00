//! `driftless image signatures`

use std::{path::PathBuf, process::ExitCode};

use registry::{
    Reference,
    signatures::{self, Said},
    signing::{PROVENANCE, Provenance, PublicKey, SIGNATURE},
};
use serde::Serialize;

use crate::command::{
    show::{harmless, parsed, print, print_json},
    transfer::{self, Access, Show, public},
};

/// Check that an image in a registry is signed with a key
///
/// Reads the Sigstore bundles that refer to the image, as `driftless push` and `cosign sign` attach them. Those that another
/// key has signed, or that are about another image, do not count.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The image: `REGISTRY/REPOSITORY[:TAG][@DIGEST]`
    #[arg(value_parser = parsed::<Reference>)]
    reference: Reference,

    /// The public key, in PEM: ECDSA over P-256
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    #[command(flatten)]
    access: Access,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image signatures registry.example.com/items/backend:1 --key key.pub
  driftless image signatures registry.example.com/items/backend:1 --key key.pub --json | jq .provenance

Exit codes: 0 signed with the key; 1 not signed with it.";

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
struct Verdict {
    digest: oci::Digest,
    /// Fingerprint of the key.
    key: oci::Digest,
    signed: bool,
    provenance: Option<Provenance>,
    /// Signatures that do not count, and why.
    refused: Vec<String>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let key = public(&args.key)?;
    let show = Show::new(false);
    let registry = args.access.registry(args.reference.endpoint.clone(), show.events())?;
    transfer::run(async {
        let digest = registry::outline(&registry, &args.reference, None).await?.digest;
        let said = signatures::said(&registry, &args.reference.repository, &digest, &key).await?;
        let verdict = Verdict::of(digest, &key, said);
        if args.json {
            print_json(SCHEMA, &verdict)?;
        } else {
            print(&verdict.text())?;
        }
        Ok(if verdict.signed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

impl Verdict {
    fn of(digest: oci::Digest, key: &PublicKey, said: Said) -> Self {
        let provenance = said.of(PROVENANCE).and_then(Provenance::read);
        let signed = said.of(SIGNATURE).is_some();
        Self { digest, key: key.fingerprint(), signed, provenance, refused: said.refused }
    }

    fn text(&self) -> String {
        let Self { digest, key, .. } = self;
        let mut lines = Vec::new();
        if self.signed {
            lines.push(format!("`{digest}` is signed with the key {}", key.short()));
        }
        if let Some(Provenance { builder, commits }) = &self.provenance {
            lines.push(format!("  built by  {builder}"));
            lines.extend(commits.iter().map(|commit| format!("  from      {commit}")));
        }
        lines.extend(self.refused.iter().map(|why| format!("  refused   {why}")));
        if !self.signed {
            lines.push(format!("`{digest}` is not signed with the key {}", key.short()));
            lines.push("hint: `driftless push --sign-key FILE` signs what it pushes".to_owned());
        }
        lines.iter().map(|line| harmless(line)).collect::<Vec<_>>().join("\n")
    }
}
