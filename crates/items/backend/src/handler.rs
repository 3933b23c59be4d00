//! What answers each path.

pub(crate) mod body;
pub(crate) mod docs;
pub(crate) mod items;
pub(crate) mod list;
pub(crate) mod probes;
