//! What a person typed into the form of an item, and what is wrong with it.

use api::{Cursor, FieldError, Item, NewItem, Place};

use crate::form::Form;

/// The text of the form's fields, kept as typed so that no fault loses it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) description: String,
    /// The page of the list that the form was reached from.
    pub(crate) after: Option<Cursor>,
}

/// What is wrong, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    /// What belongs to no field.
    pub(crate) other: Option<String>,
}

impl Draft {
    pub(crate) fn of_form(form: &Form) -> Self {
        Self {
            name: form.get("name").to_owned(),
            // Browsers send line breaks as CR LF but count one character; so do we, and store LF.
            description: form.get("description").replace("\r\n", "\n"),
            after: form.get("after").parse().ok(),
        }
    }

    pub(crate) fn of_item(item: &Item, after: Option<Cursor>) -> Self {
        Self { name: item.name.clone(), description: item.description.clone().unwrap_or_default(), after }
    }

    /// What the API is sent: trimmed, and no description instead of an empty one.
    pub(crate) fn item(&self) -> Result<NewItem, Faults> {
        let description = self.description.trim();
        let item = NewItem {
            name: self.name.trim().to_owned(),
            description: (!description.is_empty()).then(|| description.to_owned()),
        };
        let errors = item.faults();
        if errors.is_empty() { Ok(item) } else { Err(Faults::of(&errors)) }
    }
}

impl Faults {
    /// The first error of each field.
    pub(crate) fn of(errors: &[FieldError]) -> Self {
        let mut faults = Self::default();
        for error in errors {
            let field = match error.loc.last() {
                Some(Place::Name(name)) if name == "name" => &mut faults.name,
                Some(Place::Name(name)) if name == "description" => &mut faults.description,
                _ => &mut faults.other,
            };
            field.get_or_insert_with(|| format!("{}.", error.msg.trim_end_matches('.')));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str, description: &str) -> Draft {
        Draft { name: name.to_owned(), description: description.to_owned(), after: None }
    }

    #[test]
    fn trims_and_turns_an_empty_description_into_none() {
        let item = draft(" kettle\u{a0}", " \n ").item().unwrap();
        assert_eq!(item, NewItem { name: "kettle".to_owned(), description: None });
    }

    #[test]
    fn counts_a_line_break_once_as_browsers_do() {
        let text = "a\r\n".repeat(api::DESCRIPTION_MAX_CHARS / 2);
        let encoded = text.replace("\r\n", "%0D%0A");
        let draft = Draft::of_form(&Form::parse(format!("name=x&description={encoded}").as_bytes()).unwrap());
        assert!(draft.item().is_ok());
    }

    #[test]
    fn tells_each_field_its_first_fault() {
        let faults = draft(" ", &"x".repeat(api::DESCRIPTION_MAX_CHARS + 1)).item().unwrap_err();
        assert_eq!(faults.name.as_deref(), Some("Name should not be blank."));
        assert_eq!(faults.description.as_deref(), Some("Description should have at most 2000 characters."));
        assert_eq!(faults.other, None);
    }

    #[test]
    fn shows_a_fault_of_an_unknown_field_too() {
        let error = FieldError {
            kind: "new".to_owned(),
            loc: vec!["body".into(), "colour".into()],
            msg: "Colour is required".to_owned(),
            input: serde_json::Value::Null,
        };
        assert_eq!(Faults::of(&[error]).other.as_deref(), Some("Colour is required."));
    }
}
