//! Deleting an item, after asking.

use api::Cursor;
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
    backend::{Call, CallError},
    csrf::Suspicion,
    form::Form,
    notice::Notice,
    view::{self, Alert, Delete},
    visitor::{Visitor, see_other},
};

/// `GET /items/{id}/delete`
pub(crate) async fn ask(State(app): State<App>, ItemId(id): ItemId, visitor: Visitor, uri: Uri) -> Response {
    let after = Place::of(&uri).after;
    confirm(&visitor, app.backend.call(&visitor.id), id, after, StatusCode::OK, None).await
}

/// `POST /items/{id}/delete`
pub(crate) async fn delete(State(app): State<App>, ItemId(id): ItemId, visitor: Visitor, request: Request) -> Response {
    let form = match Form::read(request).await {
        Ok(form) => form,
        Err(fault) => return fallback::bad_form(fault),
    };
    let after = form.get("after").parse().ok();
    let call = app.backend.call(&visitor.id);
    match visitor.vet(&form) {
        Ok(()) => {}
        Err(Suspicion::Foreign) => return fallback::foreign(),
        Err(Suspicion::Token) => {
            return confirm(&visitor, call, id, after, StatusCode::FORBIDDEN, Some(Alert::SendAgain)).await;
        }
    }
    match call.delete(id).await {
        Ok(()) => see_other(&place::list(after, Some(Notice::Deleted))),
        Err(CallError::NotFound) => see_other(&place::list(after, Some(Notice::Gone))),
        Err(error) => {
            let alert = Some(outcome::alert(Deed::Delete, &error));
            let page = view::delete(&Delete { token: &visitor.token, id, item: None, after, alert });
            outcome::mark(visitor.page(outcome::status(&error), page), Deed::Delete, error)
        }
    }
}

async fn confirm(
    visitor: &Visitor,
    call: Call<'_>,
    id: i64,
    after: Option<Cursor>,
    status: StatusCode,
    alert: Option<Alert>,
) -> Response {
    match call.item(id).await {
        Ok(item) => {
            let page = view::delete(&Delete { token: &visitor.token, id, item: Some(&item), after, alert });
            visitor.page(status, page)
        }
        Err(error) => fallback::no_item(visitor, error, &place::delete(id, after), after),
    }
}
