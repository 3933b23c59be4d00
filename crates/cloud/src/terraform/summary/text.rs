//! A summary as text.

use std::fmt::Write;

use oci::Digest;

use super::{ImageChange, Summary};
use crate::terraform::plan::Action;

/// Resources of one type that are named one by one; more are counted.
const NAMED: usize = 4;

pub(super) fn of(summary: &Summary) -> String {
    if summary.is_empty() {
        return format!("`{}`: no changes\n", summary.root);
    }
    let mut text = String::new();
    // Writing to a string succeeds.
    let _ = write(&mut text, summary);
    text
}

fn write(text: &mut String, summary: &Summary) -> std::fmt::Result {
    for resource in &summary.resources {
        let Some(risk) = &resource.risk else { continue };
        let verb = verb(resource.action);
        writeln!(text, "  ! {verb} {}: {}: {}", resource.address, risk.threat.words(), risk.reason)?;
    }
    if text.contains("  ! ") {
        text.push('\n');
    }
    let width = summary.images.iter().map(|image| image.service.len()).max().unwrap_or(0);
    for ImageChange { service, from, to } in &summary.images {
        writeln!(text, "    {service:width$}  {} -> {}", short(*from), short(*to))?;
    }
    if !summary.images.is_empty() {
        text.push('\n');
    }
    for (sign, action) in [("+", Action::Create), ("~", Action::Change), ("±", Action::Replace), ("-", Action::Destroy)]
    {
        for (kind, resources) in summary.by_type(action) {
            if resources.len() > NAMED && matches!(action, Action::Create | Action::Destroy) {
                writeln!(text, "  {sign} {} {kind}", resources.len())?;
                continue;
            }
            for resource in resources {
                let differences = resource.differences.join(", ");
                let differences = if differences.is_empty() { differences } else { format!("  ({differences})") };
                writeln!(text, "  {sign} {}{differences}", resource.address)?;
            }
        }
    }
    for address in &summary.forget {
        writeln!(text, "  . {address}  (kept as it is, and no longer managed)")?;
    }
    for address in &summary.import {
        writeln!(text, "  . {address}  (exists already, and is managed from now on)")?;
    }
    let Summary { create, change, replace, destroy, .. } = summary;
    write!(text, "\n{create} to create, {change} to change, {replace} to replace, {destroy} to destroy")?;
    match summary.monthly_cost_difference {
        Some(difference) if difference.abs() >= 0.005 => writeln!(text, "; about {difference:+.2} USD a month"),
        Some(_) => writeln!(text, "; the same cost"),
        None => writeln!(text),
    }
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::None => "keep",
        Action::Create => "create",
        Action::Change => "change",
        Action::Replace => "replace",
        Action::Destroy => "destroy",
    }
}

fn short(digest: Option<Digest>) -> String {
    digest.map_or_else(|| "none".to_owned(), |digest| digest.short())
}
