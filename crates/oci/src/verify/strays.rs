//! Finds files that nothing refers to.

use std::fs;

use super::check::Check;
use crate::layout::{BLOBS, INDEX, MARKER, SHA256};

impl Check {
    /// Reports files that do not belong in a layout, and blobs that no document refers to.
    pub(super) fn strays(&mut self) {
        for name in self.names(".") {
            if ![MARKER, INDEX, BLOBS].contains(&&*name) {
                self.report(name, "does not belong in a layout");
            }
        }
        for name in self.names(BLOBS) {
            if name != "sha256" {
                self.report(format!("{BLOBS}/{name}"), "does not belong in a layout");
            }
        }
        for name in self.names(SHA256) {
            match format!("sha256:{name}").parse() {
                Ok(digest) if self.referenced.contains(&digest) || !self.complete => {}
                Ok(_) => self.report(format!("{SHA256}/{name}"), "is a blob that nothing refers to"),
                Err(_) => self.report(format!("{SHA256}/{name}"), "does not belong in a layout"),
            }
        }
    }

    /// The names in a directory of the layout, sorted; empty if it cannot be read, which other checks report.
    fn names(&self, place: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.dir.join(place)) else { return Vec::new() };
        let mut names: Vec<_> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().escape_debug().to_string()).collect();
        names.sort();
        names
    }
}
