//! Deployments whose terminal or `driftless` is gone, and the same command again.

use std::{fs, thread};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use super::{account::Account, running::Running};

/// Of the work directory of `dev`.
fn running(account: &Account) -> Option<Value> {
    let path = account.work("dev").join("running.json");
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Begins to deploy `version` and sends `driftless` a signal once the first resource is done.
fn ended(account: &Account, version: &str, signal: Signal) {
    let mut deploy = account.begins(version, "deploy -e dev --yes");
    deploy.until("  created aws_");
    deploy.signal(signal);
    let said = deploy.ends();
    assert_eq!(said.code, if signal == Signal::KILL { 137 } else { 130 }, "{signal:?}: {}", said.err);
}

#[test]
fn deploy_whose_driftless_is_killed_is_finished_by_terraform_and_the_next_command_waits_for_it() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    ended(&account, "one", Signal::KILL);
    assert_eq!(running(&account).unwrap()["doing"], "applying `dev`");
    let refused = account.refuses(1, "one", "unlock -e dev");
    let says = "the owner of that lock still runs on this machine: applying `dev` since ";
    assert!(refused.err.contains(says) && refused.err.contains("`kill -INT "), "{}", refused.err);
    let again = account.succeeds("one", "deploy -e dev --yes");
    let waits = "waiting for what an earlier command left running: applying `dev` since ";
    assert!(again.err.contains(waits), "{}", again.err);
    assert!(again.out.starts_with("live: release 1 of `dev`"), "{}", again.out);
    assert!(running(&account).is_none());
}

#[test]
fn deploy_whose_terminal_is_closed_ends_in_order() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    ended(&account, "one", Signal::HUP);
    assert!(account.succeeds("one", "unlock -e dev").out.starts_with("nothing is locked"));
    let again = account.succeeds("one", "deploy -e dev --yes");
    assert!(again.out.starts_with("live: release 1 of `dev`"), "{}", again.out);
}

#[test]
fn deploy_whose_state_could_not_be_written_keeps_it_and_the_next_command_writes_it_first() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    let mut deploy = account.begins("one", "deploy -e dev --yes");
    deploy.until("  created aws_");
    let refused = "^PUT [^ ]*dev\\.tfstate ";
    account.control("fault", &json!({ "match": refused, "status": 403, "code": "AccessDenied", "times": 99 }));
    let failed = deploy.ends();
    account.ask("DELETE", "/_rehearsal/fault", None);
    let kept = account.work("dev").join("errored.tfstate");
    assert_eq!(failed.code, 4, "{}", failed.err);
    assert!(failed.err.contains(&format!("it is kept in `{}`", kept.display())), "{}", failed.err);
    for words in ["plan -e dev", "deploy -e dev"] {
        let refused = account.refuses(1, "one", words);
        let says = "the last state of `dev` is not in the bucket, but in `";
        assert!(refused.err.contains(says) && kept.exists(), "{words}: {}", refused.err);
    }
    let again = account.succeeds("one", "deploy -e dev --yes");
    assert!(again.err.contains("writing the state of `dev` to the bucket"), "{}", again.err);
    assert!(again.out.starts_with("live: release 1 of `dev`"), "{}", again.out);
    assert!(!kept.exists());
}

/// How a deployment is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A signal to `driftless`.
    Signal(Signal),
    /// `kill -9` of `driftless` and of Terraform.
    Both,
}

const ENDS: [End; 5] = [
    End::Signal(Signal::HUP),
    End::Signal(Signal::TERM),
    End::Signal(Signal::INT),
    End::Signal(Signal::KILL),
    End::Both,
];

/// Resources that a first deployment of these bundles makes, and that a second one changes.
const FIRST: usize = 10;
const SECOND: usize = 4;

/// When a deployment is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// While it is planned.
    Plan,
    /// Once so many resources are done.
    Apply(usize),
    /// While its services are watched.
    Watch,
}

impl Moment {
    /// Those of a deployment that changes so many resources.
    fn all(resources: usize) -> impl Iterator<Item = Self> {
        [Self::Plan, Self::Watch].into_iter().chain((0..=resources).map(Self::Apply))
    }

    /// Waits for it. False if the deployment ends before.
    fn comes(self, deploy: &mut Running) -> bool {
        match self {
            Self::Plan => deploy.until_any(&["planning `dev`"]),
            Self::Watch => deploy.until_any(&["applying `dev`: "]),
            Self::Apply(resources) => {
                let done = ["  created aws_", "  replaced aws_", "  removed aws_", "  changed aws_"];
                deploy.until_any(&["applying `dev`"]) && (0..resources).all(|_| deploy.until_any(&done))
            }
        }
    }
}

