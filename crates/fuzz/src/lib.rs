//! What reads bytes that others chose, one target each: whatever they are, nothing panics, overflows or takes long.
//!
//! - `cargo test -p fuzz` reads what is kept in `corpus/`, once;
//! - `fuzz/run` at the root of the crate lets libFuzzer look for more, guided by what the code does with each input.
//!
//! A target also says what must hold of its result, where that is more than "no panic".

mod image;
mod text;

use std::fmt;

/// One reader, by the name of its corpus.
pub struct Target {
    /// Directory below `corpus/`.
    pub name: &'static str,
    /// Reads one input.
    pub read: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 18] = [
    Target { name: "tar", read: image::tar },
    Target { name: "layer", read: image::layer },
    Target { name: "config", read: image::config },
    Target { name: "manifest", read: image::manifest },
    Target { name: "layout", read: image::layout },
    Target { name: "program", read: image::program },
    Target { name: "challenge", read: text::challenge },
    Target { name: "token", read: text::token },
    Target { name: "reference", read: text::reference },
    Target { name: "stack", read: text::stack },
    Target { name: "terraform", read: text::terraform },
    Target { name: "plan", read: text::plan },
    Target { name: "rules", read: text::rules },
    Target { name: "events", read: text::events },
    Target { name: "answers", read: text::answers },
    Target { name: "record", read: text::record },
    Target { name: "signature", read: text::signature },
    Target { name: "statement", read: text::statement },
];

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The target `name`, if there is one.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
