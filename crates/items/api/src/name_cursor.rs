//! Where a page of the list by name ends and the next begins.

use std::{fmt, str::FromStr};

use crate::{Cursor, CursorError, Item};

/// The last item of a page; its text form is opaque to clients. It is a [`Cursor`] with the name in hexadecimal, so that each is
/// good where the other is asked for: what a client may send does not depend on the order that it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCursor {
    place: Cursor,
    /// Name of the last item as it is sorted: the letters of ASCII small.
    pub name: String,
}

impl NameCursor {
    /// The place before all items whose sorted names begin with `prefix`.
    pub fn before(prefix: &str) -> Self {
        Self { place: Cursor { created_ms: 0, id: i64::MIN }, name: prefix.to_ascii_lowercase() }
    }

    /// The place right after `item`.
    pub fn after(item: &Item) -> Self {
        Self { place: Cursor::after(item), name: item.name.to_ascii_lowercase() }
    }

    /// The last item's id.
    pub fn id(&self) -> i64 {
        self.place.id
    }
}

impl fmt::Display for NameCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_", self.place)?;
        self.name.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for NameCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let place = text.parse()?;
        let name = text.split('_').nth(2).unwrap_or_default();
        let bytes: Option<Vec<u8>> = name.as_bytes().chunks(2).map(byte).collect();
        // No name has a NUL, and PostgreSQL has no text with one.
        let name = String::from_utf8_lossy(&bytes.ok_or(CursorError)?).replace('\0', "");
        Ok(Self { place, name })
    }
}

/// The byte that two digits are.
fn byte(digits: &[u8]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let [high, low] = *digits else { return None };
    u8::try_from(value(high)? * 16 + value(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_way_through_text() {
        let place = Cursor { created_ms: -3, id: -7 };
        let cursor = NameCursor { place, name: "tee_\u{fc} \u{1f375}".to_owned() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn takes_what_the_other_order_wrote_and_the_reverse() {
        let place = Cursor { created_ms: 1, id: 2 };
        assert_eq!("1_2".parse(), Ok(NameCursor { place, name: String::new() }));
        assert_eq!("1_2_74ff00".parse(), Ok(NameCursor { place, name: "t\u{fffd}".to_owned() }));
        assert_eq!("1_2_74".parse(), Ok(place));
    }

    #[test]
    fn refuses_what_it_did_not_write() {
        for text in ["", "61", "1_2_6", "1_2_6g", "1_2_+1", "1_", "x_1_61", "1_x_61", "1_2_\u{fc}", "1_2_61_1"] {
            assert_eq!(text.parse::<NameCursor>(), Err(CursorError), "{text}");
        }
    }
}
