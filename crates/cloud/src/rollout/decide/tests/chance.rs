//! Rollouts by chance: what ECS may show, in any order, sensible or not.

use super::*;

/// A small generator, the same for the same seed: xorshift.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        let index = usize::try_from(self.below(all.len() as u64)).unwrap();
        all[index].clone()
    }

    /// Something that might be seen. Most of it looks well, or nothing would ever be live.
    pub(super) fn observation(&mut self, now: Timestamp) -> Observation {
        if self.one_in(10) {
            return Observation::Silence { at: now, reason: self.of(&["no route", "throttled"]).into() };
        }
        let phases = [
            Phase::Moving,
            Phase::Moving,
            Phase::Moving,
            Phase::Moving,
            Phase::Successful,
            Phase::Successful,
            Phase::Stopping,
            Phase::RollingBack,
            Phase::Stopped,
            Phase::RolledBack,
            Phase::RollbackFailed,
        ];
        let phase = if self.one_in(4) { self.of(&phases) } else { self.of(&phases[..6]) };
        let attempt = Attempt {
            first: self.one_in(4),
            breaks: !self.one_in(4),
            stoppable: !self.one_in(4),
            alarms: if self.one_in(20) { vec!["errors".into()] } else { Vec::new() },
            ..super::attempt(phase)
        };
        let tasks: Vec<_> = (0..self.below(4)).map(|_| self.task()).collect();
        let targets = tasks.iter().map(|task| target(&task.id, if self.one_in(5) { "unhealthy" } else { "healthy" }));
        let targets = targets.collect();
        Observation::Seen(Box::new(Snapshot {
            at: now,
            desired: u32::try_from(self.below(3)).unwrap(),
            attempt: (!self.one_in(20)).then_some(attempt),
            superseded_by: self.one_in(200).then(|| "2".into()),
            serving: if self.one_in(5) { Serving::Other(None) } else { Serving::Ours },
            rolled_back: None,
            tasks,
            stopped: (0..self.below(2)).map(|_| self.stopped()).collect(),
            targets: (!self.one_in(3)).then_some(targets),
            answering: self.of(&[Answering::Yes, Answering::Yes, Answering::NotAsked, Answering::No("502".into())]),
            complaints: if self.one_in(20) { vec!["was unable to place a task".into()] } else { Vec::new() },
        }))
    }

    fn task(&mut self) -> Task {
        let id = self.below(20).to_string();
        Task {
            stage: self.of(&[Stage::Running, Stage::Running, Stage::Running, Stage::Starting, Stage::Ending]),
            healthy: !self.one_in(9),
            ..super::task(&id, !self.one_in(3))
        }
    }

    fn stopped(&mut self) -> Stopped {
        let id = self.below(60).to_string();
        let code =
            self.of(&["EssentialContainerExited", "ServiceSchedulerInitiated", "UserInitiated", "TaskFailedToStart"]);
        Stopped { code: code.into(), ours: self.one_in(2), ..crashed(&id) }
    }
}
