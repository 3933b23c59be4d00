//! What all pages share.

use maud::{DOCTYPE, Markup, html};

use crate::assets::{ICON, SCRIPT, STYLE};

const NAME: &str = "Driftless Items";

/// A page; `title` is empty for the first one.
pub(super) fn layout(title: &str, is_fault: bool, main: &Markup) -> Markup {
    let home = title.is_empty();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // The first thing that a screen reader says after a form was sent.
                title { @if is_fault { "Error: " } @if !home { (title) " – " } (NAME) }
                meta name="description" content="A list of items, shared by everyone who opens it.";
                link rel="icon" type="image/svg+xml" href=(ICON.path);
                link rel="stylesheet" href=(STYLE.path);
                script type="module" src=(SCRIPT.path) {}
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.top {
                    div.bar {
                        a.brand href="/" aria-label={ (NAME) ", start page" } {
                            img src=(ICON.path) alt="" width="44" height="44";
                            div {
                                @if home { h1.name { (NAME) } } @else { span.name { (NAME) } }
                                span.subtitle { "One shared list, always where you left it" }
                            }
                        }
                    }
                }
                main #main tabindex="-1" { (main) }
                footer.bottom { div.bar { "Built and shipped with Driftless" } }
                div #announcer.unseen role="status" aria-live="polite" {}
            }
        }
    }
}
