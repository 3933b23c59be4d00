//! `driftless conform`

#[cfg(feature = "registry")]
mod pulled;

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::Context;
use conform::{Answer, Report, Subject};
use engine::{Choice, DataDirectory, Launcher};
use model::{palette::Palette, progress};

#[cfg(not(feature = "registry"))]
use self::without as pulled;
use super::show::{aligned, print, print_document};

/// Find out whether an image will live on Fargate
///
/// Runs the image a few times as a task there would be run: without root, its files read-only, in a separate network. Says whether
/// it listens where others find it, which health check it answers, whether SIGTERM ends it without a failed request, where it
/// wants to write, how much memory it takes, each with its evidence; and prints the lines of infra.nix that fit.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless conform images/backend                         a layout, as `image build` or `image pull` makes it
  driftless conform docker.io/library/caddy:2 --port 80    pulled first
  driftless conform images/web --path /ready --env DATABASE_URL=sqlite:///tmp/x -- serve --quiet
  driftless conform images/web --json | jq '.findings[] | select(.answer != \"yes\")'

Exit codes: 0 it will do, 1 it will not, or it could not be found out, 2 the command line is wrong.")]
pub(super) struct Args {
    /// The directory of an image layout, or an image in a registry
    image: String,

    /// What PORT says, at which it should listen
    #[arg(long, default_value_t = 8080)]
    port: u16,

    /// The path of its health check [default: some that are usual]
    #[arg(long)]
    path: Option<String>,

    /// Run it as this user [default: the image's, or 65532:65532 if that is root]
    #[arg(long, value_name = "UID:GID")]
    user: Option<String>,

    /// A variable that it gets
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    environment: Vec<(String, String)>,

    /// Seconds until it has to answer
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,

    /// Seconds until it is killed after SIGTERM
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    stop_timeout: u64,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,

    /// Arguments that stand for the image's
    #[arg(last = true, value_name = "ARGUMENT")]
    command: Vec<String>,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(examine(args))
}

async fn examine(args: &Args) -> anyhow::Result<ExitCode> {
    let scratch = tempfile::Builder::new().prefix("driftless-conform-").tempdir().context("making a directory")?;
    let layout = Path::new(&args.image);
    let layout = if layout.is_dir() {
        layout.to_owned()
    } else {
        pulled::pulled(&args.image, &scratch.path().join("image")).await?
    };
    let subject = Subject {
        port: args.port,
        path: args.path.clone(),
        user: args.user.clone(),
        command: args.command.clone(),
        environment: args.environment.iter().cloned().collect(),
        patience: Duration::from_secs(args.patience),
        stop_timeout: Duration::from_secs(args.stop_timeout),
        ..Subject::new(layout)?
    };
    let data = DataDirectory::new(scratch.path().join("tasks"));
    let launcher = Launcher::start(data, Choice::Auto).await?.context("another engine has the directory")?;
    let report = conform::run(&launcher, &subject, &*progress::stderr()).await;
    launcher.remove()?;
    let report = report?;
    if args.json {
        print_document(&report)?;
    } else {
        print(&text(&report, &args.image))?;
    }
    Ok(if report.conforms() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(report: &Report, image: &str) -> String {
    let palette = Palette::stdout();
    let rows = report.findings.iter().map(|finding| {
        let mark = match finding.answer {
            Answer::Yes => "yes",
            Answer::WithHelp => "with help",
            Answer::No => "NO",
            Answer::Unknown => "?",
        };
        let (evidence, remedy) = (finding.evidence.lines().next().unwrap_or_default(), &finding.remedy);
        let said = if remedy.is_empty() { evidence.to_owned() } else { format!("{evidence}; {remedy}") };
        vec![mark.to_owned(), finding.question.to_owned(), said]
    });
    let table = aligned(&rows.collect::<Vec<_>>(), 3);
    let more = report.findings.iter().filter_map(|finding| Some(finding.evidence.split_once('\n')?.1));
    let more: Vec<_> = more.map(|lines| format!("{lines}\n")).collect();
    let peak = report.memory_peak.div_ceil(1 << 20);
    let (cpu, memory) = report.size;
    let verdict = if report.conforms() {
        palette.good(&format!(
            "`{image}` will live on Fargate: {peak} MiB at most, in a task of {cpu} CPU units and {memory} MiB"
        ))
    } else {
        palette.bad(&format!("`{image}` will not live on Fargate as it is"))
    };
    let found = if Path::new(image).is_dir() {
        format!("image.layout = \"{image}\";")
    } else {
        format!("image.reference = \"{}@{}\";", image.split('@').next().unwrap_or(image), report.digest)
    };
    let service = if report.conforms() { format!("\n{}\n", report.service("web", &found)) } else { String::new() };
    format!("{verdict}\n\n{table}{}{service}", more.concat())
}

#[cfg(not(feature = "registry"))]
mod without {
    use std::{
        future::{Ready, ready},
        path::{Path, PathBuf},
    };

    pub(super) fn pulled(image: &str, _to: &Path) -> Ready<anyhow::Result<PathBuf>> {
        ready(Err(hint::error!(
            "there is no directory `{image}`, and this build of `driftless` has no client for registries",
            hint = "name the directory of an image layout, or run the same with `cargo run --release -p driftless --features registry -- …`"
        )))
    }
}
