//! Where a command works: an environment by its name, in the account that the caller's credentials are of.
//!
//! Nothing here comes from the services of a stack: what runs, and what is to run, is a matter of a release.

mod store;

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use hint::Hint;
use jiff::Timestamp;
use model::{
    progress::Progress,
    stack::{Environment, FOUNDATION, Stack},
};
use registry::signing::Signer;
use serde_json::Value;

pub use self::store::BucketStore;
use crate::{
    Outcome,
    aws::{Account, Settings, s3, s3::Bucket, sts, sts::Caller},
    record::{Draft, Record, Records},
    signatures::Policy,
    terraform::{Backend, Configuration, Terraform},
};

/// What the user chose.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Name of the environment; none if there is just one.
    pub environment: Option<String>,
    /// The state bucket, if it has another name than the usual one; `ACCOUNT/NAME` if it is in another account than the
    /// caller's.
    pub bucket: Option<String>,
    /// OpenTofu or Terraform, if it is not on `PATH`.
    pub terraform: Option<PathBuf>,
    /// Where the Terraform roots are of the project, or of the bundle.
    pub roots: Option<PathBuf>,
}

/// An environment's account, region and state bucket, and whom AWS takes us for there. Opened once for a command.
#[derive(Clone)]
pub struct Site {
    /// Name of the project.
    pub project: String,
    /// Name of the environment.
    pub environment: String,
    /// Its region.
    pub region: String,
    /// Its account, in that region.
    pub account: Account,
    /// Whom AWS takes us for.
    pub caller: Caller,
    /// Where state and records are.
    pub bucket: Bucket,
    /// What the project says of signatures.
    pub(crate) signatures: Option<Policy>,
    /// Where commands say what they do.
    pub progress: Arc<dyn Progress>,
    choice: Choice,
}

impl Site {
    /// Finds the environment, asks AWS who we are, and refuses to act on another account than the environment's. Of `stack`
    /// it takes where that environment is, and nothing of what runs there.
    pub async fn open(stack: &Stack, choice: Choice, progress: Arc<dyn Progress>) -> anyhow::Result<Self> {
        let name = chosen(stack, choice.environment.as_deref())?;
        let environment = stack.environment(&name)?;
        let account =
            Account::load(&Settings { region: Some(environment.region.clone()), ..Settings::default() }).await;
        let caller = caller(&account).await?;
        check_account(&name, environment, &caller)?;
        Ok(Self::at(stack, &name, &environment.region, &account, caller, progress, choice))
    }

    fn at(
        stack: &Stack,
        environment: &str,
        region: &str,
        account: &Account,
        caller: Caller,
        progress: Arc<dyn Progress>,
        choice: Choice,
    ) -> Self {
        let account = account.in_region(region);
        let bucket = bucket(&account, &choice, &stack.project, &caller.account, region);
        let signatures = Policy::of(stack);
        let (project, environment, region) = (stack.project.clone(), environment.to_owned(), region.to_owned());
        Self { project, environment, region, account, caller, bucket, signatures, progress, choice }
    }

    /// The environment `name` of `stack`, with the same credentials. An error where it is in another account.
    pub fn beside(&self, stack: &Stack, name: &str) -> anyhow::Result<Self> {
        let environment = stack.environment(name)?;
        check_account(name, environment, &self.caller)?;
        let (caller, progress) = (self.caller.clone(), Arc::clone(&self.progress));
        Ok(Self::at(stack, name, &environment.region, &self.account, caller, progress, self.choice.clone()))
    }

    /// An error where `environment`, which a release has under this one's name, is somewhere else.
    pub fn admits(&self, environment: &Environment) -> anyhow::Result<()> {
        check_account(&self.environment, environment, &self.caller)?;
        hint::ensure!(
            environment.region == self.region,
            "the release has `{}` in {}, but it is in {}; nothing was changed",
            self.environment,
            environment.region,
            self.region,
            hint = "an environment does not move: give the one in {} another name in infra.nix",
            environment.region
        );
        Ok(())
    }

    /// An error where `record` is of another project, or of an environment that is somewhere else.
    pub(crate) fn admits_record(&self, record: &Record) -> anyhow::Result<()> {
        let Record { number, environment, release, .. } = record;
        hint::ensure!(
            release.stack.project == self.project,
            "release {number} of `{environment}` is of the project `{}`, not of `{}`; nothing was changed",
            release.stack.project,
            self.project,
            hint = "name the project's own bucket with `--state-bucket`"
        );
        self.admits(release.stack.environment(&self.environment)?)
    }

    /// Where the environment's state is.
    pub fn backend(&self) -> Backend {
        Backend { bucket: self.bucket.clone() }
    }

