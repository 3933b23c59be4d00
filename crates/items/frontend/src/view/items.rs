//! The list.

use api::{Cursor, Item};
use maud::{Markup, html};

use super::{alert::Message, item_form};
use crate::{backend::ItemsPage, csrf::Token, page::place};

/// What there is to show.
#[derive(Clone, Copy, Debug)]
pub(crate) enum List<'a> {
    Page(&'a ItemsPage),
    /// The backend did not give it.
    Missing {
        message: &'a Message,
        after: Option<Cursor>,
    },
    /// The backend was not asked, because something else failed before.
    Unasked {
        after: Option<Cursor>,
    },
}

pub(super) fn card(token: &Token, list: List<'_>) -> Markup {
    html! {
        section.card.items aria-labelledby="items-heading" {
            h2 #items-heading tabindex="-1" {
                "Items"
                @if let List::Page(page) = list {
                    " " span.count { (page.total) span.unseen { " in all" } }
                }
            }
            @match list {
                List::Page(page) => (rows(token, page)),
                List::Missing { message, after } => div.blank role="alert" {
                    p.headline { (message.heading) }
                    p { (message.advice) }
                    a.button.quiet href=(place::list(after, None)) { "Try again" }
                },
                List::Unasked { after } => div.blank {
                    p { "The list is not shown while the backend has trouble." }
                    a.button.quiet href=(place::list(after, None)) { "Show the list" }
                },
            }
        }
    }
}

fn rows(token: &Token, page: &ItemsPage) -> Markup {
    html! {
        @if page.items.is_empty() {
            div.blank {
                @if page.after.is_some() {
                    p.headline { "No older items" }
                } @else {
                    p.headline { "No items yet" }
                    p { "Add your first one with the form." }
                }
            }
        } @else {
            ul.rows { @for item in &page.items { (row(item, page.after)) } }
        }
        @if page.after.is_some() || page.next.is_some() {
            nav.pager aria-label="Pages of the list" {
                @if page.after.is_some() { a.button.quiet href="/" { "Newest" } }
                @if page.next.is_some() { a.button.quiet.next href=(place::list(page.next, None)) rel="next" { "Older items" } }
            }
        }
        @if !page.items.is_empty() { (dialog(token, page.after)) }
    }
}

fn row(item: &Item, after: Option<Cursor>) -> Markup {
    html! {
        li.row id={ "item-" (item.id) } {
            div.what {
                h3 id={ "name-" (item.id) } { (item.name) }
                @if let Some(description) = &item.description { p.description { (description) } }
                p.created { "Created: " (time(item)) }
            }
            div.actions {
                a.button.quiet.small href=(place::edit(item.id, after)) aria-describedby={ "name-" (item.id) } { "Edit" }
                a.button.danger.small data-delete href=(place::delete(item.id, after)) aria-describedby={ "name-" (item.id) } { "Delete" }
            }
        }
    }
}

/// In UTC; the script puts the reader's own time in its place.
pub(super) fn time(item: &Item) -> Markup {
    html! {
        time datetime={ (format_args!("{:.3}", item.created_at)) } { (item.created_at.strftime("%-d %b %Y, %H:%M UTC")) }
    }
}

/// Asks before deleting; the script opens it, fills in the name, and points the form at the item.
fn dialog(token: &Token, after: Option<Cursor>) -> Markup {
    html! {
        dialog #confirm aria-labelledby="confirm-heading" aria-describedby="confirm-name" {
            form method="post" data-swap {
                (item_form::hidden(token, after))
                h2 #confirm-heading { "Delete this item?" }
                p #confirm-name.subject {}
                p.hint { "This cannot be undone." }
                div.choices {
                    button.button.quiet type="button" data-close { "Cancel" }
                    button.button.danger.solid type="submit" data-busy="Deleting..." { "Delete" }
                }
            }
        }
    }
}
