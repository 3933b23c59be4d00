//! `driftless logs`.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use serde_json::Value;

use super::{probe::Probe, stack::Stack};

#[test]
fn lines_of_both_streams_and_all_services_are_kept_and_can_be_followed() {
    let stack = Stack::new();
    stack.up(&[Probe::new("web", "1"), Probe::new("api", "2")]);
    let mut follow = stack.command(&["logs", "web", "--follow", "--tail", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut followed = BufReader::new(follow.stdout.take().unwrap()).lines();
    assert_eq!(stack.get("/web/say?something").0, 200);
    assert_eq!(followed.next().unwrap().unwrap(), "web | something");
    follow.kill().unwrap();
    follow.wait().unwrap();
    assert!(stack.run(&["down"]).status.success());

    let read = |arguments: &[&str]| {
        let output = stack.run(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = read(&["logs"]);
    for line in ["web | probe 1 starts", "web | complaint of 1", "web | something", "api | probe 2 starts"] {
        assert!(all.iter().any(|seen| seen == line), "{all:?}");
    }
    assert!(read(&["logs", "api"]).iter().all(|line| line.starts_with("api |")));
    assert_eq!(read(&["logs", "web", "--tail", "1"]), ["web | got SIGTERM"]);
    let line = read(&["logs", "web", "--tail", "1", "--timestamps"]).remove(0);
    let (time, rest) = line.split_once(' ').unwrap();
    assert!(time.parse::<jiff::Timestamp>().is_ok() && rest == "web | got SIGTERM", "{line}");
    assert_eq!(read(&["logs", "--since", "2100-01-01T00:00:00Z"]), [""; 0]);
    assert_eq!(read(&["logs", "--since", "1h"]).len(), all.len());
    let json: Vec<Value> = read(&["logs", "--json"]).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let complaint = json.iter().find(|record| record["line"] == "complaint of 2").unwrap();
    assert_eq!((&complaint["service"], &complaint["stream"]), (&"api".into(), &"stderr".into()));
    assert!(complaint["task"].as_str().unwrap().starts_with("api-"));
    let times: Vec<_> = json.iter().map(|record| record["time"].as_str().unwrap().to_owned()).collect();
    assert!(times.is_sorted_by_key(|time| time.parse::<jiff::Timestamp>().unwrap()), "{times:?}");

    let output = stack.run(&["logs", "wbe"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: service `wbe` does not exist\nhint: did you mean `web`? the services are `api`, `web`\n"
    );
}
