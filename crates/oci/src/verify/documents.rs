//! Verifies marker, index, manifest and config.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Verified, check::Check, check::Document, layers::Program};
use crate::{
    Architecture, Descriptor, Digest, Image, MAX_LAYERS, Os, Platform,
    layer::Seen,
    layout::{INDEX, MARKER, VERSION},
    media_type,
};

/// The id that means "leave it as it is" to the kernel, so that who starts the program stays who they are.
const LEAVE: u64 = u32::MAX as u64;

/// What a config says of the layers and the program.
struct Promised {
    platform: Option<Platform>,
    diff_ids: Vec<Option<Digest>>,
    entrypoint: Option<String>,
    document: Document,
}

impl Check {
    /// Verifies the whole image. None if its documents could not be read.
    pub(super) fn image(&mut self) -> Option<Verified> {
        if let Some(marker) = self.document(MARKER) {
            self.expect(&marker, "/imageLayoutVersion", VERSION);
        }
        let (descriptor, index_platform) = self.index()?;
        let manifest = self.blob_document(&descriptor)?;
        self.expect(&manifest, "/schemaVersion", 2);
        self.expect(&manifest, "/mediaType", media_type::MANIFEST);
        self.expect_none(&manifest, &["manifests", "fsLayers", "history"]);
        let config_descriptor = self.descriptor(&manifest, "/config");
        let layer_count = self.count(&manifest, "/layers");
        if layer_count > MAX_LAYERS {
            self.report(manifest.at("/layers"), format!("has {layer_count} layers, the limit is {MAX_LAYERS}"));
            self.complete = false;
            return None;
        }
        let layers: Vec<_> = (0..layer_count).map(|i| self.descriptor(&manifest, &format!("/layers/{i}"))).collect();
        if layers.is_empty() {
            self.report(manifest.at("/layers"), "is empty");
        }
        let promised = config_descriptor.as_ref().and_then(|descriptor| {
            if descriptor.media_type != media_type::CONFIG {
                self.expect(&manifest, "/config/mediaType", media_type::CONFIG);
            }
            self.config(descriptor, layers.len(), index_platform)
        });

        let mut known: BTreeSet<_> = config_descriptor.iter().map(|config| config.digest).collect();
        let mut seen = Seen::nothing();
        let mut program = Program::named(promised.as_ref().and_then(|promised| promised.entrypoint.as_deref()));
        let mut uncompressed_size = Some(0_u64);
        for (i, layer) in layers.iter().enumerate() {
            let Some(layer) = layer else {
                uncompressed_size = None;
                continue;
            };
            if !known.insert(layer.digest) {
                self.report(manifest.at(&format!("/layers/{i}/digest")), "is there twice");
                continue;
            }
            let diff_id = promised.as_ref().and_then(|promised| {
                let place = promised.document.at(&format!("/rootfs/diff_ids/{i}"));
                Some((place, (*promised.diff_ids.get(i)?)?))
            });
            let size =
                self.layer(&manifest.at(&format!("/layers/{i}/mediaType")), layer, diff_id, &mut seen, &mut program);
            uncompressed_size = uncompressed_size.zip(size).map(|(sum, size)| sum.saturating_add(size));
        }
        let promised = promised?;
        let uncompressed_size = uncompressed_size?;
        self.program(&promised.document.at("/config/Entrypoint/0"), &program, promised.platform);

        let blobs = layers.iter().flatten().chain(&config_descriptor).chain([&descriptor]);
        Some(Verified {
            image: Image {
                digest: descriptor.digest,
                platform: promised.platform?,
                size: blobs.map(|blob| blob.size).fold(0, u64::saturating_add),
            },
            layers: layers.len(),
            uncompressed_size,
        })
    }

    /// The descriptor of the manifest, and the platform in it.
    fn index(&mut self) -> Option<(Descriptor, Option<Platform>)> {
        let index = self.document(INDEX)?;
        self.expect(&index, "/schemaVersion", 2);
        if index.value.pointer("/mediaType").is_some() {
            self.expect(&index, "/mediaType", media_type::INDEX);
        }
        self.expect_none(&index, &["config", "layers", "fsLayers", "history"]);
        let count = self.count(&index, "/manifests");
        if count != 1 {
            self.report(index.at("/manifests"), format!("names {count} manifests, one is supported"));
            self.complete = false;
            return None;
        }
        let descriptor = self.descriptor(&index, "/manifests/0")?;
        self.expect(&index, "/manifests/0/mediaType", media_type::MANIFEST);
        let platform = "/manifests/0/platform";
        let platform = index.value.pointer(platform).is_some().then(|| self.field(&index, platform)).flatten();
        Some((descriptor, platform))
    }

    fn config(&mut self, descriptor: &Descriptor, layers: usize, index: Option<Platform>) -> Option<Promised> {
        let config = self.blob_document(descriptor)?;
        let architecture: Option<Architecture> = self.field(&config, "/architecture");
        let os: Option<Os> = self.field(&config, "/os");
        let platform = architecture.zip(os).map(|(architecture, os)| Platform { architecture, os });
        if let Some((index, platform)) = index.zip(platform).filter(|(index, platform)| index != platform) {
            self.report(config.at("/architecture"), format!("is for `{platform}`, {INDEX} says `{index}`"));
        }
        self.expect(&config, "/rootfs/type", "layers");
        let count = self.count(&config, "/rootfs/diff_ids");
        if count != layers {
            self.report(
                config.at("/rootfs/diff_ids"),
                format!("has {count} diff ids, the manifest has {layers} layers"),
            );
        }
        let diff_ids = (0..count).map(|i| self.field(&config, &format!("/rootfs/diff_ids/{i}"))).collect();
        self.history(&config, layers);
        self.user(&config);
        let entrypoint = self.field::<String>(&config, "/config/Entrypoint/0");
        if entrypoint.as_ref().is_some_and(|path| !path.starts_with('/')) {
            self.report(config.at("/config/Entrypoint/0"), "is not an absolute path");
        }
        Some(Promised { platform, diff_ids, entrypoint, document: config })
    }

    /// Reports a user that is root, or one that the kernel takes for "leave it as it is".
    fn user(&mut self, config: &Document) {
        let Some(Value::String(user)) = config.value.pointer("/config/User") else { return };
        let privileged = |id: &str| id == "root" || matches!(id.parse::<u64>(), Ok(0 | LEAVE));
        if user.split(':').any(privileged) {
            let problem = format!("is `{}`: an image has a user and a group without privileges", user.escape_debug());
            self.report(config.at("/config/User"), problem);
        }
    }

    fn history(&mut self, config: &Document, layers: usize) {
        self.count(config, "/history");
        let entries = config.value.pointer("/history").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let count = entries.iter().filter(|entry| entry.get("empty_layer") != Some(&Value::Bool(true))).count();
        if count != layers {
            let problem = format!("has {count} entries that made a layer, the manifest has {layers} layers");
            self.report(config.at("/history"), problem);
        }
    }
}
