//! JSON types of the items application, which the backend writes and the frontend reads.
//!
//! The crate uses no network, clock or files. The feature `openapi` adds the schemas that the backend publishes.
//!
//! ```
//! use api::{Cursor, Item};
//!
//! let json = r#"{"id":2,"name":"tea","description":null,"created_at":"2026-01-02T03:04:05.678Z"}"#;
//! let item: Item = serde_json::from_str(json)?;
//! assert_eq!(Cursor::after(&item).to_string(), "1767323045678_2");
//! # Ok::<_, serde_json::Error>(())
//! ```

mod cursor;
mod item;
mod name_cursor;
mod new_item;
mod probe;
mod problem;

pub use cursor::{Cursor, CursorError};
pub use item::Item;
pub use name_cursor::NameCursor;
pub use new_item::{DESCRIPTION_MAX_CHARS, NAME_MAX_CHARS, NewItem};
pub use probe::{About, Health};
pub use problem::{FieldError, Place, Problem};

/// Default number of items on a page.
pub const PAGE_LIMIT_DEFAULT: u32 = 50;
/// Largest number of items on a page.
pub const PAGE_LIMIT_MAX: u32 = 500;
/// Response header with the number of items on all pages.
pub const TOTAL_COUNT_HEADER: &str = "x-total-count";
