//! Wire types of the items application: what the backend answers and the frontend reads.
//!
//! Pure: no network, no clock, no files. The feature `openapi` adds the schemas that the backend publishes.

mod cursor;
mod item;
mod new_item;
mod probe;
mod problem;

pub use cursor::{Cursor, CursorError};
pub use item::Item;
pub use new_item::{DESCRIPTION_MAX_CHARS, NAME_MAX_CHARS, NewItem};
pub use probe::{About, Health};
pub use problem::{FieldError, Place, Problem};

/// Items that a page holds unless the caller asks for another number.
pub const PAGE_LIMIT_DEFAULT: u32 = 50;
/// Items that a page holds at most.
pub const PAGE_LIMIT_MAX: u32 = 500;
/// Response header of a page: how many items there are in all.
pub const TOTAL_COUNT_HEADER: &str = "x-total-count";
/// Header that carries a request's id, both ways.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
