//! All goes well, sooner or later.

use super::*;

#[tokio::test]
async fn success() {
    let script = Script::of(&[WEB])
        .at(8, |world, now| world.start(WEB, "a1new", NEW, now))
        .at(30, |world, now| world.run(WEB, "a1new", NEW, now))
        .at(45, |world, _| world.healthy(WEB, "a1new"))
        .at(50, |world, _| world.drain(WEB, "01old"))
        .at(80, |world, _| world.replace(WEB, "01old"))
        .at(90, |world, _| world.status(WEB, "SUCCESSFUL", ""));
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn slow_success_after_a_task_that_crashed_once() {
    let script = Script::of(&[WEB])
        .at(60, |world, now| world.crash(WEB, "a1new", 1, &["waiting for the database", "giving up"], now))
        .at(200, |world, now| world.start(WEB, "a2new", NEW, now))
        .at(400, |world, now| world.run(WEB, "a2new", NEW, now))
        .at(520, |world, _| world.healthy(WEB, "a2new"))
        .at(560, |world, _| world.replace(WEB, "01old"))
        .at(580, |world, _| world.status(WEB, "SUCCESSFUL", ""));
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn nothing_changed() {
    let script = Script::default().at(0, |world, _| {
        world.service(WEB, 1);
        world.begin(WEB, "d1", NEW, Some(OLD), -3600);
        replaced(world, WEB, -3600);
        world.status(WEB, "SUCCESSFUL", "");
    });
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn takes_the_place_of_a_revision_made_by_hand() {
    let script = Script::default()
        .at(0, |world, now| {
            world.service(WEB, 0);
            world.of(WEB).desired = 1;
            world.begin(WEB, "d1", NEW, Some(OLD), -7200);
            world.status(WEB, "SUCCESSFUL", "");
            world.begin(WEB, "d2", "new+by-hand", Some(NEW), -3600);
            world.status(WEB, "SUCCESSFUL", "");
            world.run(WEB, "01old", "new+by-hand", -3600);
            world.healthy(WEB, "01old");
            world.begin(WEB, "d3", NEW, Some("new+by-hand"), now);
        })
        .at(20, |world, now| replaced(world, WEB, now))
        .at(40, |world, _| world.status(WEB, "SUCCESSFUL", ""));
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn ecs_is_done_before_the_old_tasks_are_gone_and_the_load_balancer_answers() {
    let script = Script::of(&[WEB])
        .at(10, |world, now| {
            world.run(WEB, "a1new", NEW, now);
            world.healthy(WEB, "a1new");
            world.drain(WEB, "01old");
            world.status(WEB, "SUCCESSFUL", "");
            world.visitors_get = 503;
        })
        .at(30, |world, _| world.replace(WEB, "01old"))
        .at(60, |world, _| world.visitors_get = 404);
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn the_first_deployment_ever() {
    let script = Script::default()
        .at(0, |world, now| {
            world.service(WEB, 0);
            world.of(WEB).desired = 2;
            world.begin(WEB, "d1", NEW, None, now);
        })
        .at(20, |world, now| {
            world.run(WEB, "a1new", NEW, now);
            world.run(WEB, "a2new", NEW, now);
        })
        .at(40, |world, _| {
            world.healthy(WEB, "a1new");
            world.healthy(WEB, "a2new");
        })
        .at(44, |world, _| world.status(WEB, "SUCCESSFUL", ""));
    insta::assert_snapshot!(play(&[WEB], script).await);
}
