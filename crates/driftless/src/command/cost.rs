//! `driftless cost`

mod table;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use cost::{Estimate, Prices, Root, Usage, estimate};
use model::unknown::Unknown;
use serde::Serialize;

use super::{
    roots,
    show::{print, print_json},
};

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// Estimate what an environment costs in a month
///
/// Reads the rendered Terraform root and a dated list of prices; asks nothing of AWS. What stands still is counted in
/// full; traffic, logs and data count only as far as they are given below. Never counted: what `GuardDuty` and backups read, older
/// backups, images that are pulled from another region, requests to buckets, keys and secrets, the free tier.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The environment, or `foundation`; given more than once, they are compared
    #[arg(short, long = "env", value_name = "NAME", required = true)]
    environments: Vec<String>,

    /// Read the roots of this bundle [default: nix/rendered in the project]
    #[arg(long, value_name = "DIR", env = "DRIFTLESS_BUNDLE", hide_env_values = true)]
    bundle: Option<PathBuf>,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    usage: Assumed,
}

const AFTER_HELP: &str = "\
Examples:
  driftless cost --env dev
  driftless cost --env dev --env prod                        side by side
  driftless cost --env prod --out-gb 500 --logs-gb 20 --lcu 2 --requests 30
  driftless cost --env prod --json | jq '.environments[0].monthly'

Exit codes: 0 estimated; 1 a root can't be read; 2 there is no such environment.";

/// What is assumed of a month's use
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What is assumed of a month's use, 0 if absent")]
struct Assumed {
    /// Load balancer capacity units on average: one is 25 new connections a second, or 1 GB an hour
    #[arg(long, value_name = "N", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    lcu: f64,

    /// GB sent to the internet
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    out_gb: f64,

    /// GB through NAT gateways, both ways
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    nat_gb: f64,

    /// GB of logs
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    logs_gb: f64,

    /// GB that the database or its file system holds
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    data_gb: f64,

    /// GB that tasks read of files on EFS
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    files_read_gb: f64,

    /// GB that tasks write to files on EFS; what an SQLite database commits counts
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    files_written_gb: f64,

    /// GB from one zone to another: between services, to the database, through the load balancer
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    zones_gb: f64,

    /// GB in buckets, such as access logs
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    objects_gb: f64,

    /// GB of images
    #[arg(long, value_name = "GB", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    images_gb: f64,

    /// Millions of requests
    #[arg(long, value_name = "MILLIONS", default_value_t = 0.0, hide_default_value = true, value_parser = amount)]
    requests: f64,
}

fn amount(text: &str) -> Result<f64, &'static str> {
    let number: f64 = text.parse().map_err(|_| "not a number")?;
    if number.is_finite() && number >= 0.0 { Ok(number) } else { Err("not a number from 0 upwards") }
}

/// The answer, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Report {
    currency: &'static str,
    prices: PricesOf,
    usage: Usage,
    environments: Vec<Environment>,
}

#[derive(Debug, Serialize)]
struct PricesOf {
    date: String,
    region: String,
}

#[derive(Debug, Serialize)]
struct Environment {
    name: String,
    region: Option<String>,
    monthly: f64,
    at_most: f64,
    #[serde(flatten)]
    estimate: Estimate,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let roots = roots::directory(args.bundle.as_deref())?;
    let prices = Prices::built_in();
    let usage = args.usage.to_usage();
    let environments = args.environments.iter().map(|name| environment(&roots, name, prices, &usage));
    let report = Report {
        currency: "USD",
        prices: PricesOf { date: prices.date.clone(), region: prices.region.clone() },
        environments: environments.collect::<anyhow::Result<_>>()?,
        usage,
    };
    if args.json {
        print_json(SCHEMA, &report)?;
    } else {
        print(table::of(&report).trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn environment(roots: &Path, name: &str, prices: &Prices, usage: &Usage) -> anyhow::Result<Environment> {
    let path = roots.join(name).join("config.tf.json");
    if name.contains('/') || !path.is_file() {
        let known = roots::names(roots);
        hint::ensure!(
            !known.is_empty(),
            "environment `{name}` does not exist: `{}` is missing",
            path.display(),
            hint = "render infra.nix: `{}` contains no Terraform configuration",
            roots.display()
        );
        let known = known.iter().map(String::as_str);
        return Err(Unknown::new("environment", name, "the rendered ones", known).into());
    }
    let root = Root::read(&path)?;
    let estimate = estimate(&root, prices, usage);
    Ok(Environment {
        name: name.to_owned(),
        region: root.region().map(str::to_owned),
        monthly: cents(estimate.monthly()),
        at_most: cents(estimate.at_most()),
        estimate,
    })
}

/// Sums are given to the cent: the rest is noise of the arithmetic.
fn cents(dollars: f64) -> f64 {
    (dollars * 100.0).round() / 100.0
}

impl Assumed {
    fn to_usage(&self) -> Usage {
        Usage {
            lcu: self.lcu,
            out_gb: self.out_gb,
            nat_gb: self.nat_gb,
            logs_gb: self.logs_gb,
            data_gb: self.data_gb,
            files_read_gb: self.files_read_gb,
            files_written_gb: self.files_written_gb,
            zones_gb: self.zones_gb,
            objects_gb: self.objects_gb,
            images_gb: self.images_gb,
            million_requests: self.requests,
        }
    }
}
