use api::Item;
use axum::http::HeaderMap;
use insta::assert_snapshot;
use service::RequestId;

use super::*;
use crate::{
    backend::ItemsPage,
    csrf::Token,
    draft::{Draft, Faults},
    notice::Notice,
};

/// One tag per line, without the head, which carries the hashes of the assets.
fn lines(page: &maud::Markup) -> String {
    let body = page.0.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
    format!("<main{body}</main>").replace("><", ">\n<")
}

fn token() -> Token {
    let headers =
        HeaderMap::from_iter([("cookie".parse().unwrap(), "csrf=0123456789abcdef0123456789abcdef".parse().unwrap())]);
    Token::of_cookie(&headers, false).unwrap()
}

fn item(id: i64, name: &str, description: Option<&str>) -> Item {
    let created_at = "2026-11-23T19:05:03.12Z".parse().unwrap();
    Item { id, name: name.to_owned(), description: description.map(ToOwned::to_owned), created_at }
}

fn draft(name: &str, description: &str) -> Draft {
    Draft { name: name.to_owned(), description: description.to_owned(), after: None }
}

fn draw(draft: &Draft, faults: &Faults, alert: Option<Alert>, list: List<'_>) -> String {
    lines(&home(&Home { token: &token(), draft, faults, alert, list }))
}

#[test]
fn the_list_with_items() {
    let items = vec![item(8, "Kettle", Some("Boils\nwater")), item(7, "Spare tube", None)];
    let after = "1_2".parse().ok();
    let page = ItemsPage { items, total: 102, after, next: "3_4".parse().ok() };
    let draft = Draft { after, ..Draft::default() };
    assert_snapshot!(draw(&draft, &Faults::default(), Some(Alert::Notice(Notice::Added)), List::Page(&page)));
}

#[test]
fn the_empty_list() {
    let page = ItemsPage { items: Vec::new(), total: 0, after: None, next: None };
    assert_snapshot!(draw(&Draft::default(), &Faults::default(), None, List::Page(&page)));
}

#[test]
fn the_list_that_is_missing() {
    let message = Message { heading: "Failed to load items", advice: "Try again.".to_owned() };
    let list = List::Missing { message: &message, after: None };
    assert_snapshot!(draw(&Draft::default(), &Faults::default(), None, list));
}

#[test]
fn the_form_with_faults_and_what_was_typed() {
    let faults = Faults {
        name: Some("Name should not be blank.".to_owned()),
        description: Some("Description should have at most 2000 characters.".to_owned()),
        other: Some("Something else.".to_owned()),
    };
    let list = List::Unasked { after: None };
    assert_snapshot!(draw(&draft(" ", "\nkept"), &faults, Some(Alert::SendAgain), list));
}

#[test]
fn the_page_that_edits() {
    let draft = draft("\"><script>alert(1)</script>", "</textarea><script>alert(2)</script>");
    let page = Edit { token: &token(), id: 7, draft: &draft, faults: &Faults::default(), alert: None };
    assert_snapshot!(lines(&edit(&page)));
}

#[test]
fn the_page_that_edits_what_is_gone() {
    assert_snapshot!(lines(&edit_gone(&token(), &draft("Kettle", "Boils"))));
}

#[test]
fn the_page_that_asks_before_deleting() {
    let item = item(7, "<b>Kettle</b> & \"pot\"", Some("<img src=x onerror=alert(1)>"));
    let page = Delete { token: &token(), id: 7, item: Some(&item), after: None, alert: None };
    assert_snapshot!(lines(&delete(&page)));
}

#[test]
fn the_page_that_is_sorry() {
    let id = RequestId::of(&HeaderMap::from_iter([("x-request-id".parse().unwrap(), "abc".parse().unwrap())]));
    let page = Sorry::new("Failed to load the item", "Try again.").id(&id).retry("/items/7/edit").back("/?after=1_2");
    assert_snapshot!(lines(&sorry(&page)));
}

#[test]
fn the_frame_of_a_page_names_the_fault_first() {
    let page = sorry(&Sorry::new("Page not found", "There is nothing.")).0;
    let head = page.split_once("<main").unwrap().0.replace("><", ">\n<");
    let head = [&crate::assets::STYLE.path, &crate::assets::SCRIPT.path, &crate::assets::ICON.path]
        .iter()
        .fold(head, |head, path| head.replace(path.as_str(), "[asset]"));
    assert_snapshot!(head);
}
