//! A secret of Secrets Manager that has the password of a database.

use anyhow::Context;
use axum::http::{Request, Uri};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{
    Source,
    call::call,
    signature::{Scope, authorization},
};

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
const TARGET: &str = "secretsmanager.GetSecretValue";

/// The secret's address, and who asks.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    arn: String,
    region: String,
    endpoint: String,
    source: Source,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    secret_string: String,
}

/// As RDS keeps it.
#[derive(Deserialize)]
struct Kept {
    password: String,
}

impl Secret {
    pub(crate) fn new(arn: String, environment: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut parts = arn.split(':').skip(1);
        let (partition, region) = (parts.next().unwrap_or_default(), parts.nth(1));
        let region = region.with_context(|| format!("DATABASE_SECRET_ARN is not an ARN: `{arn}`"))?.to_owned();
        let domain = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        let endpoint = environment("AWS_ENDPOINT_URL_SECRETS_MANAGER").or_else(|| environment("AWS_ENDPOINT_URL"));
        let endpoint = endpoint.unwrap_or_else(|| format!("https://secretsmanager.{region}.{domain}"));
        Ok(Self { arn, region, endpoint, source: Source::new(environment) })
    }

    pub(crate) async fn password(&self, now: Timestamp) -> anyhow::Result<String> {
        let answer = self.ask(now).await.context("asking for the password of the database")?;
        let kept: Kept = serde_json::from_str(&answer.secret_string).context("reading the secret of the database")?;
        Ok(kept.password)
    }

    async fn ask(&self, now: Timestamp) -> anyhow::Result<Answer> {
        let credentials = self.source.credentials().await?;
        let scope = Scope { region: &self.region, service: "secretsmanager", now };
        let uri: Uri = self.endpoint.parse()?;
        let host = uri.authority().context("the endpoint of Secrets Manager has no host")?.to_string();
        let (time, body) = (scope.time(), json!({ "SecretId": self.arn }).to_string());
        let mut headers = vec![("content-type", CONTENT_TYPE), ("host", &host), ("x-amz-date", &time)];
        headers.extend(credentials.token.as_deref().map(|token| ("x-amz-security-token", token)));
        headers.push(("x-amz-target", TARGET));
        let authorization = authorization(&scope, &credentials, &headers, body.as_bytes());
        let request = headers.iter().fold(Request::post(&uri), |request, (name, value)| request.header(*name, *value));
        let request = request.header("authorization", authorization).body(body)?;
        Ok(serde_json::from_slice(&call(request).await?)?)
    }
}
