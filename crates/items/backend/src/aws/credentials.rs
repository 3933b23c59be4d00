//! Who the task is, from where ECS says: an address that answers with keys that change by themselves.

use std::{fs, net::IpAddr};

use anyhow::{Context, ensure};
use axum::http::{Request, Uri};
use serde::Deserialize;

use super::call::call;

/// Where ECS answers a task (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>).
const ECS: &str = "http://169.254.170.2";

pub(crate) struct Credentials {
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

/// Where credentials come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    /// Asked each time: its answer is at hand, and never out of date.
    address: Option<String>,
    authorization: Option<String>,
    authorization_file: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
}

impl Source {
    /// As the SDKs read it.
    pub(crate) fn new(environment: impl Fn(&str) -> Option<String>) -> Self {
        let relative = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map(|path| format!("{ECS}{path}"));
        Self {
            address: relative.or_else(|| environment("AWS_CONTAINER_CREDENTIALS_FULL_URI")),
            authorization: environment("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
            authorization_file: environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
        }
    }

    pub(crate) async fn credentials(&self) -> anyhow::Result<Credentials> {
        let address = self.address.as_deref();
        let address = address.context("this is no task: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set")?;
        let Answer { access_key_id: key, secret_access_key: secret, token } =
            self.ask(address).await.context("asking for the credentials of the task")?;
        Ok(Credentials { key, secret, token })
    }

    async fn ask(&self, address: &str) -> anyhow::Result<Answer> {
        let uri: Uri = address.parse()?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let is_near = |ip: IpAddr| ip.is_loopback() || matches!(ip, IpAddr::V4(ip) if ip.is_link_local());
        // Otherwise the keys would go over the network as they are.
        ensure!(host.parse().is_ok_and(is_near), "`{host}` is not an address of this host");
        let mut request = Request::get(uri);
        let written = self.authorization_file.as_ref().map(fs::read_to_string).transpose()?;
        if let Some(authorization) = written.as_deref().map(str::trim).or(self.authorization.as_deref()) {
            request = request.header("authorization", authorization);
        }
        Ok(serde_json::from_slice(&call(request.body(String::new())?).await?)?)
    }
}
