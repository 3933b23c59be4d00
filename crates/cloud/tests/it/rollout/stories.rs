//! The stories. Each transcript is what a person reads; the last line is what a script reads.

mod failures;
mod outages;
mod successes;
mod without_deployments;

use super::{
    play,
    script::Script,
    world::{NEW, OLD, World},
};

const WEB: &str = "backend";

/// A new task that comes up and replaces the old one.
fn replaced(world: &mut World, name: &str, now: i64) {
    world.run(name, "a1new", NEW, now);
    world.healthy(name, "a1new");
    world.replace(name, "01old");
}

/// The way back that ECS takes after it was asked to stop.
fn goes_back(script: Script) -> Script {
    script.when_stopped(4, |world, _| world.status(WEB, "ROLLBACK_IN_PROGRESS", "")).when_stopped(40, |world, _| {
        world.status(WEB, "ROLLBACK_SUCCESSFUL", "");
    })
}
