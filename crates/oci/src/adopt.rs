//! Copies an image of any builder into a layout of its own.

use std::{fs, path::Path};

use crate::{
    Descriptor, Digest, Error, Image, Index, Layout, MAX_DOCUMENT, MAX_IMAGE, MAX_INDEX_DEPTH, Platform,
    build::check_free,
    directory::Staging,
    document::{open_layer, parse, read_stored},
    layout::{blob_path, check_digest, create_blobs, read_index, write_index},
    media_type,
};

/// Copies one image of the layout `from` into the layout `out`, which appears in one step after every digest and diff id was
/// checked. Manifest, config and layers stay as they are, and so does the digest.
///
/// Where there are several, it is the one for `platform`.
pub fn adopt(from: &Path, platform: Platform, out: &Path) -> Result<Image, Error> {
    check_free(out)?;
    let (index, _) = read_index(from)?;
    let descriptor = choose(from, &index.manifests, platform, MAX_INDEX_DEPTH)?.ok_or_else(|| Error::ImageCount {
        path: from.to_owned(),
        count: index.manifests.len(),
        remedy: format!("it has to contain one image for `{platform}`").into(),
    })?;
    let staging = Staging::beside(out)?;
    create_blobs(staging.path())?;
    let copy = |digest: &Digest| copy(from, staging.path(), digest);
    copy(&descriptor.digest)?;
    let plain = Descriptor::new(&descriptor.media_type, descriptor.digest, descriptor.size);
    write_index(staging.path(), plain.clone(), None)?;
    let manifest = crate::StoredManifest {
        media_type: plain.media_type.clone(),
        digest: plain.digest,
        bytes: read_stored(&blob_path(staging.path(), &plain.digest), MAX_DOCUMENT)?,
    };
    for blob in manifest.parts()?.blobs() {
        copy(&blob.digest)?;
    }
    let layout = Layout::open(staging.path())?;
    let mut left = MAX_IMAGE;
    for layer in layout.layers()? {
        layout.read_members(&layer, &mut left, |_, _| Ok(()))?;
    }
    write_index(staging.path(), plain, Some(layout.platform()))?;
    staging.publish_over()?;
    Ok(layout.image())
}

/// The one image among `manifests`, or the one for `platform`.
fn choose(
    from: &Path,
    manifests: &[Descriptor],
    platform: Platform,
    depth: usize,
) -> Result<Option<Descriptor>, Error> {
    if depth == 0 {
        return Err(Error::Nested { limit: MAX_INDEX_DEPTH });
    }
    let wanted = platform.to_string();
    let fits = |descriptor: &&Descriptor| {
        manifests.len() == 1 || descriptor.platform.as_ref().is_some_and(|found| found.to_string() == wanted)
    };
    let mut fitting = manifests.iter().filter(fits);
    let (Some(descriptor), None) = (fitting.next(), fitting.next()) else { return Ok(None) };
    if ![media_type::INDEX, media_type::DOCKER_INDEX].contains(&&*descriptor.media_type) {
        return Ok(Some(descriptor.clone()));
    }
    let path = blob_path(from, &descriptor.digest);
    let bytes = read_stored(&path, MAX_DOCUMENT)?;
    check_digest(descriptor, Digest::of(&bytes))?;
    let index: Index = parse(&path, &bytes)?;
    choose(from, &index.manifests, platform, depth - 1)
}

fn copy(from: &Path, to: &Path, digest: &Digest) -> Result<(), Error> {
    let (mut source, _) = open_layer(&blob_path(from, digest))?;
    let path = blob_path(to, digest);
    let failed = |source| Error::Write { path: path.clone(), source };
    std::io::copy(&mut source, &mut fs::File::create(&path).map_err(failed)?).map_err(failed)?;
    Ok(())
}
