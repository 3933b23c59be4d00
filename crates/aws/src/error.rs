//! What goes wrong with a call, in words that say what to do.

use std::{error::Error as StdError, fmt};

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::{ErrorMetadata, display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use hint::Remedy;
use serde::Deserialize;

/// A call that brought no answer of use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The service said no.
    #[error("asking {service} to `{operation}`: {refusal}")]
    Refused {
        /// Name of the service.
        service: &'static str,
        /// Name of the call.
        operation: &'static str,
        /// Its words.
        refusal: Refusal,
        /// What to do about it, where that is known.
        #[source]
        remedy: Option<Remedy>,
    },
    /// It could not be asked, or did not answer in time.
    #[error("asking {service} to `{operation}`: {reason}")]
    Unreachable {
        /// Name of the service.
        service: &'static str,
        /// Name of the call.
        operation: &'static str,
        /// Why.
        reason: String,
        /// What to do about it. None if it may pass by itself.
        #[source]
        remedy: Option<Remedy>,
    },
    /// It answered, but not in the words that this program knows.
    #[error("reading the answer of {service} to `{operation}`: {reason}")]
    Unreadable {
        /// Name of the service.
        service: &'static str,
        /// Name of the call.
        operation: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl Error {
    pub(super) fn new(service: &'static str, operation: &'static str, error: SdkError<Refusal, HttpResponse>) -> Self {
        match error {
            SdkError::ServiceError(error) => Self::refused(service, operation, error.into_err()),
            other => {
                let reason = innermost(&other);
                let remedy = hint_for_unreachable(&DisplayErrorContext(&other).to_string()).map(Remedy::from);
                Self::Unreachable { service, operation, reason, remedy }
            }
        }
    }

    fn refused(service: &'static str, operation: &'static str, refusal: Refusal) -> Self {
        let remedy = hint_for(refusal.code()).map(Remedy::from);
        Self::Refused { service, operation, refusal, remedy }
    }

    /// The same where the profile wants a second factor, which was not given.
    pub(super) fn without_mfa(self) -> Self {
        let remedy = || Some(MFA.into());
        match self {
            Self::Refused { service, operation, refusal, .. } if DENIED.contains(&refusal.code()) => {
                Self::Refused { service, operation, refusal, remedy: remedy() }
            }
            Self::Unreachable { service, operation, reason, remedy: Some(_) } => {
                Self::Unreachable { service, operation, reason, remedy: remedy() }
            }
            other => other,
        }
    }

    /// The error code, if the service gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal.code()),
            _ => None,
        }
    }

    /// What AWS calls the request that it refused.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused { refusal, .. } => refusal.request_id.as_deref(),
            _ => None,
        }
    }

    /// Whether the same call may succeed later by itself: throttling, an outage of the service or of the network.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } => refusal.is_passing(),
            Self::Unreachable { remedy, .. } => remedy.is_none(),
            Self::Unreadable { .. } => false,
        }
    }
}

/// Codes of a lack of rights.
const DENIED: [&str; 3] = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"];

/// What to do where a profile has `mfa_serial`: <https://github.com/awslabs/aws-sdk-rust/issues/527>
const MFA: &str = "the profile has `mfa_serial`, and only the AWS CLI asks for its code: run `eval \"$(aws configure \
                   export-credentials --format env)\"` first, or put `credential_process = aws configure export-credentials \
                   --profile NAME` into another profile, or start this with `aws-vault exec NAME --`";

/// A service's refusal.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: u16,
    metadata: Box<ErrorMetadata>,
    request_id: Option<String>,
}

/// The XML protocols' way: `Error`, with or without an `ErrorResponse` or `Response` around it.
#[derive(Deserialize)]
struct XmlError {
    #[serde(rename = "Error")]
    error: Option<XmlErrorBody>,
    #[serde(rename = "Errors")]
    errors: Option<XmlErrors>,
    #[serde(rename = "Code")]
    code: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
}

#[derive(Deserialize)]
struct XmlErrors {
    #[serde(rename = "Error")]
    error: Option<XmlErrorBody>,
}

#[derive(Deserialize)]
struct XmlErrorBody {
    #[serde(rename = "Code")]
    code: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
}

impl Refusal {
    pub(super) fn read<'a>(status: u16, header: impl Fn(&'static str) -> Option<&'a str>, body: &[u8]) -> Self {
        let (code, message) = json(&header, body).or_else(|| xml(body)).unwrap_or_default();
        // `com.amazonaws.ecs#ClusterNotFoundException:http://…`
        let code = code.and_then(|code| {
            let code = code.rsplit('#').next()?.split(':').next()?.trim().to_owned();
            (!code.is_empty()).then_some(code)
        });
        let mut metadata = ErrorMetadata::builder().code(code.unwrap_or_else(|| format!("HTTP {status}")));
        if let Some(message) = message {
            metadata = metadata.message(message);
        }
        let request_id = header("x-amzn-requestid").or_else(|| header("x-amz-request-id")).map(str::to_owned);
        Self { status, metadata: Box::new(metadata.build()), request_id }
    }

    /// The error code, `HTTP 503` if there was none.
    pub fn code(&self) -> &str {
        self.metadata.code().unwrap_or_default()
    }

    /// The service's sentence, or nothing.
    pub fn message(&self) -> &str {
        self.metadata.message().unwrap_or_default()
    }

    /// The id by which AWS finds the call again.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.status
    }

    fn is_passing(&self) -> bool {
        let throttled = aws_runtime::retries::classifiers::THROTTLING_ERRORS.contains(&self.code());
        self.status >= 500 || self.status == 429 || throttled
    }
}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

