//! AWS does not answer, or not us.

use super::*;

/// The story of a success, with `fault` from the 20th to the 80th second.
fn with_a_minute_of(fault: (u16, &'static str)) -> Script {
    Script::of(&[WEB])
        .at(8, |world, now| world.start(WEB, "a1new", NEW, now))
        .at(20, move |world, _| world.fault = Some(fault))
        .at(30, |world, now| replaced(world, WEB, now))
        .at(80, |world, _| world.fault = None)
        .at(90, |world, _| world.status(WEB, "SUCCESSFUL", ""))
}

#[tokio::test]
async fn a_minute_of_throttling() {
    insta::assert_snapshot!(play(&[WEB], with_a_minute_of((400, "ThrottlingException"))).await);
}

#[tokio::test]
async fn a_minute_of_outage() {
    insta::assert_snapshot!(play(&[WEB], with_a_minute_of((503, "ServiceUnavailable"))).await);
}

#[tokio::test]
async fn an_outage_that_does_not_end() {
    let script = Script::of(&[WEB]).at(20, |world, _| world.fault = Some((503, "ServiceUnavailable")));
    insta::assert_snapshot!(play(&[WEB], script).await);
}

#[tokio::test]
async fn a_lack_of_rights() {
    let script = Script::of(&[WEB]).at(20, |world, _| world.fault = Some((400, "AccessDeniedException")));
    insta::assert_snapshot!(play(&[WEB], script).await);
}
