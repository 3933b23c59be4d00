//! Where the API is. The load balancer sends these paths to the backend, so they need no host.

use maud::{Markup, html};

pub(super) fn card() -> Markup {
    html! {
        section.card.api aria-labelledby="api-heading" {
            h2 #api-heading { "API Information" }
            p { "Everything here is also an API, at " code { "/api" } "." }
            ul.links {
                li { a href="/health" { "Check Backend Health" } }
                li { a href="/docs" { "View Swagger Docs" } }
            }
        }
    }
}
