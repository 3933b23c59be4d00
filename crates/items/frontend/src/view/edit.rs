//! `/items/{id}/edit`

use maud::{Markup, html};

use super::{
    alert::{self, Alert},
    item_form,
    layout::layout,
};
use crate::{
    csrf::Token,
    draft::{Draft, Faults},
    page::place,
};

/// What the page shows.
#[derive(Debug)]
pub(crate) struct Edit<'a> {
    pub(crate) token: &'a Token,
    pub(crate) id: i64,
    pub(crate) draft: &'a Draft,
    pub(crate) faults: &'a Faults,
    pub(crate) alert: Option<Alert>,
}

pub(crate) fn edit(page: &Edit<'_>) -> Markup {
    let is_fault = page.faults.any() || page.alert.as_ref().is_some_and(Alert::is_fault);
    layout(
        "Edit item",
        is_fault,
        &html! {
            div.narrow {
                (alert::area(page.alert.as_ref()))
                section.card {
                    h1 { "Edit item" }
                    form method="post" action=(place::edit(page.id, None)) data-swap data-needs-name
                        data-then={ "#item-" (page.id) " a" } {
                        (item_form::fields(page.token, page.draft, page.faults))
                        div.choices {
                            a.button.quiet href=(place::list(page.draft.after, None)) { "Cancel" }
                            button.button.primary type="submit" data-busy="Saving..." { "Save changes" }
                        }
                    }
                }
            }
        },
    )
}

/// The item was deleted while it was edited: what was typed can still become a new one.
pub(crate) fn edit_gone(token: &Token, draft: &Draft) -> Markup {
    layout(
        "Item not found",
        true,
        &html! {
            div.narrow {
                (alert::area(None))
                section.card {
                    h1 { "Item not found" }
                    p { "It was deleted while you were editing it. What you typed is still here: you can add it as a new item." }
                    form method="post" action="/items" data-swap data-needs-name {
                        (item_form::fields(token, draft, &Faults::default()))
                        div.choices {
                            a.button.quiet href=(place::list(draft.after, None)) { "Back to the list" }
                            button.button.primary type="submit" data-busy="Adding..." { "Add Item" }
                        }
                    }
                }
            }
        },
    )
}
