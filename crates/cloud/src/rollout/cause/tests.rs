use super::*;
use crate::rollout::StoppedContainer;

fn never_started(reason: &str) -> Option<Cause> {
    Cause::of(&Stopped { code: "TaskFailedToStart".into(), reason: reason.into(), ..Stopped::default() })
}

fn exited(exit: i32, reason: Option<&str>, log: &[&str]) -> Option<Cause> {
    Cause::of(&Stopped {
        code: "EssentialContainerExited".into(),
        reason: "Essential container in task exited".into(),
        containers: vec![
            StoppedContainer { name: "proxy".into(), exit: Some(0), reason: None },
            StoppedContainer { name: "app".into(), exit: Some(exit), reason: reason.map(str::to_owned) },
        ],
        log: log.iter().map(|&line| line.to_owned()).collect(),
        ..Stopped::default()
    })
}

fn unhealthy(reason: &str, target: Option<&str>) -> Option<Cause> {
    let target = target.map(str::to_owned);
    let code = "ServiceSchedulerInitiated".into();
    Cause::of(&Stopped { code, reason: reason.into(), target, ..Stopped::default() })
}

#[test]
fn what_keeps_a_task_from_starting_is_told_apart() {
    let secrets = "ResourceInitializationError: unable to pull secrets or registry auth: ";
    for (reason, cause) in [
        (
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x@sha256:0: \
             x@sha256:0: not found",
            Cause::ImageMissing,
        ),
        (
            "CannotPullContainerError: failed to do request: Head \"https://x\": dial tcp 10.0.0.1:443: i/o timeout",
            Cause::ImageNoRoute,
        ),
        (
            "CannotPullContainerError: unexpected status from HEAD request to https://x: 403 Forbidden",
            Cause::ImageDenied,
        ),
        (
            "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
            Cause::Architecture,
        ),
        (
            &format!(
                "{secrets}ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
            ),
            Cause::SecretMissing,
        ),
        (
            &format!(
                "{secrets}AccessDeniedException: User: r is not authorized to perform: secretsmanager:GetSecretValue"
            ),
            Cause::SecretDenied,
        ),
        (
            &format!("{secrets}AccessDeniedException: User: r is not authorized to perform: ecr:GetAuthorizationToken"),
            Cause::ImageDenied,
        ),
        (
            &format!(
                "{secrets}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR."
            ),
            Cause::NoRoute,
        ),
        (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: \
             ResourceNotFoundException: The specified log group does not exist.",
            Cause::LogGroupMissing,
        ),
        ("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes", Cause::Volume),
        (
            "CannotStartContainerError: ResourceInitializationError: runc: exec: \"/bin/x\": no such file",
            Cause::CannotStart,
        ),
        ("CannotStartContainerError: exec /bin/app: exec format error", Cause::Architecture),
        ("Capacity is unavailable at this time. Please try again later", Cause::NoCapacity),
        ("You've reached the limit on the number of vCPUs you can run concurrently", Cause::Quota),
    ] {
        assert_eq!(never_started(reason), Some(cause), "{reason}");
    }
}

#[test]
fn the_container_that_failed_is_the_one_that_counts() {
    assert_eq!(exited(1, None, &["no database"]), Some(Cause::Crashed(1)));
    assert_eq!(
        exited(137, Some("OutOfMemoryError: Container killed due to memory usage"), &[]),
        Some(Cause::OutOfMemory)
    );
    assert_eq!(exited(137, None, &[]), Some(Cause::OutOfMemory));
    assert_eq!(exited(1, None, &["exec /bin/app: exec format error"]), Some(Cause::Architecture));
    assert_eq!(exited(127, None, &[]), Some(Cause::CannotStart));
    assert_eq!(exited(0, None, &[]), Some(Cause::Ended));
    assert_eq!(Cause::Crashed(139).words(), "the program was killed by signal 11 (exit code 139)");
}

#[test]
fn a_health_check_says_what_it_got() {
    let elb = "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)";
    for (target, cause) in [
        (Some("Health checks failed with these codes: [404]"), Cause::HealthStatus("404".into())),
        (Some("Request timed out"), Cause::HealthTimeout),
        (Some("Connection to target was refused"), Cause::HealthPort),
        (Some("Health checks failed"), Cause::HealthFailed),
        (None, Cause::HealthFailed),
    ] {
        assert_eq!(unhealthy(elb, target), Some(cause), "{target:?}");
    }
    assert_eq!(unhealthy("Task failed container health checks", None), Some(Cause::ContainerHealth));
}

#[test]
fn a_task_that_is_replaced_did_not_fail() {
    assert_eq!(unhealthy("Scaling activity initiated by (deployment ecs-svc/1)", None), None);
}

#[test]
fn a_task_stopped_by_hand_did_not_run_out_of_memory() {
    let containers = vec![StoppedContainer { name: "app".into(), exit: Some(137), reason: None }];
    let stopped = Stopped { code: "UserInitiated".into(), reason: "enough".into(), containers, ..Stopped::default() };
    assert_eq!(Cause::of(&stopped), Some(Cause::ByHand));
}

#[test]
fn every_cause_with_a_known_remedy_has_a_hint_of_one_line() {
    for cause in [Cause::ImageMissing, Cause::NoRoute, Cause::OutOfMemory, Cause::Crashed(1), Cause::Time("x".into())] {
        assert!(cause.hint().is_some_and(|hint| !hint.contains('\n')), "{cause}");
    }
}
