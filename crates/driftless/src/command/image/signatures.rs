//! `driftless image signatures`

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use registry::{
    Reference,
    signatures::{self, Said},
    signing::{Identified, Identity, PROVENANCE, Provenance, PublicKey, SIGNATURE, Signatory},
};
use serde::Serialize;

use crate::command::{
    show::{harmless, parsed, print, print_json},
    transfer::{self, Access, Show, Signed, public},
};

/// Check that an image in a registry is signed, with a key or an identity
///
/// Reads the Sigstore bundles that refer to the image, as `driftless push` and `cosign sign` attach them. Those of another key or
/// identity, and those about another image, do not count.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The image: `REGISTRY/REPOSITORY[:TAG][@DIGEST]`
    #[arg(value_parser = parsed::<Reference>)]
    reference: Reference,

    /// The public key, in PEM: ECDSA over P-256
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    #[command(flatten)]
    signed: Signed,

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

  driftless image signatures registry.example.com/items/backend:1 --issuer https://token.actions.githubusercontent.com \\
    --identity https://github.com/items/items/.github/workflows/release.yml@refs/heads/main

Exit codes: 0 signed with the key, or by them; 1 not signed so.";

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
struct Verdict {
    digest: oci::Digest,
    /// Fingerprint of the key, if it was to be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<oci::Digest>,
    /// Otherwise who it was to be.
    #[serde(flatten)]
    who: Option<Who>,
    signed: bool,
    provenance: Option<Provenance>,
    /// Signatures that do not count, and why.
    refused: Vec<String>,
}

#[derive(Serialize)]
struct Who {
    identity: String,
    issuer: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (key, identified) = (args.key.as_deref().map(public).transpose()?, args.signed.identified()?);
    let by = key.as_ref().map(|key| key as &dyn Signatory).or(identified.as_ref().map(|it| it as &dyn Signatory));
    let by = by.context("neither a key nor an identity is given")?;
    let show = Show::new(false);
    let registry = args.access.registry(args.reference.endpoint.clone(), show.events())?;
    transfer::run(async {
        let digest = registry::outline(&registry, &args.reference, None).await?.digest;
        let said = signatures::said(&registry, &args.reference.repository, &digest, by).await?;
        let key = key.as_ref().map(PublicKey::fingerprint);
        let who = identified.as_ref().map(|Identified { identity, .. }| identity.clone());
        let who = who.map(|Identity { name: identity, issuer }| Who { identity, issuer });
        let verdict = Verdict::of(digest, key, who, said);
        if args.json {
            print_json(SCHEMA, &verdict)?;
        } else {
            print(&verdict.text(by))?;
        }
        Ok(if verdict.signed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

impl Verdict {
    fn of(digest: oci::Digest, key: Option<oci::Digest>, who: Option<Who>, said: Said) -> Self {
        let provenance = said.of(PROVENANCE).and_then(Provenance::read);
        let signed = said.of(SIGNATURE).is_some();
        Self { digest, key, who, signed, provenance, refused: said.refused }
    }

    fn text(&self, by: &dyn Signatory) -> String {
        let digest = self.digest;
        let by = if self.key.is_some() { format!("with the key {by}") } else { format!("by {by}") };
        let mut lines = Vec::new();
        if self.signed {
            lines.push(format!("`{digest}` is signed {by}"));
        }
        if let Some(Provenance { builder, commits }) = &self.provenance {
            lines.push(format!("  built by  {builder}"));
            lines.extend(commits.iter().map(|commit| format!("  from      {commit}")));
        }
        lines.extend(self.refused.iter().map(|why| format!("  refused   {why}")));
        if !self.signed {
            lines.push(format!("`{digest}` is not signed {by}"));
            let option = if self.key.is_some() { "--sign-key FILE" } else { "--sign-keyless" };
            lines.push(format!("hint: `driftless push {option}` signs what it pushes"));
        }
        lines.iter().map(|line| harmless(line)).collect::<Vec<_>>().join("\n")
    }
}
