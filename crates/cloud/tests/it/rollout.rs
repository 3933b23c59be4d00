//! Whole rollouts, over HTTP, against a scripted ECS. Time is the script's: nothing waits.

mod clock;
mod script;
mod server;
mod stories;
mod world;

use std::{future::pending, time::Duration};

use cloud::{
    aws::Account,
    rollout::{Expected, Limits, Lines, Watch, WatchEnd, watch},
};

use self::{clock::Virtual, script::Script, world::NEW};

/// Plays `script` for the services `names`, and returns what is told of it.
async fn play(names: &[&str], script: Script) -> String {
    let clock = Virtual::default();
    let address = server::start(script, clock.clone()).await;
    let account = Account::played_at(&address, 1);
    let expected = names.iter().map(|&name| Expected {
        service: name.to_owned(),
        service_name: name.to_owned(),
        digest: world::digest(NEW),
        task_definition: Some(server::arn_of_definition(name, NEW)),
        tasks: None,
        asleep: false,
        path: Some("/api".into()),
    });
    let limits = Limits { time: Duration::from_mins(10), ..Limits::default() };
    let followed = Watch { cluster: "items-dev".into(), url: None, expected: expected.collect(), limits };
    let lines = Lines::new(names.iter().copied(), Vec::new());
    let report = watch(&account, &followed, &clock, &lines, pending()).await;
    let told = String::from_utf8(lines.into_inner()).unwrap();
    let (end, code) = match report {
        Ok(WatchEnd::Verdicts(report)) => (report.text(), report.exit().code()),
        Ok(WatchEnd::Interrupted(in_progress)) => panic!("nobody interrupted {in_progress:?}"),
        Err(error) => (format!("error: {}", hint::ErrorReport::of(&error)), 1),
    };
    format!("{told}\n{end}\nexit code {code}\n").replace(&address, "http://balancer")
}
