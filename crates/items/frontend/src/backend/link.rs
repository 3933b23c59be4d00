//! The `Link` header of a page of the list.

use api::Cursor;

/// The cursor of the next page, from `</api/items?limit=50&after=1_2>; rel="next"`.
pub(super) fn next(link: &str) -> Option<Cursor> {
    let (target, rest) = link.trim_start().strip_prefix('<')?.split_once('>')?;
    if !rest.split(';').any(|parameter| matches!(parameter.trim(), "rel=\"next\"" | "rel=next")) {
        return None;
    }
    let (_, query) = target.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("after="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_cursor_of_the_next_page() {
        let cursor = Some(Cursor { created_ms: 1, id: 2 });
        assert_eq!(next(r#"</api/items?limit=50&after=1_2>; rel="next""#), cursor);
        assert_eq!(next(r"<http://b:1/api/items?after=1_2&limit=3>; title=x; rel=next"), cursor);
    }

    #[test]
    fn takes_nothing_else_for_one() {
        for link in ["", "</a?after=1_2>", r#"</a?after=1_2>; rel="prev""#, r#"</a?after=x>; rel="next""#, "</a"] {
            assert_eq!(next(link), None, "{link}");
        }
    }
}
