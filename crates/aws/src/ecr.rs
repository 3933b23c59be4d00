//! Elastic Container Registry, its control plane. Images are pushed through `registry/`.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Account, Client, Error, Service, Time};

/// The service.
pub static SERVICE: Service =
    Service { name: "ECR", id: "ECR", host: "api.ecr", signing: "ecr", api: "AmazonEC2ContainerRegistry_V20150921" };

/// The registry of an account in a region.
#[derive(Clone, Debug)]
pub struct Ecr(Client);

/// What a registry client signs in with. Not to be stored, logged or passed as an argument.
#[derive(Clone)]
pub struct Login {
    /// User name: `AWS`.
    pub user: String,
    /// Password.
    pub password: String,
    /// Where the registry is: `https://123456789012.dkr.ecr.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// When it ends.
    pub expires: Option<Time>,
}

/// A repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// Its name.
    pub repository_name: String,
    /// What images in it are called: `…amazonaws.com/items/backend`.
    pub repository_uri: String,
    /// `MUTABLE` or `IMMUTABLE`, or one of these with exclusions.
    #[serde(default)]
    pub image_tag_mutability: String,
}

/// An image in a repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Digest of its manifest.
    pub image_digest: String,
    /// Its tags.
    #[serde(default)]
    pub image_tags: Vec<String>,
    /// Compressed size in bytes.
    pub image_size_in_bytes: Option<u64>,
    /// When it was pushed.
    pub image_pushed_at: Option<Time>,
}

#[derive(Serialize)]
struct ImageId<'a> {
    #[serde(rename = "imageDigest")]
    digest: &'a str,
}

impl Ecr {
    /// The registry of `account`.
    pub fn new(account: &Account) -> Self {
        Self(account.client(&SERVICE))
    }

    /// What to sign in with, for twelve hours.
    pub async fn login(&self) -> Result<Login, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            authorization_data: Vec<Data>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Data {
            authorization_token: String,
            proxy_endpoint: String,
            expires_at: Option<Time>,
        }
        let operation = "GetAuthorizationToken";
        let unreadable = |reason: &str| Error::Unreadable { service: SERVICE.name, operation, reason: reason.into() };
        let output: Output = self.0.json(operation, &json!({})).await?;
        let data = output.authorization_data.into_iter().next().ok_or_else(|| unreadable("it has no token"))?;
        let token =
            BASE64_STANDARD.decode(&data.authorization_token).ok().and_then(|token| String::from_utf8(token).ok());
        let token = token.ok_or_else(|| unreadable("the token is not base64"))?;
        let (user, password) = token.split_once(':').ok_or_else(|| unreadable("the token has no `:`"))?;
        Ok(Login {
            user: user.into(),
            password: password.into(),
            endpoint: data.proxy_endpoint,
            expires: data.expires_at,
        })
    }

    /// The repository `name`, or none.
    pub async fn repository(&self, name: &str) -> Result<Option<Repository>, Error> {
        #[derive(Deserialize)]
        struct Output {
            repositories: Vec<Repository>,
        }
        let found: Result<Output, _> = self.0.json("DescribeRepositories", &json!({ "repositoryNames": [name] })).await;
        match found {
            Err(error) if error.code() == Some("RepositoryNotFoundException") => Ok(None),
            other => Ok(other?.repositories.into_iter().next()),
        }
    }

    /// The image `digest` of `repository`, or none.
    pub async fn image(&self, repository: &str, digest: &str) -> Result<Option<Image>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            image_details: Vec<Image>,
        }
        let input = json!({ "repositoryName": repository, "imageIds": [ImageId { digest }] });
        let found: Result<Output, _> = self.0.json("DescribeImages", &input).await;
        match found {
            Err(error) if matches!(error.code(), Some("ImageNotFoundException" | "RepositoryNotFoundException")) => {
                Ok(None)
            }
            other => Ok(other?.image_details.into_iter().next()),
        }
    }
}
