//! What happens in an account, and when.

use super::world::{NEW, OLD, World};

type Change = Box<dyn FnOnce(&mut World, i64) + Send>;

/// Changes by the second they come at, and those that follow from a deployment being stopped.
#[derive(Default)]
pub(super) struct Script {
    /// Latest first, so that the next one is the last.
    changes: Vec<(i64, Change)>,
    when_stopped: Vec<(i64, Change)>,
    /// How ECS refuses to stop a deployment, if it does.
    pub(super) refuses_to_stop: Option<&'static str>,
}

impl Script {
    /// Services that run the old image, for which a deployment of the new one is begun at once.
    pub(super) fn of(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        Self::default().at(0, move |world, _| {
            for name in &names {
                world.service(name, 1);
                world.begin(name, "d1", NEW, Some(OLD), 0);
            }
        })
    }

    pub(super) fn at(mut self, second: i64, change: impl FnOnce(&mut World, i64) + Send + 'static) -> Self {
        let place = self.changes.iter().position(|(other, _)| *other <= second).unwrap_or(self.changes.len());
        self.changes.insert(place, (second, Box::new(change)));
        self
    }

    /// So long after a deployment was stopped.
    pub(super) fn when_stopped(mut self, after: i64, change: impl FnOnce(&mut World, i64) + Send + 'static) -> Self {
        self.when_stopped.push((after, Box::new(change)));
        self
    }

    pub(super) fn refuses_to_stop(mut self, code: &'static str) -> Self {
        self.refuses_to_stop = Some(code);
        self
    }

    /// Brings `world` to `now`.
    pub(super) fn play(&mut self, world: &mut World, now: i64) {
        while self.changes.last().is_some_and(|(second, _)| *second <= now) {
            let Some((second, change)) = self.changes.pop() else { return };
            change(world, second);
        }
    }

    pub(super) fn stopped(&mut self, now: i64) {
        for (after, change) in std::mem::take(&mut self.when_stopped) {
            let place = self.changes.iter().position(|(other, _)| *other <= now + after).unwrap_or(self.changes.len());
            self.changes.insert(place, (now + after, change));
        }
    }
}
