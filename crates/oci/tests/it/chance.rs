//! Chance that is the same in every run.

/// A sequence of numbers: a generator by Knuth, of which the upper bits are used.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Self(seed);
        chance.below(1);
        chance
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// `usual`, but for one time in four.
    pub(crate) fn mostly<T: Copy>(&mut self, usual: T, others: &[T]) -> T {
        if self.one_in(4) { self.of(others) } else { usual }
    }
}
