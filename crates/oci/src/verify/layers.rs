//! Verifies the layers and the program in them.

use std::{convert::Infallible, io::Read};

use super::check::{Check, place};
use crate::{
    Compression, Descriptor, Digest, Error, File, FileKind, Platform,
    compression::Stored,
    document::open_layer,
    elf,
    layer::{Refused, Seen, Stop, of_system, walk},
};

/// Refused entries of a layer that are reported one by one.
const REPORTED_ENTRIES: u64 = 100;

/// The file of the entrypoint in the layers.
pub(super) struct Program {
    /// Relative to the image's root.
    path: Option<String>,
    found: Option<(File, Vec<u8>)>,
}

impl Program {
    /// The program at `entrypoint`.
    pub(super) fn named(entrypoint: Option<&str>) -> Self {
        Self { path: entrypoint.map(|path| path.trim_start_matches('/').to_owned()), found: None }
    }

    fn look(&mut self, file: File, content: &mut dyn Read) {
        if self.path.as_ref() == Some(&file.path) {
            let mut start = Vec::new();
            // What cannot be read here makes the decompression fail, which is reported.
            let _ = content.take(elf::MACHINE_END).read_to_end(&mut start);
            self.found = Some((file, start));
        }
    }
}

impl Check {
    /// Verifies one layer, which follows on those in `seen`. Returns its uncompressed size if it could be decompressed. `media_type` and the first half of
    /// `diff_id` are the places to report.
    pub(super) fn layer(
        &mut self,
        media_type: &str,
        layer: &Descriptor,
        diff_id: Option<(String, Digest)>,
        seen: &mut Seen,
        program: &mut Program,
    ) -> Option<u64> {
        let place = place(&layer.digest);
        let compression = Compression::of_media_type(&layer.media_type).map(Stored::Packed);
        if compression.is_none() {
            self.report(media_type, format!("is `{}`, which is not supported", layer.media_type));
        }
        let (file, _) =
            open_layer(&self.dir.join(&place)).inspect_err(|error| self.report_error(&place, error)).ok()?;
        let mut refused = 0;
        // Of a type that we do not know, size and digest can be compared all the same: the blob is read to its end.
        let walked = walk(file, compression.unwrap_or(Stored::Plain), seen, |entry, content| {
            match entry {
                Ok(file) => program.look(file, content),
                Err(_) if compression.is_none() => {}
                Err(Refused { entry, reason }) => {
                    refused += 1;
                    if refused <= REPORTED_ENTRIES {
                        self.report(&place, format!("entry `{entry}` {reason}"));
                    }
                }
            }
            Ok::<_, Infallible>(())
        });
        if refused > REPORTED_ENTRIES {
            self.report(&place, format!("{} further entries are refused", refused - REPORTED_ENTRIES));
        }
        let walked = match walked {
            Ok(walked) => walked,
            Err(Stop::Read(source)) => {
                self.report_error(&place, &Error::Read { path: self.dir.join(&place), source });
                return None;
            }
            Err(Stop::Visit(never)) => match never {},
        };
        self.compare_blob(layer, walked.size, walked.digest);
        compression?;
        match (walked.diff_id, diff_id) {
            (Err(error), _) => {
                self.report(place, format!("cannot be read: {error}"));
                return None;
            }
            (Ok(actual), Some((said, expected))) if actual != expected => {
                self.report(said, format!("is `{expected}`, layer `{}` has `{actual}`", layer.digest));
            }
            (Ok(_), _) => {}
        }
        Some(walked.uncompressed)
    }

    /// Verifies that the layers contain the entrypoint, and that it is a program for the platform of the image.
    pub(super) fn program(&mut self, said: &str, program: &Program, platform: Option<Platform>) {
        let Some(path) = &program.path else { return };
        if let Some(system) = of_system(path, &FileKind::File) {
            self.report(said, format!("is in `/{system}`, which is the system's when the program runs"));
        }
        let Some((file, start)) = &program.found else {
            self.report(said, format!("is `/{path}`, which no layer holds"));
            return;
        };
        if file.kind != FileKind::File || file.mode & 0o111 == 0 {
            self.report(said, format!("is `/{path}`, which is not an executable file"));
        }
        let found = elf::platform_of_header(start);
        if let Some((found, platform)) = found.zip(platform).filter(|(found, platform)| found != platform) {
            self.report(said, format!("is `/{path}`, a program for `{found}` in an image for `{platform}`"));
        }
    }
}