impl StdError for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        if !self.message().is_empty() {
            write!(f, ": {}", self.message().trim_end_matches('.'))?;
        }
        Ok(())
    }
}

fn json<'a>(
    header: &impl Fn(&'static str) -> Option<&'a str>,
    body: &[u8],
) -> Option<(Option<String>, Option<String>)> {
    let error: serde_json::Value = serde_json::from_slice(body).ok()?;
    let field = |name: &str| error[name].as_str().map(str::to_owned);
    let code = header("x-amzn-errortype").map(str::to_owned).or_else(|| field("__type"));
    Some((code, field("message").or_else(|| field("Message"))))
}

fn xml(body: &[u8]) -> Option<(Option<String>, Option<String>)> {
    let error: XmlError = quick_xml::de::from_reader(body).ok()?;
    let inner = error.error.or(error.errors.and_then(|errors| errors.error));
    Some(inner.map_or((error.code, error.message), |inner| (inner.code, inner.message)))
}

/// What to do about an error code.
fn hint_for(code: &str) -> Option<&'static str> {
    Some(match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            "the credentials have expired: sign in again, with `aws sso login` or as you did before"
        }
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidAccessKeyId" | "AuthFailure" => {
            "AWS does not know these credentials: sign in again, and see what AWS_PROFILE and AWS_ACCESS_KEY_ID name"
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "RequestTimeTooSkewed" => {
            "compare this machine's clock with another, then the secret access key"
        }
        code if DENIED.contains(&code) => "allow the action to the role or user that `driftless doctor` names",
        _ => return None,
    })
}

/// The same for a call that got no answer. None means that waiting may help.
fn hint_for_unreachable(context: &str) -> Option<&'static str> {
    let has = |text: &str| context.contains(text);
    Some(if has("MissingSigningRegion") || has("missing signing region") {
        "name the region: `AWS_REGION`, or `region` in `~/.aws/config`"
    } else if has("CredentialsNotLoaded") || has("no providers in chain") || has("NoMatchingAuthScheme") {
        "sign in to AWS: `aws sso login`, `AWS_PROFILE`, or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`"
    } else if has("SSO") || has("sso") {
        "sign in again: `aws sso login`"
    } else if has("ProviderError") || has("InvalidConfiguration") {
        "see what AWS_PROFILE and `~/.aws/config` say of where credentials come from"
    } else {
        return None;
    })
}

/// The SDK wraps errors several times; the innermost is the one that says something.
fn innermost(error: &dyn StdError) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, kind: Option<&'static str>, body: &str) -> (String, String) {
        let refusal = Refusal::read(status, |name| kind.filter(|_| name == "x-amzn-errortype"), body.as_bytes());
        (refusal.code().to_owned(), refusal.message().to_owned())
    }

    #[test]
    fn every_protocol_can_say_no() {
        let expected = ("NotFound".to_owned(), "no such thing".to_owned());
        let json = r#"{"__type":"com.amazonaws.ecs#NotFound","message":"no such thing"}"#;
        assert_eq!(read(400, None, json), expected);
        assert_eq!(read(400, Some("NotFound:http://internal.amazon.com/"), r#"{"Message":"no such thing"}"#), expected);
        let query = "<ErrorResponse xmlns=\"a\"><Error><Type>Sender</Type><Code>NotFound</Code><Message>no such thing</Message></Error><RequestId>1</RequestId></ErrorResponse>";
        assert_eq!(read(400, None, query), expected);
        let s3 =
            "<?xml version=\"1.0\"?><Error><Code>NotFound</Code><Message>no such thing</Message><Key>k</Key></Error>";
        assert_eq!(read(404, None, s3), expected);
    }

    #[test]
    fn an_answer_of_no_protocol_is_named_by_its_status() {
        assert_eq!(read(503, None, "<html><body>down</body></html>").0, "HTTP 503");
        assert_eq!(read(404, None, "").0, "HTTP 404");
    }

    #[test]
    fn expired_credentials_come_with_a_remedy() {
        let refusal = Refusal::read(400, |_| None, br#"{"__type":"ExpiredTokenException","message":"Too old."}"#);
        let error = Error::refused("STS", "GetCallerIdentity", refusal);
        assert!(!error.is_passing());
        let report = hint::ErrorReport::of(&error.into());
        assert_eq!(report.error, "asking STS to `GetCallerIdentity`: ExpiredTokenException: Too old");
        assert!(report.hint.unwrap().contains("sign in again"));
    }

    #[test]
    fn throttling_and_outages_pass() {
        for (status, code) in [(400, "ThrottlingException"), (503, "x"), (429, "x")] {
            let body = format!(r#"{{"__type":"{code}"}}"#);
            assert!(Refusal::read(status, |_| None, body.as_bytes()).is_passing(), "{status} {code}");
        }
    }
}
