//! Path patterns: `*` stands for any characters, `?` for exactly one.

/// AWS: "Condition types for listener rules", path conditions.
const MAX_CHARACTERS: usize = 128;

/// A path pattern of a listener rule: case-sensitive, anchored at both ends, matched against the path alone.
///
/// Matching runs all positions of the pattern at once, one bit each, so it takes one step per byte of the path
/// whatever the pattern (the shift-and algorithm of Baeza-Yates and Gonnet, with loops for `*`).
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: String,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    /// Without `*`: byte by byte.
    Fixed,
    /// With `*`, so at most 127 other characters, so 128 states.
    Looping {
        /// For each byte, the states that it takes one further.
        step: Box<[u128; 256]>,
        /// The states that every byte leaves in place.
        stay: u128,
        /// The state in which everything has been matched.
        accept: u128,
    },
}

/// Why a path pattern is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Empty or too long.
    #[error("a pattern has 1 to 128 characters, this has {length}")]
    Length {
        /// Characters that it has.
        length: usize,
    },
    /// A character that a listener rule cannot have.
    #[error("the character `{}` is not allowed in a pattern", .character.escape_default())]
    Character {
        /// The first such character.
        character: char,
    },
}

impl PathPattern {
    /// Checks and compiles a pattern.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        let length = text.chars().count();
        if length == 0 || length > MAX_CHARACTERS {
            return Err(PatternError::Length { length });
        }
        if let Some(character) = text.chars().find(|&c| !is_allowed(c)) {
            return Err(PatternError::Character { character });
        }
        let shape = if text.contains('*') { looping(text) } else { Shape::Fixed };
        Ok(Self { text: text.to_owned(), shape })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many `*` and `?` it has: rules are limited in their sum.
    pub fn wildcards(&self) -> usize {
        self.text.bytes().filter(|byte| matches!(byte, b'*' | b'?')).count()
    }

    /// Whether all of `path` (without its query) fits the pattern.
    pub fn matches(&self, path: &str) -> bool {
        match &self.shape {
            Shape::Fixed => {
                self.text.len() == path.len() && self.text.bytes().zip(path.bytes()).all(|(p, b)| p == b'?' || p == b)
            }
            Shape::Looping { step, stay, accept } => {
                let mut states = 1_u128;
                for byte in path.bytes() {
                    states = (states & step[usize::from(byte)]) << 1 | states & stay;
                    if states == 0 {
                        return false;
                    }
                }
                states & accept != 0
            }
        }
    }
}

fn looping(text: &str) -> Shape {
    let mut step = Box::new([0_u128; 256]);
    let (mut stay, mut state) = (0_u128, 1_u128);
    for byte in text.bytes() {
        match byte {
            b'*' => stay |= state,
            b'?' => {
                step.iter_mut().for_each(|states| *states |= state);
                state <<= 1;
            }
            _ => {
                step[usize::from(byte)] |= state;
                state <<= 1;
            }
        }
    }
    Shape::Looping { step, stay, accept: state }
}

/// AWS: "Condition types for listener rules", path conditions.
fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.$/~\"'@:+&*?".contains(c)
}

#[cfg(test)]
mod tests;
