//! Releases with the rights that a workflow has, and no others.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// Whose tokens roles for GitHub trust.
const ISSUER: &str = "token.actions.githubusercontent.com";

/// How long a token is good for: longer than any rehearsal.
const LIFE: Duration = Duration::from_hours(24);

/// A role, and the token with which it is taken.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) token: PathBuf,
}

impl Role {
    /// The one that a workflow releases `environment` with, as the root of the foundation in `bundle` has it; none if nothing is
    /// released from GitHub.
    pub(crate) fn of(bundle: &Path, environment: &str, scratch: &Path) -> anyhow::Result<Option<Self>> {
        let path = bundle.join("terraform/foundation/config.tf.json");
        let Ok(text) = fs::read(&path) else { return Ok(None) };
        let root: Value = serde_json::from_slice(&text).with_context(|| format!("reading `{}`", path.display()))?;
        let role = &root["resource"]["aws_iam_role"][format!("deploy_{environment}")];
        let (Some(name), Some(policy)) = (role["name"].as_str(), role["assume_role_policy"].as_str()) else {
            return Ok(None);
        };
        let policy: Value = serde_json::from_str(policy).with_context(|| format!("reading whom `{name}` trusts"))?;
        let token = scratch.join(format!("token-{environment}"));
        fs::write(&token, signed_by_nobody(&claims(&policy)?)).context("writing a token")?;
        Ok(Some(Self { name: name.to_owned(), token }))
    }
}

/// What a token has to say to be trusted: of each claim the first value that the policy names.
fn claims(policy: &Value) -> anyhow::Result<Value> {
    let conditions = policy["Statement"][0]["Condition"].as_object().into_iter().flat_map(Map::values);
    let mut claims = Map::new();
    for (key, wanted) in conditions.filter_map(Value::as_object).flatten() {
        let first = wanted.get(0).unwrap_or(wanted).as_str().unwrap_or_default();
        if let Some(claim) = key.strip_prefix(ISSUER).and_then(|rest| rest.strip_prefix(':')) {
            // A star stands for a number that GitHub gives.
            claims.insert(claim.to_owned(), first.replace('*', "1").into());
        }
    }
    let end = SystemTime::now().duration_since(UNIX_EPOCH).context("reading the clock")? + LIFE;
    claims.insert("iss".to_owned(), format!("https://{ISSUER}").into());
    claims.insert("exp".to_owned(), end.as_secs().into());
    Ok(claims.into())
}

/// The account reads what a token claims, and not who signed it.
fn signed_by_nobody(claims: &Value) -> String {
    let encoded = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.{}",
        encoded(&json!({ "alg": "RS256", "typ": "JWT" })),
        encoded(claims),
        BASE64_URL_SAFE_NO_PAD.encode("-")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_the_role_trusts() {
        let directory = tempfile::tempdir().expect("a directory");
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../nix/golden/stacks/workflows");
        let roots = directory.path().join("terraform");
        fs::create_dir_all(roots.join("foundation")).expect("a directory");
        fs::copy(golden.join("foundation/config.tf.json"), roots.join("foundation/config.tf.json")).expect("a root");
        let role = Role::of(directory.path(), "prod", directory.path()).expect("a policy").expect("a role");
        assert_eq!(role.name, "items-prod-deploy");
        let token = fs::read_to_string(role.token).expect("a token");
        let claims = token.split('.').nth(1).expect("three parts");
        let claims: Value =
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("claims");
        assert_eq!(claims["sub"], "repo:example/items:environment:prod");
        assert_eq!((&claims["aud"], &claims["ref"]), (&"sts.amazonaws.com".into(), &"refs/heads/main".into()));
        assert!(Role::of(directory.path(), "other", directory.path()).expect("a root").is_none());
    }
}