    /// The environment's releases.
    pub fn records(&self) -> Records<BucketStore> {
        Records::new(BucketStore(self.bucket.clone()), &self.environment)
    }

    /// Records what was done after `live`, signed if that is to be.
    pub(crate) async fn record(&self, draft: Draft, outcome: Outcome, live: Option<&Record>) -> anyhow::Result<Record> {
        let key = match Policy::after(self.signatures.clone(), live) {
            Some(policy) => Some(policy.key(&self.account).await?),
            None => None,
        };
        let signer = key.as_ref().map(|key| key as &dyn Signer);
        self.records().add(draft, outcome, Timestamp::now(), signer).await
    }

    /// Whether `record` is signed; none where nothing is. An error where it is not what was signed.
    pub async fn is_signed(&self, record: &Record) -> anyhow::Result<Option<bool>> {
        let Some(policy) = Policy::after(self.signatures.clone(), Some(record)) else { return Ok(None) };
        let key = policy.key(&self.account).await?;
        self.records().is_signed(record, key.key()).await.map(Some)
    }

    /// An error where `record` is not what was signed, or is not signed though that is demanded.
    pub async fn attested(&self, record: &Record) -> anyhow::Result<()> {
        let is_demanded = Policy::after(self.signatures.clone(), Some(record)).is_some_and(|policy| policy.required);
        hint::ensure!(
            self.is_signed(record).await? != Some(false) || !is_demanded,
            "release {} of `{}` is not signed, and may not be released",
            record.number,
            record.environment,
            hint = "`driftless deploy -e {}` makes one that is",
            record.environment
        );
        Ok(())
    }

    /// The release that serves, or none.
    pub async fn live(&self) -> anyhow::Result<Option<Record>> {
        let live = self.records().live(None).await?;
        live.iter().try_for_each(|live| self.admits_record(live))?;
        Ok(live)
    }

    /// The release that serves; an error if there is none.
    pub async fn serving(&self) -> anyhow::Result<Record> {
        self.live().await?.ok_or_else(|| self.serves_nothing())
    }

    /// Says that there is no release that serves, and what to do.
    pub fn serves_nothing(&self) -> anyhow::Error {
        let name = &self.environment;
        hint::error!("`{name}` has no release that serves", hint = "`driftless deploy -e {name}` first")
    }

    /// The environment's root as the project or the bundle has it, by which recorded ones are judged; null where there is
    /// none.
    pub(crate) fn own_root(&self) -> anyhow::Result<Value> {
        let Some(roots) = &self.choice.roots else { return Ok(Value::Null) };
        let directory = roots.join(&self.environment);
        if !directory.exists() {
            return Ok(Value::Null);
        }
        Ok(Configuration::read(&directory)?.document().clone())
    }

    /// OpenTofu or Terraform.
    pub async fn terraform(&self) -> anyhow::Result<Terraform> {
        Terraform::find(self.choice.terraform.as_deref()).await
    }

    /// The account in the region of the stack's foundation, where its image repositories are.
    pub fn registry_account(&self, stack: &Stack) -> anyhow::Result<Account> {
        Ok(self.account.in_region(&foundation(stack)?.region))
    }

    /// The state bucket of the stack's foundation.
    pub fn foundation_bucket(&self, stack: &Stack) -> anyhow::Result<Bucket> {
        let account = self.registry_account(stack)?;
        Ok(bucket(&account, &self.choice, &stack.project, &self.caller.account, &foundation(stack)?.region))
    }

    /// Whether S3 is spoken to with TLS, as AWS is.
    pub fn has_tls(&self) -> bool {
        self.account.endpoint_override(&s3::SERVICE).is_none_or(|endpoint| !endpoint.starts_with("http://"))
    }

    /// Account, region and caller in a line: said before anything is changed.
    pub fn words(&self) -> String {
        let Self { environment, region, caller, .. } = self;
        format!("`{environment}` in account {}, {region}, as {}", caller.account, caller.arn)
    }
}

/// Whom AWS takes us for.
pub(crate) async fn caller(account: &Account) -> anyhow::Result<Caller> {
    sts::caller(account).await.map_err(|error| {
        let hint = if error.is_passing() {
            "see whether this machine reaches AWS, and try again"
        } else {
            "sign in first, such as with `aws sso login`, or set AWS_PROFILE to a profile of `aws configure list-profiles`"
        };
        anyhow::Error::new(error).context("asking AWS who we are").hint(hint)
    })
}

pub(crate) fn foundation(stack: &Stack) -> anyhow::Result<&model::stack::Foundation> {
    stack
        .foundation
        .as_ref()
        .with_context(|| format!("the stack has no root `{FOUNDATION}`"))
        .hint("render infra.nix again: `nix/render`")
}

