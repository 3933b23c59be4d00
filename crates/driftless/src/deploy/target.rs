//! Where a command works: an environment, in the account that the caller's credentials are of.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, bail, ensure};

use super::store::BucketStore;
use crate::{
    aws::{Account, Settings, s3, s3::Bucket, sts, sts::Caller},
    progress::Progress,
    record::{Record, Records},
    stack::{Environment, FOUNDATION, Stack},
    terraform::{Backend, Terraform},
};

/// What the user chose.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Name of the environment; none if there is just one.
    pub environment: Option<String>,
    /// The state bucket, if it has another name than the usual one.
    pub bucket: Option<String>,
    /// OpenTofu or Terraform, if it is not on `PATH`.
    pub terraform: Option<PathBuf>,
}

/// An environment, and everything that is needed to act on it.
pub struct Target {
    /// Name of the environment.
    pub name: String,
    /// What `infra.nix` says, here and now.
    pub stack: Stack,
    /// The environment's account and region.
    pub account: Account,
    /// Whom AWS takes us for.
    pub caller: Caller,
    /// Where state and records are.
    pub bucket: Bucket,
    /// Where commands say what they do.
    pub progress: Arc<dyn Progress>,
    choice: Choice,
}

impl Target {
    /// Finds the environment, asks AWS who we are, and refuses to act on another account than the stack's.
    pub async fn open(stack: Stack, choice: Choice, progress: Arc<dyn Progress>) -> anyhow::Result<Self> {
        let name = chosen(&stack, choice.environment.as_deref())?;
        let region = stack.environment(&name)?.region.clone();
        let account = Account::load(&Settings { region: Some(region.clone()), ..Settings::default() }).await;
        let caller = sts::caller(&account).await.map_err(|error| {
            let hint = if error.is_passing() {
                "see whether this machine reaches AWS, and try again"
            } else {
                "sign in first, such as with `aws sso login`, or set AWS_PROFILE"
            };
            anyhow::Error::new(error).context(format!("asking AWS who we are\nhint: {hint}"))
        })?;
        guard(&name, stack.environment(&name)?, &caller)?;
        let bucket = Bucket::new(&account, &bucket_name(&choice, &stack.project, &caller.account, &region));
        Ok(Self { name, stack, account, caller, bucket, progress, choice })
    }

    /// The environment as the stack has it.
    pub fn environment(&self) -> &Environment {
        self.stack.environments.get(&self.name).expect("it was found when this was made")
    }

    /// Where the environment's state is.
    pub fn backend(&self) -> Backend {
        Backend { bucket: self.bucket.name().to_owned() }
    }

    /// The environment's releases.
    pub fn records(&self) -> Records<BucketStore> {
        Records::new(BucketStore(self.bucket.clone()), &self.name)
    }

    /// The release that serves.
    pub async fn live(&self) -> anyhow::Result<Record> {
        let live = self.records().live(None).await?;
        live.with_context(|| {
            format!("`{0}` has no release that serves\nhint: `driftless deploy -e {0}` first", self.name)
        })
    }

    /// The releases of another environment, if they are in the same bucket.
    pub fn records_of(&self, other: &str) -> anyhow::Result<Records<BucketStore>> {
        let environment = self.stack.environment(other)?;
        let here = self.environment();
        let elsewhere = environment.account.as_ref().is_some_and(|account| *account != self.caller.account);
        ensure!(
            !elsewhere && (environment.region == here.region || self.choice.bucket.is_some()),
            "`{other}` is in another account or region than `{}`, so its releases are in another bucket\nhint: deploy \
             the bundle of that release: `driftless deploy -e {} --bundle DIR`",
            self.name,
            self.name
        );
        Ok(Records::new(BucketStore(self.bucket.clone()), other))
    }

    /// OpenTofu or Terraform.
    pub async fn terraform(&self) -> anyhow::Result<Terraform> {
        Terraform::find(self.choice.terraform.as_deref()).await
    }

    /// The account in the region of the foundation, and the state bucket there.
    pub fn foundation(&self) -> anyhow::Result<(Account, Bucket)> {
        let foundation = self.stack.foundation.as_ref().with_context(|| {
            format!("the stack has no root `{FOUNDATION}`\nhint: render infra.nix again: `nix/render`")
        })?;
        let account = self.account.in_region(&foundation.region);
        let name = bucket_name(&self.choice, &self.stack.project, &self.caller.account, &foundation.region);
        let bucket = Bucket::new(&account, &name);
        Ok((account, bucket))
    }

    /// Whether S3 is spoken to with TLS, as AWS is.
    pub fn has_tls(&self) -> bool {
        self.account.endpoint_override(&s3::SERVICE).is_none_or(|endpoint| !endpoint.starts_with("http://"))
    }

    /// Account, region and caller in a line: said before anything is changed.
    pub fn words(&self) -> String {
        let region = &self.environment().region;
        format!("`{}` in account {}, {region}, as {}", self.name, self.caller.account, self.caller.arn)
    }
}

fn bucket_name(choice: &Choice, project: &str, account: &str, region: &str) -> String {
    choice.bucket.clone().unwrap_or_else(|| format!("{project}-driftless-{account}-{region}"))
}

fn chosen(stack: &Stack, name: Option<&str>) -> anyhow::Result<String> {
    if let Some(name) = name {
        stack.environment(name)?;
        return Ok(name.to_owned());
    }
    let mut names = stack.environments.keys();
    match (names.next(), names.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => bail!("the stack has no environments\nhint: `environments.dev = {{ … }};` in infra.nix"),
        _ => {
            let names: Vec<_> = stack.environments.keys().map(String::as_str).collect();
            bail!("which environment?\nhint: name it with `--env`: {}", names.join(", "))
        }
    }
}

fn guard(name: &str, environment: &Environment, caller: &Caller) -> anyhow::Result<()> {
    match &environment.account {
        Some(account) if *account != caller.account => bail!(
            "`{name}` belongs in account {account}, but the credentials are of {} ({}); nothing was done\nhint: set \
             AWS_PROFILE to a profile of account {account}",
            caller.account,
            caller.arn
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack() -> Stack {
        Stack::parse(include_bytes!("../../../../nix/rendered/stack.json")).unwrap()
    }

    #[test]
    fn an_environment_must_be_named_where_there_are_several() {
        let mut stack = stack();
        let error = chosen(&stack, None).unwrap_err().to_string();
        assert!(error.contains("`--env`: dev, prod"), "{error}");
        assert!(chosen(&stack, Some("staging")).is_err());
        stack.environments.remove("prod");
        assert_eq!(chosen(&stack, None).unwrap(), "dev");
    }

    #[test]
    fn another_account_than_the_stacks_is_refused() {
        let mut environment = stack().environments.remove("dev").unwrap();
        let caller = Caller { account: "123456789012".into(), arn: "arn:aws:iam::123456789012:user/me".into() };
        guard("dev", &environment, &caller).unwrap();
        environment.account = Some("999999999999".into());
        let error = guard("dev", &environment, &caller).unwrap_err().to_string();
        assert!(error.contains("999999999999") && error.contains("123456789012") && error.contains("hint:"), "{error}");
    }
}
