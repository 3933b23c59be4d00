//! What `push` prints.

use registry::{Endpoint, Pushed, Reference};

use super::{Figures, Show};

/// The last line: how many images and blobs were pushed.
pub(in crate::command) fn sentence(images: &[Pushed], show: &Show, figures: &Figures) -> String {
    let current = images.iter().filter(|image| image.up_to_date).count();
    let (pushed, blobs) = (images.len() - current, show.blobs());
    let blobs = if blobs.is_empty() { blobs } else { format!("blobs: {blobs}; ") };
    format!("pushed {pushed} of {} images, {current} up to date; {blobs}{}", images.len(), figures.words())
}

/// An image by tag and digest: a name for people, and the bytes.
pub(in crate::command) fn reference(endpoint: &Endpoint, image: &Pushed) -> Reference {
    let Pushed { repository, tag, digest, .. } = image.clone();
    Reference { endpoint: endpoint.clone(), repository, tag, digest: Some(digest) }
}
