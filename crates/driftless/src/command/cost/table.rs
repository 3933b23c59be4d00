//! The estimate for people.

use std::{collections::BTreeMap, fmt::Write};

use cost::Usage;

use super::{Environment, Report};
use crate::command::show::aligned;

/// The table of one environment, or several side by side, and what to know about it.
pub(super) fn of(report: &Report) -> String {
    let body = match report.environments.as_slice() {
        [one] => single(one),
        several => compared(several),
    };
    format!("{body}\n{}", remarks(report))
}

fn single(environment: &Environment) -> String {
    let mut rows = vec![["RESOURCE", "WHAT", "USD A MONTH"].map(str::to_owned).to_vec()];
    let mut before = "";
    for line in &environment.estimate.lines {
        let resource = if line.resource == before { "" } else { &line.resource };
        let price = format!("{}{}", if line.approximate { "~" } else { "" }, dollars(line.monthly));
        rows.push(vec![resource.to_owned(), line.what.clone(), price]);
        before = &line.resource;
    }
    rows.push(vec!["total".to_owned(), String::new(), dollars(environment.monthly)]);
    if environment.at_most > environment.monthly {
        rows.push(vec!["total, scaled to the maximum".to_owned(), String::new(), dollars(environment.at_most)]);
    }
    format!("`{}` in a month\n\n{}", environment.name, aligned(&rows, 2))
}

/// One row for each resource, one column for each environment; with two, the difference.
fn compared(environments: &[Environment]) -> String {
    let mut costs: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (column, environment) in environments.iter().enumerate() {
        for line in &environment.estimate.lines {
            costs.entry(&line.resource).or_insert_with(|| vec![0.0; environments.len()])[column] += line.monthly;
        }
    }
    let title = |environment: &Environment| environment.name.to_uppercase();
    let mut rows = vec![row("RESOURCE", environments.iter().map(title), (environments.len() == 2).then_some("MORE"))];
    rows.extend(costs.into_iter().map(|(resource, costs)| prices(resource, &costs)));
    rows.push(prices("total", &environments.iter().map(|environment| environment.monthly).collect::<Vec<_>>()));
    if environments.iter().any(|environment| environment.at_most > environment.monthly) {
        let most: Vec<_> = environments.iter().map(|environment| environment.at_most).collect();
        rows.push(prices("total, scaled to the maximum", &most));
    }
    format!("USD a month\n\n{}", aligned(&rows, 1))
}

fn prices(resource: &str, costs: &[f64]) -> Vec<String> {
    let more = if let [first, second] = costs { Some(more(second - first)) } else { None };
    let cells = costs.iter().map(|&cost| if cost > 0.0 { dollars(cost) } else { "-".to_owned() });
    row(resource, cells, more.as_deref())
}

/// A difference to the cent, with its sign; nothing where there is none.
fn more(difference: f64) -> String {
    if difference.abs() < 0.005 { String::new() } else { format!("{difference:+.2}") }
}

fn row(first: &str, cells: impl Iterator<Item = String>, last: Option<&str>) -> Vec<String> {
    [first.to_owned()].into_iter().chain(cells).chain(last.map(str::to_owned)).collect()
}

fn remarks(report: &Report) -> String {
    let mut text = format!("Prices of {} in {}", report.prices.date, report.prices.region);
    for Environment { name, region, .. } in &report.environments {
        if let Some(region) = region.as_ref().filter(|region| **region != report.prices.region) {
            let _ = write!(text, "; `{name}` is in `{region}`, which may cost more");
        }
    }
    text += ". Without taxes, free tiers and discounts.\n";
    text += &assumed(&report.usage);
    if let [one] = report.environments.as_slice()
        && one.estimate.lines.iter().any(|line| line.approximate)
    {
        text += "~ varies, or is an assumption.\n";
    }
    for environment in &report.environments {
        for unknown in &environment.estimate.unknown {
            let _ = writeln!(text, "Not counted in `{}`: {unknown}", environment.name);
        }
    }
    text
}

fn assumed(usage: &Usage) -> String {
    let amounts = [
        (usage.lcu, "LCU"),
        (usage.out_gb, "GB to the internet"),
        (usage.nat_gb, "GB through NAT"),
        (usage.logs_gb, "GB of logs"),
        (usage.data_gb, "GB of data"),
        (usage.files_read_gb, "GB of files read"),
        (usage.files_written_gb, "GB of files written"),
        (usage.zones_gb, "GB between zones"),
        (usage.objects_gb, "GB in buckets"),
        (usage.images_gb, "GB of images"),
        (usage.million_requests, "million requests"),
    ];
    let given = amounts.iter().filter(|(amount, _)| *amount > 0.0).map(|(amount, what)| format!("{amount} {what}"));
    let given: Vec<_> = given.collect();
    if given.is_empty() {
        "No traffic, logs or data are counted: `--help` lists what can be assumed of a month.\n".to_owned()
    } else {
        format!("Assumed of a month: {}.\n", given.join(", "))
    }
}

fn dollars(amount: f64) -> String {
    format!("{amount:.2}")
}
