//! It goes wrong.

use super::*;

const PULL: &str = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
                    registry/backend@sha256:0: not found";

#[tokio::test]
async fn bad_image() {
    let script = Script::of(&[WEB])
        .at(20, |world, now| world.fail(WEB, "a1new", PULL, now))
        .at(60, |world, now| world.fail(WEB, "a2new", PULL, now));
    insta::assert_snapshot!(play(&[WEB], goes_back(script)).await);
}

#[tokio::test]
async fn crash_loop() {
    let log = ["reading settings", "error: `SECRET_KEY` is shorter than 32 bytes"];
    let script = Script::of(&[WEB])
        .at(20, move |world, now| world.crash(WEB, "a1new", 1, &log, now))
        .at(60, move |world, now| world.crash(WEB, "a2new", 1, &log, now))
        .at(100, move |world, now| world.crash(WEB, "a3new", 1, &log, now));
    insta::assert_snapshot!(play(&[WEB], goes_back(script)).await);
}

#[tokio::test]
async fn out_of_memory() {
    let mut script = Script::of(&[WEB]);
    for (second, id) in [(20, "a1new"), (60, "a2new"), (100, "a3new")] {
        script = script.at(second, move |world, now| {
            world.crash(WEB, id, 137, &["listening on 0.0.0.0:8000"], now);
            world.task(WEB, id).container_reason = "OutOfMemoryError: Container killed due to memory usage";
        });
    }
    insta::assert_snapshot!(play(&[WEB], goes_back(script)).await);
}

#[tokio::test]
async fn health_check_failure() {
    let reason = "Task failed ELB health checks in (target-group targets/backend)";
    let mut script = Script::of(&[WEB]);
    for (second, id) in [(20, "a1new"), (120, "a2new"), (220, "a3new")] {
        script = script
            .at(second, move |world, now| world.run(WEB, id, NEW, now))
            .at(second + 30, move |world, _| {
                world.target(WEB, id, "unhealthy", "Health checks failed with these codes: [404]");
            })
            .at(second + 60, move |world, _| world.stop(WEB, id, "ServiceSchedulerInitiated", reason));
    }
    insta::assert_snapshot!(play(&[WEB], goes_back(script)).await);
}

