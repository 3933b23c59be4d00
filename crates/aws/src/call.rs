//! One call to AWS: an HTTP request that the SDK signs, retries and times.

use std::{borrow::Cow, time::Instant};

use aws_runtime::{
    auth::{SigV4OperationSigningConfig, SigningOptions, sigv4},
    invocation_id::InvocationIdInterceptor,
    recursion_detection::RecursionDetectionInterceptor,
    request_info::RequestInfoInterceptor,
    retries::classifiers::AwsErrorCodeClassifier,
    service_clock_skew::ServiceClockSkewInterceptor,
    user_agent::{ApiMetadata, UserAgentInterceptor},
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::{AuthSchemeOptionResolverParams, SharedAuthScheme, static_resolver::StaticAuthSchemeOptionResolver},
        interceptors::SharedInterceptor,
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
        retries::classifiers::SharedRetryClassifier,
        runtime_components::RuntimeComponentsBuilder,
        runtime_plugin::StaticRuntimePlugin,
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::Layer, retry::RetryConfig};
use aws_types::{SigningName, region::SigningRegion};
use tracing::info;

use super::{
    account::Account,
    error::{Error, Refusal},
};

/// A service of AWS, as its clients must know it.
#[derive(Debug)]
pub struct Service {
    /// Name for people.
    pub name: &'static str,
    /// The SDK's service id, which names environment variables: `AWS_ENDPOINT_URL_<ID>`.
    pub id: &'static str,
    /// First label of the service's host name.
    pub host: &'static str,
    /// Name in signatures.
    pub signing: &'static str,
    /// What its calls are to be told apart by: the prefix of `X-Amz-Target`, or the `Version` of the query protocol.
    pub api: &'static str,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// Name of the call, for errors.
    pub operation: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path and query, encoded.
    pub target: String,
    /// Headers besides those of the signature.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back: an answer with a 2xx status.
#[derive(Debug)]
pub struct Answer {
    headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The header `name`, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What AWS calls this request, in whichever header the service says it.
    fn request_id(&self) -> Option<&str> {
        ["x-amzn-requestid", "x-amz-request-id"].into_iter().find_map(|name| self.header(name))
    }
}

/// A service in a region of an account. Cheap to clone; clones share connections and retry budgets.
#[derive(Clone, Debug)]
pub struct Client {
    service: &'static Service,
    operation: Operation<Request, Answer, Refusal>,
    wants_mfa: bool,
}

impl Client {
    pub(super) fn new(service: &'static Service, account: &Account) -> Self {
        let endpoint = account.endpoint_override(service).unwrap_or_else(|| endpoint(service.host, region(account)));
        Self::at(service, account, &endpoint, SigningOptions::default())
    }

    /// A client for an endpoint of one's own making, as S3 has for each bucket.
    pub(super) fn at(
        service: &'static Service,
        account: &Account,
        endpoint: &str,
        signing_options: SigningOptions,
    ) -> Self {
        let config = account.config();
        let mut builder = Operation::builder()
            .service_name(service.id)
            // One value serves every call; the true name is in each request.
            .operation_name("Call")
            .endpoint_url(endpoint)
            .standard_retry(config.retry_config().unwrap_or(&RetryConfig::standard()))
            .with_connection_poisoning()
            .runtime_plugin(plugin(service, account, signing_options));
        if let Some(version) = config.behavior_version() {
            builder = builder.behavior_version(version);
        }
        if let Some(http) = config.http_client() {
            builder = builder.http_client(http);
        }
        if let Some(timeouts) = config.timeout_config() {
            builder = builder.timeout_config(timeouts.clone());
        }
        if let Some(sleep) = config.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        if let Some(time) = config.time_source() {
            builder = builder.time_source(time);
        }
        let operation = builder.serializer(serialize).deserializer(deserialize).build();
        Self { service, operation, wants_mfa: account.wants_mfa() }
    }

    /// The service.
    pub fn service(&self) -> &'static Service {
        self.service
    }

