//! Pages that say why there is no other page.

use maud::{Markup, html};
use service::RequestId;

use super::layout::layout;

/// What the page says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sorry<'a> {
    heading: &'a str,
    advice: &'a str,
    back: &'a str,
    retry: Option<&'a str>,
    id: Option<&'a RequestId>,
}

impl<'a> Sorry<'a> {
    pub(crate) fn new(heading: &'a str, advice: &'a str) -> Self {
        Self { heading, advice, back: "/", retry: None, id: None }
    }

    /// Where the list is.
    pub(crate) fn back(self, back: &'a str) -> Self {
        Self { back, ..self }
    }

    /// Where to try again.
    pub(crate) fn retry(self, retry: &'a str) -> Self {
        Self { retry: Some(retry), ..self }
    }

    /// What to tell whoever reads the log.
    pub(crate) fn id(self, id: &'a RequestId) -> Self {
        Self { id: Some(id), ..self }
    }
}

pub(crate) fn sorry(page: &Sorry<'_>) -> Markup {
    layout(
        page.heading,
        true,
        &html! {
            div.narrow {
                section.card.sorry {
                    h1 { (page.heading) }
                    p { (page.advice) }
                    div.choices {
                        a.button.quiet href=(page.back) { "Back to the list" }
                        @if let Some(retry) = page.retry { a.button.primary href=(retry) { "Try again" } }
                    }
                    @if let Some(id) = page.id { p.hint { "Request " code { (id.as_str()) } } }
                }
            }
        },
    )
}
