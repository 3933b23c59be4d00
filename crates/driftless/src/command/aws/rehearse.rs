//! `driftless rehearse`

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use cloud::interrupt;
use hint::Hint;
use model::{exit::Exit, palette::Palette, progress, project::Project};
use rehearse::{
    Rehearsal, end_processes_in,
    report::{Report, StepOutcome},
};
use tokio::process::Command;

use super::options::{Env, built};
use crate::command::show::{aligned, print, print_document};
use crate::compile::ca_bundle;

/// Where the account's sources are.
const SOURCES: &str = "DRIFTLESS_REHEARSAL";

/// Deploy to a simulated account, with real tasks
///
/// Rehearses a deployment on this machine before it touches AWS: the real OpenTofu or Terraform and provider, an account that refuses what
/// AWS refuses, the real images, pulled from its registry and run as they were registered. Bootstraps, deploys, visits, changes under
/// load, breaks a release on purpose, rolls back, pauses, resumes and destroys, by the ordinary commands. No AWS account is
/// needed, and none is reached.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless rehearse --env dev
  driftless rehearse --env dev --html report.html
  driftless rehearse --env dev --promote-to prod
  driftless rehearse --env dev --against ../main/bundle      from what another commit was built to
  driftless rehearse --env dev --bundle result --json | jq '.steps[] | select(.outcome == \"failed\")'

Exit codes: 0 every step did what it should; 1 one did not, or it can't be rehearsed here; 130 interrupted.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    environment: Env,

    /// Deploy this bundle first, and then go from it to what is rehearsed: what a change of what serves does
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,

    /// Promote what was deployed to this environment, too
    #[arg(long, value_name = "NAME")]
    promote_to: Option<String>,

    /// The directory with the account's sources [default: the project's]
    #[arg(long, value_name = "DIR", env = SOURCES, hide_env_values = true)]
    account: Option<PathBuf>,

    /// Write the report into this file, as a page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let stack = args.environment.stack()?;
    let environment = cloud::chosen(&stack, args.environment.env.as_deref())?;
    let scratch = tempfile::Builder::new().prefix("driftless-rehearsal-").tempdir().context("making a directory")?;
    let sources = sources(args)?;
    let python = python(&sources).await?;
    let bundle = match args.environment.bundle()? {
        Some(bundle) => existing(&bundle)?,
        None => built(Project::here()?, scratch.path().join("bundle"), progress::stderr()).await?.directory,
    };
    let program = env::current_exe().context("finding this program")?;
    let judge = judge(&program, scratch.path())?;
    let scratch_path = scratch.path().to_owned();
    let roots = match env::var_os("SSL_CERT_FILE") {
        Some(file) => fs::read_to_string(&file).with_context(|| format!("reading `{}`", file.display()))?,
        None => ca_bundle::pem(),
    };
    let promote_to = args.promote_to.as_deref().map(|to| cloud::chosen(&stack, Some(to))).transpose()?;
    let rehearsal = Rehearsal {
        program,
        bundle,
        against: args.against.as_deref().map(existing).transpose()?,
        environment,
        promote_to,
        python,
        sources,
        roots,
        judge,
        scratch: scratch_path,
    };
    let (_handled, progress) = (interrupt::handle(), progress::stderr());
    let report = tokio::select! {
        report = rehearsal.run(&*progress) => Some(report),
        () = interrupt::control_c() => None,
    };
    end_processes_in(scratch.path());
    let Some(report) = report.transpose()? else {
        eprintln!("interrupted: everything that was started is ended; no AWS account was reached");
        return Ok(Exit::Interrupted.into());
    };
    if let Some(file) = &args.html {
        fs::write(file, rehearse::html::page(&report)).with_context(|| format!("writing `{}`", file.display()))?;
    }
    if args.json {
        print_document(&report)?;
    } else {
        print(text(&report).trim_end())?;
    }
    Ok(if report.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn existing(directory: &Path) -> anyhow::Result<PathBuf> {
    fs::canonicalize(directory).with_context(|| format!("reading `{}`", directory.display()))
}

fn sources(args: &Args) -> anyhow::Result<PathBuf> {
    let has_account = |directory: &Path| directory.join("rehearsal/requirements.txt").is_file();
    let given = args.account.clone().or_else(|| Project::directory_here().ok());
    given.filter(|directory| has_account(directory)).context("the sources of the simulated account are not here").hint(
        "name the directory that has them in `rehearsal/` with `--account`: a checkout of Driftless; its flake's `driftless` knows them",
    )
}

/// Python with what the account needs; it is made once, in the user's cache.
async fn python(sources: &Path) -> anyhow::Result<PathBuf> {
    let step = progress::stderr().step("looking for Python with what the account needs");
    let output = Command::new(sources.join("rehearsal/venv")).output().await.context("running `rehearsal/venv`")?;
    hint::ensure!(
        output.status.success(),
        "Python for the simulated account can't be had here: {}",
        String::from_utf8_lossy(&output.stderr).trim(),
        hint = "install Python 3.11 or newer with venv, and let it reach PyPI once"
    );
    step.done("");
    let venv = String::from_utf8(output.stdout).context("reading the path of a Python")?;
    Ok(Path::new(venv.trim()).join("bin/python"))
}

/// A program without arguments that judges requests.
fn judge(program: &Path, scratch: &Path) -> anyhow::Result<PathBuf> {
    let script = scratch.join("judge");
    let quoted = program.display().to_string().replace('\'', r"'\''");
    let written = fs::write(&script, format!("#!/bin/sh\nexec '{quoted}' judge\n"));
    written
        .and_then(|()| fs::set_permissions(&script, fs::Permissions::from_mode(0o700)))
        .context("writing a script")?;
    Ok(script)
}

fn text(report: &Report) -> String {
    let palette = Palette::stdout();
    let rows = report.steps.iter().map(|step| {
        let mark = match step.outcome {
            StepOutcome::Passed => "ok",
            StepOutcome::Failed => "FAILED",
        };
        let took = Duration::from_secs_f64(step.seconds);
        vec![mark.to_owned(), step.name.clone(), progress::spoken(took)]
    });
    let table = aligned(&rows.collect::<Vec<_>>(), 2);
    let failed = report.steps.iter().filter(|step| step.outcome == StepOutcome::Failed);
    let failed: Vec<_> =
        failed.map(|step| format!("\n{}\n{}\n", step.command.as_deref().unwrap_or(&step.name), step.detail)).collect();
    let left: Vec<_> = report.left_out.iter().map(|what| format!("not rehearsed: {what}\n")).collect();
    let verdict = report.verdict();
    let verdict = if report.passed { palette.good(&verdict) } else { palette.bad(&verdict) };
    format!("{verdict}\n\n{table}{}\n{}", failed.concat(), left.concat())
}