/// The state bucket that was chosen, or the one that is called after the caller's account. It has to be in that account, if
/// the choice names no other one.
fn bucket(account: &Account, choice: &Choice, project: &str, caller: &str, region: &str) -> Bucket {
    match &choice.bucket {
        Some(chosen) => {
            let (owner, name) = chosen.split_once('/').unwrap_or((caller, chosen));
            Bucket::new(account, name, owner)
        }
        None => Bucket::new(account, &format!("{project}-driftless-{caller}-{region}"), caller),
    }
}

/// The environment `name` of `stack`, or the only one that there is.
pub fn chosen(stack: &Stack, name: Option<&str>) -> anyhow::Result<String> {
    if let Some(name) = name {
        stack.environment(name)?;
        return Ok(name.to_owned());
    }
    let mut names = stack.environments.keys();
    match (names.next(), names.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => hint::bail!("the stack has no environments", hint = "`environments.dev = {{ … }};` in infra.nix"),
        _ => {
            let names: Vec<_> = stack.environments.keys().map(String::as_str).collect();
            hint::bail!("which environment?", hint = "name it with `--env`: {}", names.join(", "))
        }
    }
}

fn check_account(name: &str, environment: &Environment, caller: &Caller) -> anyhow::Result<()> {
    match &environment.account {
        Some(account) if *account != caller.account => hint::bail!(
            "`{name}` belongs in account {account}, but the credentials are of {} ({}); nothing was done",
            caller.account,
            caller.arn,
            hint = "set AWS_PROFILE to a profile of account {account}"
        ),
        _ => Ok(()),
    }
}

/// An error where every environment of `stack` belongs in another account, so that nothing that all of them share can be in
/// the caller's.
pub(crate) fn check_project(stack: &Stack, caller: &Caller) -> anyhow::Result<()> {
    let environments = stack.environments.iter();
    let refused: Vec<_> = environments.filter_map(|(name, one)| check_account(name, one, caller).err()).collect();
    let all = refused.len() == stack.environments.len();
    match refused.into_iter().next() {
        Some(first) if all => Err(first),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack() -> Stack {
        Stack::parse(include_bytes!("../../../nix/rendered/stack.json")).unwrap()
    }

    #[test]
    fn an_environment_must_be_named_where_there_are_several() {
        let mut stack = stack();
        let error = hint::ErrorReport::of(&chosen(&stack, None).unwrap_err()).to_string();
        assert!(error.contains("`--env`: dev, prod"), "{error}");
        assert!(chosen(&stack, Some("staging")).is_err());
        stack.environments.remove("prod");
        assert_eq!(chosen(&stack, None).unwrap(), "dev");
    }

    #[tokio::test]
    async fn a_bucket_is_expected_in_the_callers_account_if_nobody_says_another() {
        let account = Account::load(&Settings::default()).await;
        for (chosen, name, owner) in [
            (None, "items-driftless-123456789012-eu-west-1", "123456789012"),
            (Some("states"), "states", "123456789012"),
            (Some("999999999999/states"), "states", "999999999999"),
        ] {
            let choice = Choice { bucket: chosen.map(str::to_owned), ..Choice::default() };
            let bucket = bucket(&account, &choice, "items", "123456789012", "eu-west-1");
            assert_eq!((bucket.name(), bucket.owner()), (name, owner));
        }
    }

    #[test]
    fn another_account_than_the_environments_is_refused() {
        let mut environment = stack().environments.remove("dev").unwrap();
        let caller = Caller { account: "123456789012".into(), arn: "arn:aws:iam::123456789012:user/me".into() };
        check_account("dev", &environment, &caller).unwrap();
        environment.account = Some("999999999999".into());
        let error = hint::ErrorReport::of(&check_account("dev", &environment, &caller).unwrap_err()).to_string();
        assert!(error.contains("999999999999") && error.contains("123456789012") && error.contains("hint:"), "{error}");
    }

    #[test]
    fn what_all_environments_share_is_in_the_account_of_one_of_them() {
        let mut stack = stack();
        let caller = Caller { account: "123456789012".into(), arn: "arn:aws:iam::123456789012:user/me".into() };
        for account in [None, Some("123456789012"), Some("999999999999")] {
            for environment in stack.environments.values_mut() {
                environment.account = Some("999999999999".into());
            }
            stack.environments.get_mut("prod").unwrap().account = account.map(str::to_owned);
            assert_eq!(check_project(&stack, &caller).is_ok(), account != Some("999999999999"), "{account:?}");
        }
    }
}
