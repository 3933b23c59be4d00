//! Where a page of the list ends and the next begins.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use crate::Item;

/// The last item of a page; its text form is opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Creation time of the last item, in milliseconds since 1970.
    pub created_ms: i64,
    /// Its id.
    pub id: i64,
}

/// The text is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorError;

impl Cursor {
    /// The place before all items.
    pub const FIRST: Self = Self { created_ms: i64::MAX, id: i64::MAX };

    /// The place right after `item`.
    pub fn after(item: &Item) -> Self {
        Self { created_ms: item.created_at.as_millisecond(), id: item.id }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.created_ms, self.id)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (created, rest) = text.split_once('_').ok_or(CursorError)?;
        // What follows the id is that of a [`crate::NameCursor`].
        let (id, name) = rest.split_once('_').unwrap_or((rest, ""));
        if !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(CursorError);
        }
        let created_ms = created.parse().map_err(|_| CursorError)?;
        Timestamp::from_millisecond(created_ms).map_err(|_| CursorError)?;
        Ok(Self { created_ms, id: id.parse().map_err(|_| CursorError)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_way_through_text() {
        let cursor = Cursor { created_ms: -3, id: 42 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn refuses_what_it_did_not_write() {
        for text in
            ["", "_", "1", "1_", "_1", "a_b", "1_2_x", "1_2_3_4", "99999999999999999_1", "1_99999999999999999999"]
        {
            assert_eq!(text.parse::<Cursor>(), Err(CursorError), "{text}");
        }
    }
}
