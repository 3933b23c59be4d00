//! `/`

use maud::{Markup, html};

use super::{
    alert::{self, Alert},
    api_card, item_form,
    items::{self, List},
    layout::layout,
};
use crate::{
    csrf::Token,
    draft::{Draft, Faults},
};

/// What the page shows.
#[derive(Debug)]
pub(crate) struct Home<'a> {
    pub(crate) token: &'a Token,
    pub(crate) draft: &'a Draft,
    pub(crate) faults: &'a Faults,
    pub(crate) alert: Option<Alert>,
    pub(crate) list: List<'a>,
}

pub(crate) fn home(page: &Home<'_>) -> Markup {
    let is_fault =
        page.faults.any() || page.alert.as_ref().is_some_and(Alert::is_fault) || !matches!(page.list, List::Page(_));
    layout(
        "",
        is_fault,
        &html! {
            div.columns {
                section.card.add aria-labelledby="add-heading" {
                    h2 #add-heading { "Add New Item" }
                    form method="post" action="/items" data-swap data-needs-name {
                        (item_form::fields(page.token, page.draft, page.faults))
                        button.button.primary type="submit" data-busy="Adding..." { "Add Item" }
                    }
                }
                div.list {
                    (alert::area(page.alert.as_ref()))
                    (items::card(page.token, page.list))
                }
                (api_card::card())
            }
        },
    )
}
