//! Chance that is the same in every run, and what it does to bytes.

/// A sequence of numbers: a generator by Knuth, of which the upper bits are used.
#[derive(Debug)]
pub struct Chance(u64);

/// What breaks parsers: numbers at their ends, nesting, quotes, and names in another spelling.
const TOKENS: [&[u8]; 16] = [
    b"null",
    b"-1",
    b"0",
    b"1e999",
    b"18446744073709551615",
    b"18446744073709551616",
    b"{}",
    b"[[[[[[[[",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"\xff\xfe",
    b"\0\0\0\0\0\0\0\0",
    b",",
    b"=",
    b"sha256:",
];

/// Most changes of one mutation.
const CHANGES: usize = 4;

impl Chance {
    /// The sequence that `seed` begins.
    pub fn new(seed: u64) -> Self {
        let mut chance = Self(seed);
        chance.below(1);
        chance
    }

    /// A number below `end`, which is more than 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % end
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of `choices`.
    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// `usual`, but for one time in four.
    pub fn mostly<T: Copy>(&mut self, usual: T, others: &[T]) -> T {
        if self.one_in(4) { self.of(others) } else { usual }
    }

    /// `bytes` with a few changes: bits that are flipped, parts that are missing, twice there, or something else.
    pub fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(CHANGES) {
            let from = self.below(bytes.len() + 1);
            let to = (from + self.below(24)).min(bytes.len());
            let part = match self.below(4) {
                0 => bytes[from..to].iter().map(|byte| byte ^ (1 << self.below(8))).collect(),
                1 => Vec::new(),
                2 => bytes[from..to].repeat(2),
                _ => self.of(&TOKENS).to_vec(),
            };
            bytes.splice(from..to, part);
        }
        bytes
    }
}
