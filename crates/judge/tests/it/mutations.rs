//! Takes each way, rule, statement and dependency out of each root, one at a time, and asks who misses it.
//!
//! `cargo nextest run -p judge --no-capture -E 'test(mutations::)'` prints the figures that are in `docs/judge.md`.

mod order;
mod taken;
mod wanted;
mod workflows;

use std::{collections::BTreeSet, fs, path::PathBuf, thread};

use judge::terraform::from_config;
use serde::Deserialize;
use serde_json::Value;

pub(crate) use self::workflows::stack_of;
use self::{
    order::Order,
    taken::{Mutation, mutations},
};
use super::roots::{ACCOUNT, all, configuration};

/// What may be taken away without anybody missing it, and why.
#[derive(Deserialize)]
struct Reason {
    /// A part of what was taken away.
    what: String,
    why: String,
}

fn reasons() -> Vec<Reason> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/not-missed.json");
    serde_json::from_str(&fs::read_to_string(file).expect("reasons")).expect("reasons")
}

/// What a root lacks: by its tasks; else by what else it is for; else by the order in which it is made.
fn lacks(name: &str, root: &Value) -> Vec<String> {
    let described = from_config(root, Some(ACCOUNT)).expect("a root");
    let lacking = described.lacking().into_iter();
    let mut found: Vec<_> = lacking.map(|lack| format!("{}: {}: {}", lack.service, lack.need, lack.message)).collect();
    if found.is_empty() {
        found = wanted::missing(name, root, &described);
    }
    if found.is_empty() {
        found = Order::of(root).missing();
    }
    found
}

/// What became of the mutations of a root.
#[derive(Default)]
struct Outcome {
    taken: usize,
    /// Something else still waits for it.
    same: usize,
    missed: usize,
    silent: Vec<String>,
}

fn judge(name: &str) -> Outcome {
    let root = configuration(name);
    let order = Order::of(&root);
    let mut outcome = Outcome::default();
    for Mutation { what, of, rest } in mutations(&root) {
        outcome.taken += 1;
        // Dependencies say in which order things are made, and nothing else.
        let is_missed = if what.contains(": depends_on ") {
            let less = Order::of(&rest);
            if less.before(&of) == order.before(&of) {
                outcome.same += 1;
                continue;
            }
            !less.missing().is_empty()
        } else {
            !lacks(name, &rest).is_empty()
        };
        if is_missed {
            outcome.missed += 1;
        } else {
            outcome.silent.push(format!("{name}: {what}"));
        }
    }
    outcome
}

#[test]
fn nothing_is_missed_in_our_roots() {
    for name in all() {
        assert_eq!(lacks(&name, &configuration(&name)), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn what_is_taken_away_is_missed() {
    let names = all();
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let judging: Vec<_> = names.iter().map(|name| scope.spawn(|| judge(name))).collect();
        judging.into_iter().map(|one| one.join().expect("a root")).collect()
    });
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).sum::<usize>();
    let (taken, same, missed) = (sum(|one| one.taken), sum(|one| one.same), sum(|one| one.missed));
    let changed = taken - same;
    println!("{taken} taken away: {same} are waited for otherwise; of the other {changed}, {missed} are missed");

    let reasons = reasons();
    let mut used = BTreeSet::new();
    let mut without = Vec::new();
    for what in outcomes.iter().flat_map(|one| &one.silent) {
        match reasons.iter().find(|reason| what.contains(&reason.what)) {
            Some(reason) => drop(used.insert(&reason.what)),
            None => without.push(what),
        }
    }
    assert_eq!(without, Vec::<&String>::new(), "nobody misses these, and tests/not-missed.json has no reason");
    let needless: Vec<_> = reasons.iter().map(|one| &one.what).filter(|what| !used.contains(what)).collect();
    assert_eq!(needless, Vec::<&String>::new(), "reasons that nothing needs any more");
    assert!(reasons.iter().all(|reason| !reason.why.is_empty()));
    assert!(missed * 100 >= changed * 95, "{missed} of {changed}");
}