/// What is tagged as of `dev` and in no state.
const OUTSIDE: &str = r#"
import json
state = json.loads(account.client("s3").get_object(Bucket="items-driftless-123456789012-us-east-1", Key="dev.tfstate")["Body"].read())
known = {one["attributes"].get(name) for each in state["resources"] for one in each["instances"] for name in ("arn", "id")}
pages = account.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(
    TagFilters=[{"Key": "environment", "Values": ["dev"]}])
found = [one["ResourceARN"] for page in pages for one in page["ResourceTagMappingList"]]
print(*[arn for arn in found if ":task" not in arn and arn not in known and arn.split("/")[-1] not in known], sep="\n")
"#;

/// Ends a deployment of `version` at `moment`, repeats it, and wants it live, with nothing outside the state.
fn goes_on(account: &Account, version: &str, moment: Moment, end: End) {
    let mut deploy = account.begins(version, "deploy -e dev --yes");
    if moment.comes(&mut deploy) {
        match end {
            End::Signal(signal) => deploy.signal(signal),
            End::Both => {
                let terraform = running(account).and_then(|running| running["process"].as_i64());
                deploy.signal(Signal::KILL);
                if let Some(terraform) = terraform.and_then(|id| Pid::from_raw(id.try_into().unwrap())) {
                    // It may just have ended.
                    let _ = kill_process_group(terraform, Signal::KILL);
                }
            }
        }
    }
    deploy.ends();
    let mut again = account.run(version, "deploy -e dev --yes");
    // Only where Terraform itself was killed is its lock left.
    if again.code == 5 && end == End::Both {
        let id = again.err.split("--confirm=").nth(1).map(|rest| rest.split('`').next().unwrap().to_owned());
        let id = id.unwrap_or_else(|| {
            let asked = account.run(version, "unlock -e dev").err;
            asked.split("--confirm=").nth(1).unwrap().split('`').next().unwrap().to_owned()
        });
        account.succeeds(version, &format!("unlock -e dev --confirm={id}"));
        again = account.run(version, "deploy -e dev --yes");
    }
    let point = format!("{end:?} of {version} at {moment:?}");
    assert_eq!(again.code, 0, "{point}: {}", again.err);
    let live = again.out.starts_with("live: ") || again.out.starts_with("nothing changed: ");
    assert!(live, "{point}: {}", again.out);
    assert_eq!(account.python(OUTSIDE), "\n", "{point}: outside of the state");
}

/// A deployment, the first one or a change, when it is ended, and how.
type Point = (bool, Moment, End);

/// The points at which a first deployment and a change are ended, each on a copy of the account.
fn matrix(points: impl IntoIterator<Item = Point>, at_once: usize) {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    account.bundle("two");
    let points: Vec<_> = points.into_iter().collect();
    let changed = points.iter().any(|(first, ..)| !first).then(|| {
        let live = account.fork("live");
        live.succeeds("one", "deploy -e dev --yes");
        live
    });
    let mut failed = Vec::new();
    for (number, some) in points.chunks(at_once).enumerate() {
        thread::scope(|scope| {
            let begin = |(index, point): (usize, &Point)| {
                let (first, moment, end) = *point;
                let from = if first { &account } else { changed.as_ref().unwrap() };
                let fork = from.fork(&format!("point-{number}-{index}"));
                let run = move || {
                    goes_on(&fork, if first { "one" } else { "two" }, moment, end);
                    fork.ends();
                };
                (*point, scope.spawn(run))
            };
            let runs: Vec<_> = some.iter().enumerate().map(begin).collect();
            failed.extend(runs.into_iter().filter_map(|(point, run)| run.join().err().map(|_| point)));
        });
        let done = points.len().min((number + 1) * at_once);
        eprintln!("{done} of {} points, {} failed", points.len(), failed.len());
    }
    assert_eq!(failed, [], "of {} points", points.len());
}

#[test]
fn deploy_goes_on_after_each_way_to_be_ended() {
    matrix(
        [
            (true, Moment::Apply(2), End::Both),
            (true, Moment::Apply(5), End::Signal(Signal::TERM)),
            (true, Moment::Apply(8), End::Both),
            (true, Moment::Apply(4), End::Signal(Signal::KILL)),
        ],
        2,
    );
}

#[test]
#[ignore = "takes an hour: ./check long"]
fn deploy_goes_on_from_every_resource_at_which_it_is_ended() {
    let first = Moment::all(FIRST).flat_map(|moment| ENDS.map(|end| (true, moment, end)));
    let second = Moment::all(SECOND).flat_map(|moment| ENDS.map(|end| (false, moment, end)));
    matrix(first.chain(second), 4);
}
