//! The two images of a comparison, and how to open them.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fmt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use hint::ensure;
use oci::{Digest, Layout};
use registry::{self, Endpoint, Outline, Reference, Registry};
use serde::Serialize;

use crate::command::transfer::{Access, Show};

/// Where one of the images is.
pub(super) enum Location {
    Layout(PathBuf),
    Registry(Reference),
}

/// One of the images, as the JSON document has it.
#[derive(Serialize)]
pub(super) struct Side {
    /// As on the command line.
    pub(super) image: String,
    pub(super) digest: Digest,
    pub(super) config: Digest,
    /// Bytes of manifest, config and compressed layers.
    pub(super) size: u64,
}

impl Location {
    /// An existing directory, or a path that starts with `/` or `.`, is a layout.
    pub(super) fn of(text: &str) -> anyhow::Result<Self> {
        if text.starts_with(['/', '.']) || Path::new(text).is_dir() {
            return Ok(Self::Layout(text.into()));
        }
        let reference = text.parse().with_context(|| format!("`{}` is not a directory", text.escape_default()))?;
        Ok(Self::Registry(reference))
    }
}

/// Refuses to send the password of one registry to another.
pub(super) fn check_user(from: &Location, to: &Location, access: &Access) -> anyhow::Result<()> {
    let two = match (from, to) {
        (Location::Registry(from), Location::Registry(to)) => from.endpoint != to.endpoint,
        _ => false,
    };
    ensure!(
        !(two && access.names_a_user()),
        "`--username` is for one registry, but the images are in two",
        hint = "sign in to both with `docker login`"
    );
    Ok(())
}

/// An image whose manifest was read: all of it is here, or its digest and layers are known.
enum Seen {
    Layout(Box<Layout>),
    Registry(Reference, BTreeSet<Digest>),
}

impl Seen {
    fn layers(&self) -> BTreeSet<Digest> {
        match self {
            Self::Layout(layout) => layout.manifest().layers.iter().map(|layer| layer.digest).collect(),
            Self::Registry(_, layers) => layers.clone(),
        }
    }
}

impl Side {
    pub(super) fn of(place: &Location, layout: &Layout) -> Self {
        let config = layout.manifest().config.digest;
        Self { image: place.to_string(), digest: layout.digest(), config, size: layout.size() }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout(dir) => dir.display().fmt(f),
            Self::Registry(reference) => reference.fmt(f),
        }
    }
}

/// Opens images. Those in registries are pulled without the layers that both have, and share the client of their registry.
pub(super) struct Opener<'a> {
    access: &'a Access,
    platform: Option<&'a str>,
    show: Show,
    registries: BTreeMap<Endpoint, Registry>,
}

impl<'a> Opener<'a> {
    pub(super) fn new(access: &'a Access, platform: Option<&'a str>) -> Self {
        Self { access, platform, show: Show::new(false), registries: BTreeMap::new() }
    }

    /// Both images as layouts; those in registries are pulled into `temporary`.
    pub(super) async fn open(
        &mut self,
        (from, to): (&Location, &Location),
        temporary: &Path,
    ) -> anyhow::Result<(Layout, Layout)> {
        let (from, to) = (self.look(from).await?, self.look(to).await?);
        let shared = from.layers().intersection(&to.layers()).copied().collect();
        let from = self.fetch(from, &shared, &temporary.join("from")).await?;
        Ok((from, self.fetch(to, &shared, &temporary.join("to")).await?))
    }

    async fn look(&mut self, place: &Location) -> anyhow::Result<Seen> {
        let reference = match place {
            Location::Layout(dir) => {
                return Ok(Seen::Layout(Box::new(Layout::open(dir).with_context(|| format!("opening `{place}`"))?)));
            }
            Location::Registry(reference) => reference,
        };
        let platform = self.platform;
        let Outline { digest, layers } =
            registry::outline(self.registry(&reference.endpoint)?, reference, platform).await?;
        // A tag may move before it is fetched.
        Ok(Seen::Registry(Reference { digest: Some(digest), ..reference.clone() }, layers))
    }

    async fn fetch(&mut self, seen: Seen, shared: &BTreeSet<Digest>, out: &Path) -> anyhow::Result<Layout> {
        match seen {
            Seen::Layout(layout) => Ok(*layout),
            Seen::Registry(reference, _) => {
                registry::pull_without(self.registry(&reference.endpoint)?, &reference, None, shared, out).await?;
                Layout::open(out).with_context(|| format!("opening `{reference}`"))
            }
        }
    }

    fn registry(&mut self, endpoint: &Endpoint) -> anyhow::Result<&Registry> {
        match self.registries.entry(endpoint.clone()) {
            Entry::Occupied(registry) => Ok(registry.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(self.access.registry(endpoint.clone(), self.show.events())?)),
        }
    }
}
