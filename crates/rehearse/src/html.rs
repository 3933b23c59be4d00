//! The report as one page: it needs no script, no network, and can be printed.

mod picture;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::{Report, Step, StepOutcome};

const STYLE: &str = include_str!("html/style.css");

/// The page.
pub fn page(report: &Report) -> String {
    let title = format!("Rehearsal of {} in {}", report.environment, report.project);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(if report.passed { "passed" } else { "failed" }) {
                    p.kind { (title) }
                    h1 { (report.verdict()) }
                    p { "On one machine: a simulated account, the real Terraform, the real images, set apart by " (report.isolation) "." }
                }
                main {
                    section { h2 { "Steps" } (steps(report)) }
                    section { h2 { "Tasks over time" } div.wide { (timeline::drawn(&report.tasks)) } }
                    section { h2 { "Who reaches whom" } div.wide { (picture::drawn(&report.services)) } (routes(report)) }
                    section { h2 { "Images" } (images(report)) }
                    @if !report.changes.is_empty() { section { h2 { "What this release changes" } (changes(report)) } }
                    section { h2 { "What a deployment makes" } (resources(report)) }
                    section { h2 { "Not rehearsed" } ul { @for what in &report.left_out { li { (what) } } } }
                }
            }
        }
    }
    .into_string()
}

fn steps(report: &Report) -> Markup {
    let longest = report.steps.iter().map(|step| step.seconds).fold(1.0, f64::max);
    html! {
        table.steps {
            thead { tr { th { "" } th { "Step" } th.number { "Seconds" } } }
            tbody { @for step in &report.steps { (row(step, longest)) } }
        }
    }
}

fn row(step: &Step, longest: f64) -> Markup {
    let failed = step.outcome == StepOutcome::Failed;
    html! {
        tr class=(if failed { "failed" } else { "passed" }) {
            td.mark { (if failed { "✗" } else { "✓" }) }
            td {
                (step.name)
                @if let Some(command) = &step.command { code { (command) } }
                @if failed { pre { (step.detail) } } @else if !step.detail.is_empty() { p.detail { (step.detail) } }
            }
            td.number {
                (format!("{:.1}", step.seconds))
                div.bar style=(format!("width: {:.0}%", step.seconds / longest * 100.0)) {}
            }
        }
    }
}

fn routes(report: &Report) -> Markup {
    html! {
        div.wide { table {
            thead { tr { th { "Service" } th { "Routes" } th.number { "Port" } th.number { "Tasks" } th.number { "CPU" } th.number { "MiB" } th { "Health" } } }
            tbody {
                @for service in &report.services {
                    tr {
                        td { (service.name) }
                        td { @for path in &service.routes { code { (path) } " " } }
                        td.number { (service.port) }
                        td.number { (service.tasks) }
                        td.number { (service.cpu) }
                        td.number { (service.memory) }
                        td { code { (service.health) } }
                    }
                }
            }
        } }
    }
}

fn images(report: &Report) -> Markup {
    html! {
        div.wide { table {
            thead { tr { th { "Service" } th { "Digest" } th { "Platform" } th.number { "Bytes in a registry" } } }
            tbody {
                @for service in &report.services {
                    tr { td { (service.name) } td { code.digest { (service.digest) } } td { (service.platform) } td.number { (service.bytes) } }
                }
            }
        } }
    }
}

fn changes(report: &Report) -> Markup {
    html! {
        div.wide { table {
            thead { tr { th { "Action" } th { "Resource" } } }
            tbody { @for one in &report.changes { tr { td { (one.action) } td { code { (one.address) } } } } }
        } }
    }
}

fn resources(report: &Report) -> Markup {
    let total: usize = report.resources.values().sum();
    html! {
        p {
            (total) " resources"
            @if let Some(monthly) = report.monthly { ", about $" (format!("{monthly:.2}")) " a month before traffic" }
            "."
        }
        ul.columns { @for (kind, count) in &report.resources { li { code { (kind) } " × " (count) } } }
    }
}
