//! Whom we are to AWS, and where: credentials, region, endpoint, retries.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::{
    http::SharedHttpClient, identity::SharedIdentityCache, runtime_components::RuntimeComponents,
};
use aws_types::{app_name::AppName, service_config::ServiceConfigKey};

use super::call::{Client, Service};

/// Pinned: a newer SDK must not change retries and time-outs by itself.
fn behaviour() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// What a user may choose about AWS; the rest is in the environment and in `~/.aws`.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Region of the environment; none means that of the user's configuration.
    pub region: Option<String>,
    /// Profile of `~/.aws/config`; none means `AWS_PROFILE` or the default one.
    pub profile: Option<String>,
}

/// An account in a region, with the means to call its services. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Account {
    config: SdkConfig,
    identities: SharedIdentityCache,
}

impl Account {
    /// Reads the user's configuration. Credentials are looked for at the first call.
    pub async fn load(settings: &Settings) -> Self {
        let mut loader = aws_config::defaults(behaviour())
            .http_client(http_client())
            .timeout_config(timeouts())
            .app_name(app_name());
        if let Some(region) = &settings.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        Self::new(loader.load().await)
    }

    /// An account that the server at `endpoint` plays, for tests: any credentials will do, and `tries` come at once.
    #[cfg(any(test, feature = "test-hooks"))]
    pub fn played_at(endpoint: &str, tries: u32) -> Self {
        use aws_config::retry::RetryConfig;
        use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
        use aws_smithy_async::{rt::sleep::TokioSleep, time::SystemTimeSource};

        let credentials = Credentials::new("player", "secret", None, None, "fixed");
        let retries = RetryConfig::standard().with_max_attempts(tries).with_initial_backoff(Duration::from_millis(1));
        Self::new(
            SdkConfig::builder()
                .behavior_version(behaviour())
                .region(Region::from_static("eu-central-1"))
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .endpoint_url(endpoint)
                .http_client(http_client())
                .retry_config(retries)
                .timeout_config(timeouts())
                .sleep_impl(TokioSleep::new())
                .time_source(SystemTimeSource::new())
                .app_name(app_name())
                .build(),
        )
    }

    fn new(config: SdkConfig) -> Self {
        let identities = IdentityCache::lazy().build();
        Self { config, identities }
    }

    /// The same account in another region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        let config = self.config.to_builder().region(Region::new(region.to_owned())).build();
        Self { config, identities: self.identities.clone() }
    }

    /// The region that calls go to, if any was said.
    pub fn region(&self) -> Option<&str> {
        self.config.region().map(AsRef::as_ref)
    }

    /// The means to call `service`.
    pub fn client(&self, service: &'static Service) -> Client {
        Client::new(service, self)
    }

    /// Where `service` is, if it is not where AWS has it: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, or the same
    /// in the profile.
    pub fn endpoint_override(&self, service: &Service) -> Option<String> {
        let key = ServiceConfigKey::builder()
            .service_id(service.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .expect("every part of the key is given");
        let own = self.config.service_config().and_then(|config| config.load_config(key));
        let any = own.or_else(|| self.config.endpoint_url().map(str::to_owned));
        // A variable that is set to nothing says nothing.
        any.filter(|endpoint| !endpoint.is_empty())
    }

    /// Whether the profile names a device for a second factor (`mfa_serial`). The SDK asks nobody for its code.
    pub(super) fn wants_mfa(&self) -> bool {
        let key = ServiceConfigKey::builder().service_id("STS").env("AWS_MFA_SERIAL").profile("mfa_serial").build();
        let key = key.expect("every part of the key is given");
        self.config.service_config().and_then(|config| config.load_config(key)).is_some()
    }

    pub(super) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(super) fn identities(&self) -> SharedIdentityCache {
        self.identities.clone()
    }
}

fn app_name() -> AppName {
    AppName::new("driftless").expect("the name is of allowed characters")
}

/// TLS by rustls with ring: the SDK's own default would bring a second crypto provider.
fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut builder =
            Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring)).proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.build()
    })
}

/// Every call here is answered within a second or two; these are for networks that swallow packets.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(20))
        .operation_attempt_timeout(Duration::from_secs(30))
        .operation_timeout(Duration::from_secs(90))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sts::SERVICE;

    #[test]
    fn an_endpoint_of_nothing_is_no_endpoint() {
        assert_eq!(Account::played_at("", 1).endpoint_override(&SERVICE), None);
        assert_eq!(Account::played_at("http://a", 1).endpoint_override(&SERVICE).as_deref(), Some("http://a"));
    }
}
