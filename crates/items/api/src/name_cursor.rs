//! Where a page of the list by name ends and the next begins.

use std::{fmt, str::FromStr};

use crate::{CursorError, Item};

/// The last item of a page; its text form is opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCursor {
    /// Name of the last item as it is sorted: the letters of ASCII small.
    pub name: String,
    /// Its id.
    pub id: i64,
}

impl NameCursor {
    /// The place before all items whose sorted names begin with `prefix`.
    pub fn before(prefix: &str) -> Self {
        Self { name: prefix.to_ascii_lowercase(), id: i64::MIN }
    }

    /// The place right after `item`.
    pub fn after(item: &Item) -> Self {
        Self { name: item.name.to_ascii_lowercase(), id: item.id }
    }
}

impl fmt::Display for NameCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.name.bytes() {
            write!(f, "{byte:02x}")?;
        }
        write!(f, "_{}", self.id)
    }
}

impl FromStr for NameCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (name, id) = text.split_once('_').ok_or(CursorError)?;
        if !name.len().is_multiple_of(2) || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(CursorError);
        }
        let byte = |at| u8::from_str_radix(&name[at..at + 2], 16).map_err(|_| CursorError);
        let bytes = (0..name.len()).step_by(2).map(byte).collect::<Result<_, _>>()?;
        let name = String::from_utf8(bytes).map_err(|_| CursorError)?;
        // PostgreSQL has no such text.
        if name.contains('\0') {
            return Err(CursorError);
        }
        Ok(Self { name, id: id.parse().map_err(|_| CursorError)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_way_through_text() {
        let cursor = NameCursor { name: "tee_\u{fc} \u{1f375}".to_owned(), id: -7 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!("_1".parse(), Ok(NameCursor { name: String::new(), id: 1 }));
    }

    #[test]
    fn refuses_what_it_did_not_write() {
        for text in ["", "61", "6_1", "6g_1", "ff_1", "00_1", "61_", "61_x", "\u{fc}\u{fc}_1", "+1_1"] {
            assert_eq!(text.parse::<NameCursor>(), Err(CursorError), "{text}");
        }
    }
}
