//! Adding an item.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};

use super::{
    fallback,
    outcome::{self, Deed},
    place,
};
use crate::{
    App,
    backend::{Call, CallError},
    csrf::Suspicion,
    draft::{Draft, Faults},
    form::Form,
    notice::Notice,
    view::{self, Alert, Home, List},
    visitor::{Visitor, see_other},
};

/// `GET /items`: where the address bar stands after a form that was not accepted.
pub(crate) async fn to_list() -> Response {
    see_other(&place::list(None, None))
}

/// `POST /items`
pub(crate) async fn create(State(app): State<App>, visitor: Visitor, request: Request) -> Response {
    let form = match Form::read(request).await {
        Ok(form) => form,
        Err(fault) => return fallback::bad_form(fault),
    };
    let draft = Draft::of_form(&form);
    let call = app.backend.call(&visitor.id);
    let again = Again { visitor: &visitor, call, draft: &draft };
    match visitor.vet(&form) {
        Ok(()) => {}
        Err(Suspicion::Foreign) => return fallback::foreign(),
        Err(Suspicion::Token) => {
            return again.draw(StatusCode::FORBIDDEN, Some(Alert::SendAgain), &Faults::default()).await;
        }
    }
    let item = match draft.item() {
        Ok(item) => item,
        Err(faults) => return again.draw(StatusCode::UNPROCESSABLE_ENTITY, None, &faults).await,
    };
    match call.create(&item).await {
        Ok(()) => see_other(&place::list(None, Some(Notice::Added))),
        Err(CallError::Invalid(errors)) => {
            again.draw(StatusCode::UNPROCESSABLE_ENTITY, None, &Faults::of(&errors)).await
        }
        Err(error) => again.without_list(error),
    }
}

/// The page once more, with what was typed.
struct Again<'a> {
    visitor: &'a Visitor,
    call: Call<'a>,
    draft: &'a Draft,
}

impl Again<'_> {
    async fn draw(&self, status: StatusCode, alert: Option<Alert>, faults: &Faults) -> Response {
        let after = self.draft.after;
        match self.call.items(after).await {
            Ok(page) => self.home(status, alert, faults, List::Page(&page)),
            Err(error) => {
                let message = outcome::message(Deed::LoadItems, &error);
                let page = self.home(status, alert, faults, List::Missing { message: &message, after });
                outcome::mark(page, Deed::LoadItems, error)
            }
        }
    }

    /// A backend that just failed is not asked for the list as well: the visitor waited long enough.
    fn without_list(&self, error: CallError) -> Response {
        let alert = Some(outcome::alert(Deed::Create, &error));
        let list = List::Unasked { after: self.draft.after };
        let page = self.home(outcome::status(&error), alert, &Faults::default(), list);
        outcome::mark(page, Deed::Create, error)
    }

    fn home(&self, status: StatusCode, alert: Option<Alert>, faults: &Faults, list: List<'_>) -> Response {
        let home = Home { token: &self.visitor.token, draft: self.draft, faults, alert, list };
        self.visitor.page(status, view::home(&home))
    }
}