#[tokio::test]
async fn rollback_by_the_circuit_breaker() {
    let reason = "ECS deployment circuit breaker: task failed to start.";
    let script = Script::of(&[WEB])
        .at(20, |world, now| world.crash(WEB, "a1new", 2, &["bad flag"], now))
        .at(40, move |world, _| world.status(WEB, "ROLLBACK_IN_PROGRESS", reason))
        .at(90, move |world, _| world.status(WEB, "ROLLBACK_SUCCESSFUL", reason));
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn rollback_by_an_alarm() {
    let script = Script::of(&[WEB])
        .at(20, |world, now| {
            world.run(WEB, "a1new", NEW, now);
            world.healthy(WEB, "a1new");
        })
        .at(60, |world, _| {
            world.of(WEB).deployments[0].alarms = vec!["items-dev-backend-5xx"];
            world.status(WEB, "ROLLBACK_IN_PROGRESS", "Alarms detected");
        })
        .at(120, |world, _| {
            world.replace(WEB, "a1new");
            world.status(WEB, "ROLLBACK_SUCCESSFUL", "Alarms detected");
        });
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn the_way_back_fails_too() {
    let script = Script::of(&[WEB])
        .at(20, |world, now| world.fail(WEB, "a1new", PULL, now))
        .at(24, |world, now| world.fail(WEB, "a2new", PULL, now))
        .when_stopped(4, |world, _| world.status(WEB, "ROLLBACK_IN_PROGRESS", ""))
        .when_stopped(60, |world, _| world.status(WEB, "ROLLBACK_FAILED", "no capacity"));
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn superseded_by_another_deployment() {
    let script = Script::of(&[WEB]).at(20, |world, now| world.start(WEB, "a1new", NEW, now)).at(40, |world, now| {
        world.status(WEB, "STOPPED", "");
        world.begin(WEB, "d2", "newer", Some(OLD), now);
    });
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn another_try_after_a_first_deployment_that_failed_is_a_first_one_and_tells_nothing_twice() {
    let script = Script::default()
        .at(0, |world, now| {
            world.service(WEB, 0);
            world.of(WEB).desired = 1;
            world.begin(WEB, "d1", NEW, None, -600);
            world.fail(WEB, "a1new", PULL, -580);
            world.status(WEB, "STOPPED", "");
            world.begin(WEB, "d2", NEW, Some(NEW), now);
        })
        .at(20, |world, now| world.crash(WEB, "b1new", 1, &["no"], now))
        .at(40, |world, now| world.crash(WEB, "b2new", 1, &["no"], now))
        .at(60, |world, now| world.crash(WEB, "b3new", 1, &["no"], now))
        .at(68, |world, _| world.status(WEB, "STOPPED", ""));
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn superseded_by_another_revision_of_the_same_image() {
    let script = Script::of(&[WEB]).at(20, |world, now| world.start(WEB, "a1new", NEW, now)).at(40, |world, now| {
        world.status(WEB, "STOPPED", "");
        world.begin(WEB, "d2", "new+by-hand", Some(NEW), now);
    });
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn never_begun_where_the_service_runs_the_same_image_with_other_settings() {
    let script = Script::default().at(0, |world, now| {
        world.service(WEB, 1);
        world.begin(WEB, "d1", "new+by-hand", Some(OLD), now);
        world.status(WEB, "SUCCESSFUL", "");
    });
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn no_tasks_are_wanted() {
    let script = Script::default().at(0, |world, now| {
        world.service(WEB, 0);
        world.begin(WEB, "d1", NEW, Some(OLD), now);
        world.status(WEB, "SUCCESSFUL", "");
    });
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn the_first_deployment_ever_has_nothing_to_go_back_to() {
    let script = Script::default()
        .at(0, |world, now| {
            world.service(WEB, 0);
            world.of(WEB).desired = 1;
            world.begin(WEB, "d1", NEW, None, now);
        })
        .at(20, |world, now| world.fail(WEB, "a1new", PULL, now))
        .at(40, |world, now| world.fail(WEB, "a2new", PULL, now))
        .at(48, |world, _| world.status(WEB, "STOPPED", ""));
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn a_stop_that_ecs_refuses() {
    let script = Script::of(&[WEB])
        .at(20, |world, now| world.fail(WEB, "a1new", PULL, now))
        .at(24, |world, now| world.fail(WEB, "a2new", PULL, now))
        .refuses_to_stop("ConflictException");
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn no_capacity_until_time_is_up() {
    let script = Script::of(&[WEB]).at(10, |world, now| {
        let message = "(service backend) was unable to place a task. Reason: Capacity is unavailable at this time. Please \
                       try again later or in a different availability zone.";
        world.of(WEB).events.push((now, message.into()));
    });
    insta::assert_snapshot!(play(&[WEB], goes_back(script)).await);
}

#[tokio::test]
async fn one_of_two_services_fails() {
    let script = Script::of(&["backend", "frontend"])
        .at(10, |world, now| {
            replaced(world, "frontend", now);
            world.status("frontend", "SUCCESSFUL", "");
        })
        .at(20, |world, now| world.fail(WEB, "b1new", PULL, now))
        .at(24, |world, now| world.fail(WEB, "b2new", PULL, now));
    insta::assert_snapshot!(play(&["backend", "frontend"], goes_back(script)).await);
}

/// Both services of an environment that is new; the image of the backend is missing.
fn first_without_backend() -> Script {
    Script::default()
        .at(0, |world, now| {
            for name in ["backend", "frontend"] {
                world.service(name, 0);
                world.of(name).desired = 1;
                world.begin(name, "d1", NEW, None, now);
            }
            world.visitors_get = 503;
        })
        .at(20, |world, now| world.fail("backend", "a1new", PULL, now))
        .at(40, |world, now| world.fail("backend", "a2new", PULL, now))
        .at(60, |world, _| world.status("backend", "STOPPED", ""))
}

#[tokio::test]
async fn in_a_first_deployment_nobody_waits_for_the_page_of_one_service_once_another_has_failed() {
    let script = first_without_backend().at(30, |world, now| {
        world.run("frontend", "b1new", NEW, now);
        world.healthy("frontend", "b1new");
        world.status("frontend", "SUCCESSFUL", "");
    });
    insta::assert_snapshot!(play(&["backend", "frontend"], script).await);
}

#[tokio::test]
async fn in_a_first_deployment_nobody_waits_for_tasks_of_one_service_once_another_has_failed() {
    let script = first_without_backend().at(30, |world, now| world.start("frontend", "b1new", NEW, now));
    insta::assert_snapshot!(play(&["backend", "frontend"], script).await);
}

#[tokio::test]
async fn a_release_goes_back_at_once_where_only_the_page_of_the_other_service_is_missing() {
    let script = Script::of(&["backend", "frontend"])
        .at(10, |world, now| {
            replaced(world, "frontend", now);
            world.status("frontend", "SUCCESSFUL", "");
            world.visitors_get = 503;
        })
        .at(20, |world, now| world.fail("backend", "b1new", PULL, now))
        .at(24, |world, now| world.fail("backend", "b2new", PULL, now));
    insta::assert_snapshot!(play(&["frontend", "backend"], goes_back(script)).await);
}

#[tokio::test]
async fn nobody_answers_from_outside() {
    let script = Script::of(&[WEB]).at(10, |world, now| {
        replaced(world, WEB, now);
        world.status(WEB, "SUCCESSFUL", "");
        world.visitors_get = 502;
    });
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn no_deployment_is_begun() {
    let script = Script::default().at(0, |world, _| {
        world.service(WEB, 1);
        world.begin(WEB, "d0", OLD, None, -3600);
        world.status(WEB, "SUCCESSFUL", "");
    });
    insta::assert_snapshot!(play(&[WEB], script).await);
}
