//! The protocol of the older services: a form in a POST, XML in return.

use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeOwned};
use url::form_urlencoded::Serializer;

use super::{Client, Error, Request};

impl Client {
    /// Calls `operation` with `parameters`, and reads the `<operation>Result` of the answer.
    pub async fn query<O: DeserializeOwned>(
        &self,
        operation: &'static str,
        parameters: &[(String, String)],
    ) -> Result<O, Error> {
        let body = self.form(operation, parameters).await?;
        self.read(operation, result(operation, &body))
    }

    /// The same for EC2, in whose protocol nothing is around the result.
    pub async fn ec2<O: DeserializeOwned>(
        &self,
        operation: &'static str,
        parameters: &[(String, String)],
    ) -> Result<O, Error> {
        let body = self.form(operation, parameters).await?;
        self.read(operation, quick_xml::de::from_reader(&*body).map_err(|error| error.to_string()))
    }

    async fn form(&self, operation: &'static str, parameters: &[(String, String)]) -> Result<Vec<u8>, Error> {
        let mut form = Serializer::new(String::new());
        form.append_pair("Action", operation).append_pair("Version", self.service().api).extend_pairs(parameters);
        let request = Request {
            operation,
            method: "POST",
            target: "/".into(),
            headers: vec![("content-type", Cow::Borrowed("application/x-www-form-urlencoded"))],
            body: form.finish().into_bytes(),
        };
        Ok(self.send(request).await?.body)
    }

    fn read<O>(&self, operation: &'static str, read: Result<O, String>) -> Result<O, Error> {
        read.map_err(|reason| Error::Unreadable { service: self.service().name, operation, reason })
    }
}

/// The parameters of a list: `Name.member.1`, `Name.member.2`, …
pub(super) fn members<'a>(
    name: &str,
    values: impl IntoIterator<Item = &'a (impl AsRef<str> + ?Sized + 'a)>,
) -> Vec<(String, String)> {
    values.into_iter().zip(1..).map(|(value, n)| (format!("{name}.member.{n}"), value.as_ref().to_owned())).collect()
}

/// `<XResponse><XResult>…</XResult><ResponseMetadata/></XResponse>`: the part in the middle.
pub(super) fn result<O: DeserializeOwned>(operation: &str, body: &[u8]) -> Result<O, String> {
    let text = str::from_utf8(body).map_err(|error| error.to_string())?;
    let close = format!("</{operation}Result>");
    let begin = text.find(&format!("<{operation}Result")).ok_or("it has no result")?;
    let text = &text[begin..];
    let end = text.rfind(&close).ok_or("its result has no end")? + close.len();
    quick_xml::de::from_str(&text[..end]).map_err(|error| error.to_string())
}

/// A list: `<member>…</member><member>…</member>`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct List<T> {
    #[serde(default = "Vec::new", rename = "member")]
    pub(super) member: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { member: Vec::new() }
    }
}
