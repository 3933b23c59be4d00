//! The fields of an item, for adding and for editing.

use api::{DESCRIPTION_MAX_CHARS, NAME_MAX_CHARS};
use maud::{Markup, html};

use crate::{
    csrf::{self, Token},
    draft::{Draft, Faults},
};

/// Draws the inside of the form. The first faulty field gets the focus.
pub(super) fn fields(token: &Token, draft: &Draft, faults: &Faults) -> Markup {
    let name_focus = faults.name.is_some();
    let description_focus = !name_focus && faults.description.is_some();
    html! {
        (hidden(token, draft.after))
        @if let Some(fault) = &faults.other { p.fault role="alert" { (fault) } }
        div.field {
            label for="name" { "Item Name" span.needed aria-hidden="true" { " *" } }
            input #name type="text" name="name" value=(draft.name) required maxlength=(NAME_MAX_CHARS) autocomplete="off"
                placeholder="What is it called?" aria-invalid=[name_focus.then_some("true")]
                aria-describedby=[name_focus.then_some("name-fault")] autofocus[name_focus];
            (fault("name-fault", faults.name.as_deref()))
        }
        div.field {
            label for="description" { "Description " span.optional { "(Optional)" } }
            // HTML drops the first line break inside of a text area.
            textarea #description name="description" rows="4" maxlength=(DESCRIPTION_MAX_CHARS)
                placeholder="Anything worth remembering about it" aria-invalid=[faults.description.is_some().then_some("true")]
                aria-describedby=[faults.description.is_some().then_some("description-fault")]
                autofocus[description_focus] { "\n" (draft.description) }
            (fault("description-fault", faults.description.as_deref()))
        }
    }
}

/// What every form of ours sends along.
pub(super) fn hidden(token: &Token, after: Option<api::Cursor>) -> Markup {
    html! {
        input type="hidden" name=(csrf::FIELD) value=(token.as_str());
        @if let Some(after) = after { input type="hidden" name="after" value=(after); }
    }
}

fn fault(id: &str, text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { p.fault id=(id) { (text) } } }
}

impl Faults {
    pub(super) fn any(&self) -> bool {
        *self != Self::default()
    }
}
