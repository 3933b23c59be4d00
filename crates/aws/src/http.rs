//! Asking a web server as a visitor would, through the connections that AWS's own calls use.

use std::{error::Error, time::Duration};

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_types::{body::SdkBody, timeout::TimeoutConfig};

use super::{Account, Refusal};

/// A visitor would not wait longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The status that `path` at `url` is answered with, or why it is not. Redirections are answers and are not followed.
pub async fn get(account: &Account, url: &str, path: &str) -> Result<u16, String> {
    let config = account.config();
    let timeouts = TimeoutConfig::builder().connect_timeout(PATIENCE).operation_timeout(PATIENCE).build();
    let mut builder = Operation::builder().service_name("web").operation_name("Get").endpoint_url(url);
    if let Some(http) = config.http_client() {
        builder = builder.http_client(http);
    }
    if let Some(sleep) = config.sleep_impl() {
        builder = builder.sleep_impl(sleep);
    }
    if let Some(version) = config.behavior_version() {
        builder = builder.behavior_version(version);
    }
    let operation = builder
        .no_auth()
        .no_retry()
        .timeout_config(timeouts)
        .serializer(|path: String| {
            let request = http::Request::builder().method("GET").uri(path).header("user-agent", "driftless");
            Ok(request.body(SdkBody::empty())?.try_into()?)
        })
        .deserializer(|response: &HttpResponse| Ok::<_, OrchestratorError<Refusal>>(response.status().as_u16()))
        .build();
    operation.invoke(path.to_owned()).await.map_err(|error| innermost(&error))
}

fn innermost(error: &dyn Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
