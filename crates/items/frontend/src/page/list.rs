//! `/`: the form, the list, the API.

use axum::{
    extract::State,
    http::{StatusCode, Uri},
    response::Response,
};

use super::{
    outcome::{self, Deed},
    place::Place,
};
use crate::{
    App,
    draft::{Draft, Faults},
    view::{self, Alert, Home, List},
    visitor::Visitor,
};

/// `GET /`
pub(crate) async fn show(State(app): State<App>, visitor: Visitor, uri: Uri) -> Response {
    let place = Place::of(&uri);
    let draft = Draft { after: place.after, ..Draft::default() };
    match app.backend.call(&visitor.id).items(place.after).await {
        Ok(page) => {
            let alert = place.notice.map(Alert::Notice);
            let home = Home {
                token: &visitor.token,
                draft: &draft,
                faults: &Faults::default(),
                alert,
                list: List::Page(&page),
            };
            visitor.page(StatusCode::OK, view::home(&home))
        }
        Err(error) => {
            let message = outcome::message(Deed::LoadItems, &error);
            let list = List::Missing { message: &message, after: place.after };
            let home = Home { token: &visitor.token, draft: &draft, faults: &Faults::default(), alert: None, list };
            // To the list, an item that is not found or valid is a broken answer like any other.
            outcome::mark(visitor.page(outcome::status(&error), view::home(&home)), Deed::LoadItems, error)
        }
    }
}
