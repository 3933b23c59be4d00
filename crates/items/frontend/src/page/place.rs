//! Addresses of our pages, and what their queries say.

use std::fmt::Write;

use api::Cursor;
use axum::http::Uri;

use crate::{form::Form, notice::Notice};

/// What the query of a page says. What it should not say is ignored: a link from elsewhere still leads somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) after: Option<Cursor>,
    pub(crate) notice: Option<Notice>,
}

impl Place {
    pub(crate) fn of(uri: &Uri) -> Self {
        let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        Self { after: query.get("after").parse().ok(), notice: Notice::from_key(query.get("notice")) }
    }
}

/// The list, from a place on.
pub(crate) fn list(after: Option<Cursor>, notice: Option<Notice>) -> String {
    let mut path = with_after("/".to_owned(), after);
    if let Some(notice) = notice {
        let _ = write!(path, "{}notice={}", if after.is_some() { '&' } else { '?' }, notice.key());
    }
    path
}

/// The page that edits an item.
pub(crate) fn edit(id: i64, after: Option<Cursor>) -> String {
    with_after(format!("/items/{id}/edit"), after)
}

/// The page that asks whether to delete an item.
pub(crate) fn delete(id: i64, after: Option<Cursor>) -> String {
    with_after(format!("/items/{id}/delete"), after)
}

fn with_after(mut path: String, after: Option<Cursor>) -> String {
    if let Some(after) = after {
        let _ = write!(path, "?after={after}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_it_reads() {
        let after = Some(Cursor { created_ms: 1, id: 2 });
        let notice = Some(Notice::Added);
        for place in [(None, None), (after, None), (None, notice), (after, notice)] {
            let uri = list(place.0, place.1).parse::<Uri>().expect("a URI");
            assert_eq!(Place::of(&uri), Place { after: place.0, notice: place.1 }, "{uri}");
        }
    }

    #[test]
    fn ignores_what_it_did_not_write() {
        for query in ["after=x", "notice=hello", "notice=%3Cb%3E", "after=1_2&after=3_4", "notice=%"] {
            let uri = format!("/?{query}").parse::<Uri>().expect("a URI");
            assert_eq!(Place::of(&uri), Place::default(), "{query}");
        }
    }
}
