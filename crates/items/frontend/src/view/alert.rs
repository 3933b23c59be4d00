//! The place above the list where a page says how it went.

use maud::{Markup, html};

use crate::notice::Notice;

/// Heading and advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) heading: &'static str,
    pub(crate) advice: String,
}

/// What the page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Alert {
    /// It went well.
    Notice(Notice),
    /// It did not.
    Fault(Message),
    /// The form came without the page's token.
    SendAgain,
}

impl Alert {
    pub(super) fn is_fault(&self) -> bool {
        !matches!(self, Self::Notice(_))
    }
}

/// Draws the area, which is there even when it is empty: the script puts its own alerts into it.
pub(super) fn area(alert: Option<&Alert>) -> Markup {
    html! {
        div.alerts data-alerts {
            @match alert {
                None => {}
                Some(Alert::Notice(notice)) => div.alert.good data-notice { p { (notice.text()) } },
                Some(Alert::Fault(message)) => (fault(message.heading, &message.advice)),
                Some(Alert::SendAgain) => (fault(
                    "Please send it again",
                    "The page was too old, or your browser does not keep cookies for this site, so nothing was changed. \
                     Check what is here and send it once more.",
                )),
            }
        }
    }
}

fn fault(heading: &str, advice: &str) -> Markup {
    html! {
        div.alert.bad data-fault role="alert" tabindex="-1" {
            p { strong { (heading) } }
            p { (advice) }
        }
    }
}
