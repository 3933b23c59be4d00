//! S3: the bucket that holds Terraform's state and the release records.

mod list;

use std::{borrow::Cow, fmt::Write};

use aws_runtime::auth::SigningOptions;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::{Account, Answer, Client, Error, Request, Service, call::endpoint};

pub use list::Entry;

/// The service.
pub static SERVICE: Service = Service { name: "S3", id: "S3", host: "s3", signing: "s3", api: "" };

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
    region: Option<String>,
    /// The account that it has to be in.
    owner: String,
}

/// An object with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The content.
    pub body: Vec<u8>,
    /// Names this version of the content.
    pub etag: String,
}

impl Bucket {
    /// The bucket `name` in the region of `account`, which has to be in the account `owner`: S3 refuses every request if it is
    /// in another one. Its name can be guessed, and whoever makes a bucket first has the name.
    pub fn new(account: &Account, name: &str, owner: &str) -> Self {
        let region = account.region().map(str::to_owned);
        // AWS wants the bucket in the host name; servers that stand in for it want it in the path.
        let endpoint = match account.endpoint_override(&SERVICE) {
            Some(other) => format!("{}/{name}", other.trim_end_matches('/')),
            None => endpoint(&format!("{name}.s3"), region.as_deref().unwrap_or("us-east-1")),
        };
        let mut signing = SigningOptions::default();
        signing.double_uri_encode = false;
        signing.normalize_uri_path = false;
        signing.content_sha256_header = true;
        let client = Client::at(&SERVICE, account, &endpoint, signing);
        Self { client, name: name.to_owned(), region, owner: owner.to_owned() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account that it has to be in.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Whether it is there, and its owner's. Somebody else's is an error.
    pub async fn exists(&self) -> Result<bool, Error> {
        found(self.send("HeadBucket", "HEAD", "", Vec::new(), Vec::new()).await).map(|answer| answer.is_some())
    }

    /// Makes it, in the account's region.
    pub async fn create(&self) -> Result<(), Error> {
        let body = match self.region.as_deref() {
            None | Some("us-east-1") => String::new(),
            Some(region) => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            ),
        };
        self.send("CreateBucket", "PUT", "", Vec::new(), body.into_bytes()).await?;
        Ok(())
    }

    /// Sets one of its settings: `versioning`, `encryption`, `publicAccessBlock`, `policy`, …, in S3's XML (JSON for the
    /// policy).
    pub async fn configure(&self, setting: &str, content: &str) -> Result<(), Error> {
        self.send("PutBucketConfiguration", "PUT", &format!("?{setting}"), Vec::new(), content.into()).await?;
        Ok(())
    }

    /// One of its settings as S3 writes it, or none.
    pub async fn configuration(&self, setting: &str) -> Result<Option<String>, Error> {
        let answer = self.send("GetBucketConfiguration", "GET", &format!("?{setting}"), Vec::new(), Vec::new()).await;
        Ok(found(answer)?.map(|answer| String::from_utf8_lossy(&answer.body).into_owned()))
    }

    /// The object `key`, or none.
    pub async fn get(&self, key: &str) -> Result<Option<Object>, Error> {
        let answer = self.send("GetObject", "GET", &encode(key), Vec::new(), Vec::new()).await;
        Ok(found(answer)?
            .map(|answer| Object { etag: answer.header("etag").unwrap_or_default().to_owned(), body: answer.body }))
    }

    /// Writes `key`, whether or not it exists.
    pub async fn put(&self, key: &str, body: Vec<u8>) -> Result<(), Error> {
        self.send("PutObject", "PUT", &encode(key), Vec::new(), body).await?;
        Ok(())
    }

    /// Writes `key` if it does not exist; false if it does.
    pub async fn put_new(&self, key: &str, body: Vec<u8>) -> Result<bool, Error> {
        self.put_if(key, body, "if-none-match", "*").await
    }

    /// Replaces `key` if it is still the version that `etag` names; false if it is not.
    pub async fn replace(&self, key: &str, body: Vec<u8>, etag: &str) -> Result<bool, Error> {
        self.put_if(key, body, "if-match", etag).await
    }

    async fn put_if(&self, key: &str, body: Vec<u8>, header: &'static str, value: &str) -> Result<bool, Error> {
        let headers = vec![(header, Cow::Owned(value.to_owned()))];
        match self.send("PutObject", "PUT", &encode(key), headers, body).await {
            // A conflict is another writer at this very moment: it is the one that wins.
            Err(error) if matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict")) => {
                Ok(false)
            }
            other => other.map(|_| true),
        }
    }

    /// Removes `key`; one that is not there is removed already.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        self.send("DeleteObject", "DELETE", &encode(key), Vec::new(), Vec::new()).await?;
        Ok(())
    }

    async fn send(
        &self,
        operation: &'static str,
        method: &'static str,
        target: &str,
        mut headers: Vec<(&'static str, Cow<'static, str>)>,
        body: Vec<u8>,
    ) -> Result<Answer, Error> {
        if method == "PUT" {
            headers.push(("x-amz-checksum-sha256", BASE64_STANDARD.encode(Sha256::digest(&body)).into()));
        }
        // The one request that has no such header: the owner will be the caller.
        if operation != "CreateBucket" {
            headers.push(("x-amz-expected-bucket-owner", self.owner.clone().into()));
        }
        self.client.send(Request { operation, method, target: format!("/{target}"), headers, body }).await
    }
}

/// None for what is not there.
fn found(answer: Result<Answer, Error>) -> Result<Option<Answer>, Error> {
    match answer {
        Err(Error::Refused { refusal, .. }) if refusal.status() == 404 => Ok(None),
        other => other.map(Some),
    }
}

/// A key in a path: everything but S3's unreserved characters and `/` is escaped.
fn encode(key: &str) -> String {
    let mut encoded = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => encoded.push(byte.into()),
            _ => write!(encoded, "%{byte:02X}").expect("a string takes what is written to it"),
        }
    }
    encoded
}
