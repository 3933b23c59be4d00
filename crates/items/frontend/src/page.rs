//! The pages: each fetches, then draws.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod fallback;
mod item_id;
pub(crate) mod list;
mod outcome;
pub(crate) mod place;
pub(crate) mod probe;

pub(crate) use fallback::not_found_page as not_found;
pub(crate) use item_id::ItemId;
