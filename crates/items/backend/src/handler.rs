//! What answers each path.

pub(crate) mod body;
pub(crate) mod docs;
pub(crate) mod items;
pub(crate) mod probes;