    /// Sends `request`, again if that may help, and returns the answer.
    pub async fn send(&self, request: Request) -> Result<Answer, Error> {
        let (service, operation) = (self.service.name, request.operation);
        let begun = Instant::now();
        let sent = self.operation.invoke(request).await;
        let sent = sent.map_err(|error| match Error::new(service, operation, error) {
            error if self.wants_mfa => error.without_mfa(),
            error => error,
        });
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Neither parameters nor answers: they may hold secrets.
        match &sent {
            Ok(answer) => {
                let id = answer.request_id().unwrap_or("-");
                info!(
                    aws.service = service,
                    aws.operation = operation,
                    aws.request_id = id,
                    duration_ms,
                    "{service} `{operation}`"
                );
            }
            Err(error) => {
                let (id, code) = (error.request_id().unwrap_or("-"), error.code().unwrap_or("-"));
                info!(
                    aws.service = service,
                    aws.operation = operation,
                    aws.request_id = id,
                    aws.code = code,
                    duration_ms,
                    "{service} `{operation}` failed"
                );
            }
        }
        sent
    }
}

fn region(account: &Account) -> &str {
    // Without a region nothing can be signed, and the SDK's own error says so; this only has to be a host name.
    account.region().unwrap_or("us-east-1")
}

/// The regional endpoint of a service, in the partition that the region is in.
pub(super) fn endpoint(host: &str, region: &str) -> String {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://{host}.{region}.{suffix}")
}

/// What the SDK's generated clients add to the runtime.
fn plugin(service: &'static Service, account: &Account, signing_options: SigningOptions) -> StaticRuntimePlugin {
    let config = account.config();
    let mut layer = Layer::new("driftless");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: config.region().cloned().map(SigningRegion::from),
        name: Some(SigningName::from_static(service.signing)),
        signing_options,
        ..SigV4OperationSigningConfig::default()
    });
    layer.store_put(ApiMetadata::new(service.signing, env!("CARGO_PKG_VERSION")));
    if let Some(name) = config.app_name() {
        layer.store_put(name.clone());
    }

    let mut components = RuntimeComponentsBuilder::new("driftless");
    components.set_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![sigv4::SCHEME_ID])));
    components.push_auth_scheme(SharedAuthScheme::new(sigv4::SigV4AuthScheme::new()));
    if let Some(credentials) = config.credentials_provider() {
        components.set_identity_resolver(sigv4::SCHEME_ID, credentials);
    }
    components.set_identity_cache(Some(account.identities()));
    components.push_retry_classifier(SharedRetryClassifier::new(HttpStatusCodeClassifier::default()));
    components.push_retry_classifier(SharedRetryClassifier::new(TransientErrorClassifier::<Refusal>::new()));
    components.push_retry_classifier(SharedRetryClassifier::new(AwsErrorCodeClassifier::<Refusal>::new()));
    components.push_interceptor(SharedInterceptor::new(ServiceClockSkewInterceptor::new()));
    components.push_interceptor(SharedInterceptor::new(RequestInfoInterceptor::new()));
    components.push_interceptor(SharedInterceptor::new(UserAgentInterceptor::new()));
    components.push_interceptor(SharedInterceptor::new(InvocationIdInterceptor::new()));
    components.push_interceptor(SharedInterceptor::new(RecursionDetectionInterceptor::new()));
    StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
}

fn serialize(request: Request) -> Result<HttpRequest, BoxError> {
    let length = request.body.len();
    let mut http = http::Request::builder().method(request.method).uri(request.target).header("content-length", length);
    for (name, value) in &request.headers {
        http = http.header(*name, value.as_ref());
    }
    Ok(http.body(SdkBody::from(request.body))?.try_into()?)
}

fn deserialize(response: &HttpResponse) -> Result<Answer, OrchestratorError<Refusal>> {
    // The orchestrator has read the body by now.
    let body = response.body().bytes().unwrap_or_default();
    if !response.status().is_success() {
        let header = |name| response.headers().get(name);
        return Err(OrchestratorError::operation(Refusal::read(response.status().as_u16(), header, body)));
    }
    let headers = response.headers().iter().map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Ok(Answer { headers, body: body.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn china_is_a_partition_of_its_own() {
        assert_eq!(endpoint("ecs", "eu-central-1"), "https://ecs.eu-central-1.amazonaws.com");
        assert_eq!(endpoint("ecs", "cn-north-1"), "https://ecs.cn-north-1.amazonaws.com.cn");
    }
}
