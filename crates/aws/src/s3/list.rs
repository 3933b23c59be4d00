//! What is in a bucket.

use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::{Bucket, SERVICE};
use crate::Error;

/// An object, as lists have it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// When it was written, in RFC 3339.
    pub last_modified: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    contents: Vec<Entry>,
    next_continuation_token: Option<String>,
}

impl Bucket {
    /// The objects whose keys start with `prefix`, in order.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Entry>, Error> {
        let operation = "ListObjectsV2";
        let (mut entries, mut token) = (Vec::new(), None::<String>);
        loop {
            let mut query = Serializer::for_suffix("?".to_owned(), 1);
            if let Some(token) = &token {
                query.append_pair("continuation-token", token);
            }
            let query = query.append_pair("list-type", "2").append_pair("prefix", prefix).finish();
            // A form writes a space as `+`, a signature as `%20`.
            let query = query.replace('+', "%20");
            let answer = self.send(operation, "GET", &query, Vec::new(), Vec::new()).await?;
            let page: Page = quick_xml::de::from_reader(answer.body.as_slice()).map_err(|error| Error::Unreadable {
                service: SERVICE.name,
                operation,
                reason: error.to_string(),
            })?;
            entries.extend(page.contents);
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(entries);
            }
        }
    }
}
