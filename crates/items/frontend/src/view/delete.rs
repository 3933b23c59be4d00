//! `/items/{id}/delete`

use api::{Cursor, Item};
use maud::{Markup, html};

use super::{
    alert::{self, Alert},
    item_form, items,
    layout::layout,
};
use crate::{csrf::Token, page::place};

/// What the page shows.
#[derive(Debug)]
pub(crate) struct Delete<'a> {
    pub(crate) token: &'a Token,
    pub(crate) id: i64,
    /// `None` when the backend just failed to delete it and is not asked again.
    pub(crate) item: Option<&'a Item>,
    pub(crate) after: Option<Cursor>,
    pub(crate) alert: Option<Alert>,
}

pub(crate) fn delete(page: &Delete<'_>) -> Markup {
    layout(
        "Delete item",
        page.alert.as_ref().is_some_and(Alert::is_fault),
        &html! {
            div.narrow {
                (alert::area(page.alert.as_ref()))
                section.card {
                    h1 { "Delete this item?" }
                    @if let Some(item) = page.item {
                        p.subject { (item.name) }
                        @if let Some(description) = &item.description { p.description { (description) } }
                        p.created { "Created: " (items::time(item)) }
                    }
                    p.hint { "This cannot be undone." }
                    form method="post" action=(place::delete(page.id, None)) data-swap {
                        (item_form::hidden(page.token, page.after))
                        div.choices {
                            a.button.quiet href=(place::list(page.after, None)) { "Cancel" }
                            button.button.danger.solid type="submit" data-busy="Deleting..." { "Delete" }
                        }
                    }
                }
            }
        },
    )
}
