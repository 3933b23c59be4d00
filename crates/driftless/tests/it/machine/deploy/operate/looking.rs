//! `status`, `logs` and `run`.

use serde_json::{Value, json};

use super::super::{account::Account, running::Running};

pub(super) fn all(account: &Account) {
    status_is_a_table_and_a_document(account);
    logs_are_merged_and_filtered(account);
    logs_are_followed_until_control_c(account);
    tasks_are_run_to_their_end(account);
    a_task_that_cannot_start_is_explained(account);
}

fn status_is_a_table_and_a_document(account: &Account) {
    let table = account.looks("status -e dev");
    assert_eq!(table.code, 0);
    for service in ["backend   1/1    sha256:", "frontend  1/1    sha256:"] {
        let line = table.out.lines().find(|line| line.starts_with(service)).unwrap();
        assert!(line.ends_with("successful  1/1 healthy  -"), "{line}");
    }
    let document: Value = serde_json::from_str(&account.looks("status -e dev --json").out).unwrap();
    assert_eq!((&document["schema"], &document["healthy"]), (&json!(1), &json!(true)));
    assert_eq!(document["services"][1]["targets"][0]["state"], "healthy");
    // A fork is cheap, and another look of this one is to find it well.
    let silent = account.fork("silent");
    silent.control("fault", &json!({ "match": "^GET /api $", "status": 503, "times": 9 }));
    let table = silent.looks("status -e dev");
    assert_eq!(table.code, 1);
    assert!(table.out.contains("an answer from outside: `http://items-dev-1."), "{}", table.out);
}

fn logs_are_merged_and_filtered(account: &Account) {
    account.python(
        r#"
logs = account.client("logs")
lines = {"backend": [(0, "first"), (2000, "third")], "frontend": [(1000, "second \"quoted\"")]}
group = "/ecs/items/dev/{}".format
for service in lines:
    logs.create_log_stream(logGroupName=group(service), logStreamName=f"ecs/{service}/task")
streams = [s for service in lines for s in logs.describe_log_streams(logGroupName=group(service))["logStreams"]]
now = max(s["creationTime"] for s in streams) // 1000 * 1000
for service, lines in lines.items():
    events = [{"timestamp": now + 60_000 + after, "message": message} for after, message in lines]
    logs.put_log_events(logGroupName=group(service), logStreamName=f"ecs/{service}/task", logEvents=events)
"#,
    );
    let said = account.looks("logs -e dev --tail 3");
    assert_eq!(said.code, 0);
    assert_eq!(said.out, "backend | first\nfrontend | second \"quoted\"\nbackend | third\n");
    assert!(account.looks("logs -e dev").out.contains(r#"frontend | {"level":"INFO","message":"listening"}"#));
    assert_eq!(account.looks("logs -e dev frontend --since 1h --tail 1").out, "frontend | second \"quoted\"\n");
    assert_eq!(account.looks("logs -e dev --filter ir").out, "backend | first\nbackend | third\n");
    let said = account.looks("logs -e dev --json --tail 1");
    let line: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&line["service"], &line["task"], &line["line"]), (&json!("backend"), &json!("task"), &json!("third")));

    let nothing = account.looks("logs -e dev --filter nowhere");
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""));
    assert!(nothing.err.starts_with("no line with `nowhere` in it in the last 10 minutes\nhint: "), "{}", nothing.err);
    let nothing = account.looks("logs -e dev --since 2099-01-01T00:00:00Z");
    assert_eq!((nothing.code, nothing.err.as_str()), (0, "no line since 2099-01-01T00:00:00Z\n"));
    let unknown = account.looks("logs -e dev backnd");
    assert_eq!(unknown.code, 2);
    let meant = "hint: did you mean `backend`? the services of the environment are `backend`, `frontend`\n";
    assert!(unknown.err.ends_with(meant), "{}", unknown.err);
    let unknown = account.looks("logs -e dve");
    assert_eq!(unknown.code, 2);
    let meant = "hint: did you mean `dev`? the environments in infra.nix are `dev`, `prod`\n";
    assert!(unknown.err.ends_with(meant), "{}", unknown.err);
}

fn logs_are_followed_until_control_c(account: &Account) {
    let mut follow = Running::start(&mut account.in_project("logs -e dev backend --follow --filter third"));
    assert_eq!(follow.prints(), "backend | third\n");
    follow.interrupt();
    let said = follow.ends();
    assert_eq!((said.code, said.err.as_str()), (130, ""));
}

fn tasks_are_run_to_their_end(account: &Account) {
    let done = account.looks("run -e dev backend -- /bin/app migrate");
    assert_eq!(done.code, 0);
    assert!(done.out == "done\n" && done.err.starts_with("task "), "{}{}", done.err, done.out);
    account.control("run", &json!({ "exit_code": 3, "logs": ["migrating", "no such column"] }));
    let failed = account.looks("run -e dev backend -- /bin/app migrate");
    assert_eq!(failed.code, 3);
    // Its own log, and nothing of the tasks before it.
    assert_eq!(failed.out, "migrating\nno such column\n");
    let unknown = account.looks("run -e dev backnd -- /bin/app");
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("hint: did you mean `backend`? "), "{}", unknown.err);
}

fn a_task_that_cannot_start_is_explained(account: &Account) {
    account.python(
        r#"
ecr = account.client("ecr")
images = ecr.list_images(repositoryName="items/backend")["imageIds"]
ecr.batch_delete_image(repositoryName="items/backend", imageIds=images)
"#,
    );
    let said = account.looks("run -e dev backend -- /bin/app migrate");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("error: the task did not run: the image is not in the registry"), "{}", said.err);
    assert!(said.err.lines().last().unwrap().starts_with("hint: "), "{}", said.err);
}
