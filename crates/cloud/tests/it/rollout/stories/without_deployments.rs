//! ECS has no service deployments, or the caller may not see them.

use super::*;

fn begun() -> Script {
    Script::of(&[WEB]).at(0, |world, _| {
        world.no_deployments = true;
        world.of(WEB).plain = vec![(NEW, "IN_PROGRESS"), (OLD, "COMPLETED")];
    })
}

#[tokio::test]
async fn success_without_service_deployments() {
    let script = begun()
        .at(20, |world, now| world.run(WEB, "a1new", NEW, now))
        .at(40, |world, _| world.healthy(WEB, "a1new"))
        .at(60, |world, _| {
            world.replace(WEB, "01old");
            world.of(WEB).plain = vec![(NEW, "COMPLETED")];
        });
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn rollback_without_service_deployments() {
    let script = begun()
        .at(20, |world, now| world.crash(WEB, "a1new", 1, &["no database"], now))
        .at(40, |world, now| world.crash(WEB, "a2new", 1, &["no database"], now))
        .at(60, |world, now| world.crash(WEB, "a3new", 1, &["no database"], now))
        .at(80, |world, _| world.of(WEB).plain = vec![(OLD, "IN_PROGRESS"), (NEW, "FAILED")])
        .at(100, |world, _| world.of(WEB).plain = vec![(OLD, "COMPLETED")]);
    insta::assert_snapshot!(play(&[WEB], script).await);
}
