//! No damage to a layout makes us panic, and none makes another image pass for this one.

use std::fs;

use oci::{Digest, Layout, contents, verify};

use crate::fixture::{Fixture, tree};

/// Bytes that break JSON, lengths and names in different ways.
const REPLACEMENTS: [u8; 5] = [0, b'"', b'9', b'}', 0xff];

/// A digest's verdict on damaged files.
struct Patient {
    fixture: Fixture,
    digest: Digest,
}

impl Patient {
    fn new() -> Self {
        let fixture = Fixture::new();
        let digest = fixture.build("image").digest;
        Self { fixture, digest }
    }

    /// Replaces the file `name` and looks at the layout with every reader.
    fn examine(&self, name: &str, damaged: &[u8], what: &str) {
        let dir = self.fixture.path("image");
        fs::write(dir.join(name), damaged).unwrap();
        match verify(&dir) {
            // The index is outside the image: what tools note there can change, what it refers to cannot.
            Ok(verified) if name == "index.json" => assert_eq!(verified.image.digest, self.digest),
            Ok(_) => panic!("{what} of {name} was not seen"),
            Err(mismatches) => assert!(!mismatches.is_empty()),
        }
        if let Ok(layout) = Layout::open(&dir) {
            let read = contents(&layout).is_ok();
            assert!(!read || ["index.json", "oci-layout"].contains(&name), "{what} of {name} was not seen");
        }
    }

    /// Damages every file of the layout with `damage`, and heals it again.
    fn every_file(&self, damage: impl Fn(&str, &[u8])) {
        let dir = self.fixture.path("image");
        for (name, original) in tree(&dir).into_iter().filter(|(name, _)| !name.ends_with('/')) {
            damage(&name, &original);
            fs::write(dir.join(&name), &original).unwrap();
        }
        verify(&dir).unwrap();
    }
}

#[test]
fn truncations_are_seen() {
    let patient = Patient::new();
    patient.every_file(|name, original| {
        for at in (0..original.len()).step_by(7) {
            patient.examine(name, &original[..at], &format!("truncation at {at}"));
        }
    });
}

#[test]
fn changed_bytes_are_seen() {
    let patient = Patient::new();
    patient.every_file(|name, original| {
        for (at, byte) in original.iter().enumerate() {
            let replacement = REPLACEMENTS[at % REPLACEMENTS.len()];
            let mut damaged = original.to_vec();
            damaged[at] = if replacement == *byte { byte ^ 0x20 } else { replacement };
            patient.examine(name, &damaged, &format!("{:#04x} at {at}", damaged[at]));
        }
    });
}
