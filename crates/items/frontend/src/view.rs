//! How pages look: functions from data to markup, inside the one layout.

mod alert;
mod api_card;
mod delete;
mod edit;
mod home;
mod item_form;
mod items;
mod layout;
mod sorry;
#[cfg(test)]
mod tests;

pub(crate) use alert::{Alert, Message};
pub(crate) use delete::{Delete, delete};
pub(crate) use edit::{Edit, edit, edit_gone};
pub(crate) use home::{Home, home};
pub(crate) use items::List;
pub(crate) use sorry::{Sorry, sorry};
