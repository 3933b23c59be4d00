//! The two images of a comparison: where they are, and how they get here.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use oci::{Digest, Layout};
use serde::Serialize;

use crate::{
    command::transfer::{Access, Show},
    registry::{self, Endpoint, Outline, Reference, Registry},
};

/// Where an image is.
pub(super) enum Place {
    Layout(PathBuf),
    Registry(Reference),
}

/// One of the images, as `--json` has it.
#[derive(Serialize)]
pub(super) struct Side {
    /// The directory or the reference.
    pub(super) image: String,
    pub(super) digest: Digest,
    pub(super) config: Digest,
    /// Manifest, config and layers as a registry stores them.
    pub(super) size: u64,
}

impl Place {
    /// A directory that is there, or is written as one, is a layout.
    pub(super) fn of(text: &str) -> anyhow::Result<Self> {
        if text.starts_with(['/', '.']) || Path::new(text).is_dir() {
            return Ok(Self::Layout(text.into()));
        }
        let reference = text.parse().with_context(|| format!("there is no directory `{}`", text.escape_default()))?;
        Ok(Self::Registry(reference))
    }
}

/// Refuses to show one registry the password of another.
pub(super) fn check_user(from: &Place, to: &Place, access: &Access) -> anyhow::Result<()> {
    let two = match (from, to) {
        (Place::Registry(from), Place::Registry(to)) => from.endpoint != to.endpoint,
        _ => false,
    };
    ensure!(
        !(two && access.names_a_user()),
        "`--username` is for one registry, the images are in two\nhint: `docker login` keeps credentials for each"
    );
    Ok(())
}

/// An image that was looked at: all of it, or its digest and its layers.
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
    pub(super) fn of(place: &Place, layout: &Layout) -> Self {
        let config = layout.manifest().config.digest;
        Self { image: place.to_string(), digest: layout.digest(), config, size: layout.size() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout(dir) => dir.display().fmt(f),
            Self::Registry(reference) => reference.fmt(f),
        }
    }
}

/// Opens images, those in registries by pulling what differs of them. Two in the same registry share its connections and its token.
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

    /// The layouts at both places, made in `temporary` if they are elsewhere. What is made is without the layers that both
    /// have.
    pub(super) async fn open(
        &mut self,
        (from, to): (&Place, &Place),
        temporary: &Path,
    ) -> anyhow::Result<(Layout, Layout)> {
        let (from, to) = (self.look(from).await?, self.look(to).await?);
        let shared = from.layers().intersection(&to.layers()).copied().collect();
        let from = self.fetch(from, &shared, &temporary.join("from")).await?;
        Ok((from, self.fetch(to, &shared, &temporary.join("to")).await?))
    }

    async fn look(&mut self, place: &Place) -> anyhow::Result<Seen> {
        let reference = match place {
            Place::Layout(dir) => {
                return Ok(Seen::Layout(Box::new(Layout::open(dir).with_context(|| format!("opening `{place}`"))?)));
            }
            Place::Registry(reference) => reference,
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
