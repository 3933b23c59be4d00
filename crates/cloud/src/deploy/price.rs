//! What a plan costs. What exists costs something, whether or not a release of it ever served.

use crate::{Site, terraform::Plan};

/// What a month of `after` costs more than one of what exists before `plan`: by the configuration that was applied last, or
/// `first` where no release is recorded. None where that cannot be told.
pub async fn difference(site: &Site, plan: &Plan, first: cost::Root, after: Option<&cost::Root>) -> Option<f64> {
    let existing = plan.existing();
    let before = match site.records().applied().await.ok()? {
        Some(applied) => {
            let text = site.records().configuration(&applied, &site.environment).await.ok()?;
            cost::Root::parse(&text).ok()?.with_tasks(&applied.variables.tasks)
        }
        None => first,
    };
    let before = before.only(|address| existing.contains(address));
    let (prices, usage) = (cost::Prices::built_in(), cost::Usage::default());
    Some(cost::difference(Some(&before), after, prices, &usage).monthly())
}
