//! Verdicts in words: AWS's own where it has some.
//!
//! IAM user guide, "Troubleshoot access denied error messages".

use super::{
    caller::Caller,
    evaluate::Judged,
    policies::Layer,
    request::Request,
    scan::Said,
    verdict::{Deciding, Outcome, Verdict},
};

pub(super) fn denied_explicitly(judged: &Judged<'_>, said: &Said) -> Verdict {
    let layer = said.by.as_ref().map_or(judged.own, |by| by.layer);
    let article = match layer {
        Layer::Identity => "an",
        Layer::Trust => "the",
        _ => "a",
    };
    Verdict {
        outcome: Outcome::Denied,
        message: refusal(judged, &format!("with an explicit deny in {article} {}", layer.words())),
        deciding: said.by.clone().into_iter().collect(),
        notes: Vec::new(),
    }
}

pub(super) fn denied_implicitly(judged: &Judged<'_>, layer: Layer, said: &Said) -> Verdict {
    let action = &judged.request().action;
    Verdict {
        outcome: Outcome::Denied,
        message: refusal(judged, &format!("because no {} allows the {action} action", layer.words())),
        deciding: vec![Deciding { layer, policy: None, statement: None }],
        notes: said.near.clone(),
    }
}

pub(super) fn allowed(judged: &Judged<'_>, by: impl Iterator<Item = Deciding>) -> Verdict {
    let deciding: Vec<_> = by.collect();
    let reasons = deciding.iter().filter(|by| by.layer != Layer::Default).map(ToString::to_string).collect::<Vec<_>>();
    let reasons = if reasons.is_empty() {
        match judged.request().caller {
            Caller::Root { .. } => "the account's root user may do whatever no policy denies".to_owned(),
            _ => "the resource has no policy, and then everybody is allowed".to_owned(),
        }
    } else {
        format!("by {}", reasons.join(", "))
    };
    Verdict {
        outcome: Outcome::Allowed,
        message: format!("{}: {reasons}", authorized(judged)),
        deciding,
        notes: Vec::new(),
    }
}

/// STS API reference, "`GetCallerIdentity`": no policy has a say, not even one that denies.
pub(super) fn needs_no_permission(request: &Request) -> Verdict {
    Verdict {
        outcome: Outcome::Allowed,
        message: format!("{} is authorized to perform: {}: it needs no permission", request.caller, request.action),
        deciding: Vec::new(),
        notes: Vec::new(),
    }
}

pub(super) fn not_judged(judged: &Judged<'_>, mut unknown: Vec<String>) -> Verdict {
    unknown.dedup();
    Verdict {
        outcome: Outcome::CannotBeJudged,
        message: format!("whether {} cannot be judged", authorized(judged)),
        deciding: Vec::new(),
        notes: unknown,
    }
}

fn authorized(judged: &Judged<'_>) -> String {
    let request = judged.request();
    format!("{} is authorized to perform: {} on resource: {}", request.caller, request.action, judged.asked.resource)
}

/// What AWS's error would say.
fn refusal(judged: &Judged<'_>, why: &str) -> String {
    let request = judged.request();
    if let Caller::Federated { .. } = request.caller {
        // STS says no more to somebody who has no credentials yet.
        return format!("Not authorized to perform {}", request.action);
    }
    format!(
        "User: {} is not authorized to perform: {} on resource: {} {why}",
        request.caller, request.action, judged.asked.resource
    )
}
