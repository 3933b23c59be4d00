//! Progress of an apply.

use std::collections::BTreeMap;

use model::progress::{Progress, Step, Unit, spoken};
use serde_json::Value;

use super::{
    message::{Hook, Message},
    plan::Action,
};

/// A resource that takes longer says so at this interval, in seconds.
const STILL: u64 = 60;

/// Draws what happens, and counts it.
pub(super) struct Applying<'a> {
    progress: &'a dyn Progress,
    step: Step,
    under_way: Vec<String>,
    /// Resources that were changed so far.
    pub(super) changed: usize,
    /// The root's outputs that are no secrets.
    pub(super) outputs: BTreeMap<String, Value>,
    /// Resources made, changed, and removed, as the program counts them.
    pub(super) counts: (usize, usize, usize),
}

impl<'a> Applying<'a> {
    pub(super) fn begin(text: &str, changes: usize, progress: &'a dyn Progress) -> Self {
        let length = u64::try_from(changes).unwrap_or(u64::MAX);
        let step = progress.bar(text, length, Unit::Count);
        Self { progress, step, under_way: Vec::new(), changed: 0, outputs: BTreeMap::new(), counts: (0, 0, 0) }
    }

    pub(super) fn see(&mut self, message: Message) {
        match message {
            Message::ApplyStart { hook } if hook.action != Action::None => {
                self.under_way.push(hook.resource.address);
                self.show();
            }
            Message::ApplyProgress { hook } if hook.action != Action::None => self.still(&hook),
            Message::ApplyComplete { hook } if hook.action != Action::None => self.complete(&hook),
            Message::ApplyErrored { hook } => self.end(&hook.resource.address),
            Message::ChangeSummary { changes } if changes.operation != "plan" => {
                self.counts = (changes.add, changes.change, changes.remove);
            }
            Message::Outputs { outputs } => {
                let public = outputs.into_iter().filter(|(_, output)| !output.sensitive);
                self.outputs = public.filter_map(|(name, output)| Some((name, output.value?))).collect();
            }
            _ => {}
        }
    }

    pub(super) fn done(self) -> BTreeMap<String, Value> {
        let (add, change, remove) = self.counts;
        self.step.done(&format!("{add} created, {change} changed, {remove} removed"));
        self.outputs
    }

    fn still(&self, hook: &Hook) {
        if hook.elapsed_seconds > 0 && hook.elapsed_seconds.is_multiple_of(STILL) {
            self.progress.note(&format!("  still {} ({} s)", phrase(hook, "ing"), hook.elapsed_seconds));
        }
    }

    fn complete(&mut self, hook: &Hook) {
        self.changed += 1;
        self.step.advance(1);
        let took = match hook.elapsed_seconds {
            0..2 => String::new(),
            seconds => format!(" ({})", spoken(std::time::Duration::from_secs(seconds))),
        };
        self.progress.note(&format!("  {}{took}", phrase(hook, "ed")));
        self.end(&hook.resource.address);
    }

    fn end(&mut self, address: &str) {
        self.under_way.retain(|other| other != address);
        self.show();
    }

    fn show(&self) {
        self.step.detail(&self.under_way.join(", "));
    }
}

fn phrase(hook: &Hook, ending: &str) -> String {
    let stem = match hook.action {
        Action::None => "look",
        Action::Create => "creat",
        Action::Change => "chang",
        Action::Replace => "replac",
        Action::Destroy => return format!("{} {}", if ending == "ed" { "removed" } else { "removing" }, address(hook)),
    };
    format!("{stem}{ending} {}", address(hook))
}

fn address(hook: &Hook) -> &str {
    &hook.resource.address
}
