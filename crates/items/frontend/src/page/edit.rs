//! Editing an item.

use axum::{
    extract::{Request, State},
    http::{StatusCode, Uri},
    response::Response,
};

use super::{
    ItemId, fallback,
    outcome::{self, Deed},
    place::{self, Place},
};
use crate::{
    App,
    backend::CallError,
    csrf::Suspicion,
    draft::{Draft, Faults},
    form::Form,
    notice::Notice,
    view::{self, Alert, Edit},
    visitor::{Visitor, see_other},
};

/// `GET /items/{id}/edit`
pub(crate) async fn show(State(app): State<App>, ItemId(id): ItemId, visitor: Visitor, uri: Uri) -> Response {
    let after = Place::of(&uri).after;
    match app.backend.call(&visitor.id).item(id).await {
        Ok(item) => draw(&visitor, id, &Draft::of_item(&item, after), StatusCode::OK, None, &Faults::default()),
        Err(error) => fallback::no_item(&visitor, error, &place::edit(id, after), after),
    }
}

/// `POST /items/{id}/edit`
pub(crate) async fn save(State(app): State<App>, ItemId(id): ItemId, visitor: Visitor, request: Request) -> Response {
    let form = match Form::read(request).await {
        Ok(form) => form,
        Err(fault) => return fallback::bad_form(fault),
    };
    let draft = Draft::of_form(&form);
    let refused = |faults: &Faults| draw(&visitor, id, &draft, StatusCode::UNPROCESSABLE_ENTITY, None, faults);
    match visitor.vet(&form) {
        Ok(()) => {}
        Err(Suspicion::Foreign) => return fallback::foreign(),
        Err(Suspicion::Token) => {
            let alert = Some(Alert::SendAgain);
            return draw(&visitor, id, &draft, StatusCode::FORBIDDEN, alert, &Faults::default());
        }
    }
    let item = match draft.item() {
        Ok(item) => item,
        Err(faults) => return refused(&faults),
    };
    match app.backend.call(&visitor.id).replace(id, &item).await {
        Ok(()) => see_other(&place::list(draft.after, Some(Notice::Updated))),
        Err(CallError::Invalid(errors)) => refused(&Faults::of(&errors)),
        Err(CallError::NotFound) => visitor.page(StatusCode::NOT_FOUND, view::edit_gone(&visitor.token, &draft)),
        Err(error) => {
            let alert = Some(outcome::alert(Deed::Update, &error));
            let page = draw(&visitor, id, &draft, outcome::status(&error), alert, &Faults::default());
            outcome::mark(page, Deed::Update, error)
        }
    }
}

fn draw(
    visitor: &Visitor,
    id: i64,
    draft: &Draft,
    status: StatusCode,
    alert: Option<Alert>,
    faults: &Faults,
) -> Response {
    visitor.page(status, view::edit(&Edit { token: &visitor.token, id, draft, faults, alert }))
}
