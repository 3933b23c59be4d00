//! Where records are kept: objects in the state bucket that are made once.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use hint::Hint;
use jiff::Timestamp;
use model::release::Release;
use oci::Digest;
use registry::signing::Signer;

use super::{Kind, Record, SCHEMA};
use crate::{
    Outcome,
    terraform::{Tools, Variables},
};

/// Others that may take a number before us, at one time. More than there will ever be people at it.
const RIVALS: u32 = 50;

/// Objects by key, with the one promise that records need: what exists is not made again.
#[expect(async_fn_in_trait, reason = "used inside this crate, on one thread")]
pub trait Store {
    /// The keys that start with `prefix`, in order.
    async fn keys(&self, prefix: &str) -> anyhow::Result<Vec<String>>;
    /// The object `key`, or none.
    async fn read(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>>;
    /// Makes `key` if there is no such object; false if there is.
    async fn create(&self, key: &str, body: Vec<u8>) -> anyhow::Result<bool>;
}

/// The records of one environment.
#[derive(Clone, Debug)]
pub struct Records<S> {
    pub(super) store: S,
    pub(super) environment: String,
}

/// A record without its number, which it gets when it is added.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Whom AWS takes us for.
    pub by: String,
    /// What was done.
    pub kind: Kind,
    /// The commit that it was built from.
    pub revision: Option<String>,
    /// The stack and its images.
    pub release: Release,
    /// What the root was told.
    pub variables: Variables,
    /// What its root was planned with.
    pub planned_with: Option<Tools>,
    /// The configuration of each root of the stack.
    pub configurations: BTreeMap<String, Vec<u8>>,
}

impl<S: Store> Records<S> {
    /// The records of `environment` in `store`.
    pub fn new(store: S, environment: &str) -> Self {
        Self { store, environment: environment.to_owned() }
    }

    /// The numbers that are taken, ascending.
    pub async fn numbers(&self) -> anyhow::Result<Vec<u32>> {
        let prefix = format!("releases/{}/", self.environment);
        let keys = self.store.keys(&prefix).await.context("listing the releases")?;
        let number = |key: &String| key.strip_prefix(&prefix)?.strip_suffix(".json")?.parse().ok();
        let mut numbers: Vec<u32> = keys.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Release `number`.
    pub async fn get(&self, number: u32) -> anyhow::Result<Record> {
        let doing = || format!("reading release {number} of `{}`", self.environment);
        let body = self.store.read(&self.key(number)).await.with_context(doing)?;
        let Some(body) = body else {
            hint::bail!(
                "`{}` has no release {number}",
                self.environment,
                hint = "`driftless releases -e {}` lists them",
                self.environment
            )
        };
        let record: Record = serde_json::from_slice(&body).with_context(doing)?;
        let key = self.key(number);
        let remedy =
            || format!("the state bucket keeps every version of `{key}`: see who wrote it, and restore the right one");
        record.check(&self.environment, number).with_context(doing).with_hint(remedy)?;
        Ok(record)
    }

    /// The last `count` releases, newest first.
    pub async fn last(&self, count: usize) -> anyhow::Result<Vec<Record>> {
        let mut records = Vec::new();
        for number in self.numbers().await?.into_iter().rev().take(count) {
            records.push(self.get(number).await?);
        }
        Ok(records)
    }

    /// The newest release that was seen serving, or paused, with a number below `below` if that is given. None serves from
    /// before the environment was destroyed.
    pub async fn live(&self, below: Option<u32>) -> anyhow::Result<Option<Record>> {
        for number in self.numbers().await?.into_iter().rev() {
            if below.is_some_and(|below| number >= below) {
                continue;
            }
            let record = self.get(number).await?;
            if record.outcome == Outcome::Destroyed {
                return Ok(None);
            }
            if record.outcome.serves() {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// The newest release whose configuration is the one that was applied last: of one that was rolled back, that of the
    /// release before was.
    pub async fn applied(&self) -> anyhow::Result<Option<Record>> {
        for number in self.numbers().await?.into_iter().rev() {
            let record = self.get(number).await?;
            if record.outcome != Outcome::RolledBack {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// The configuration of `root` in `record`.
    pub async fn configuration(&self, record: &Record, root: &str) -> anyhow::Result<Vec<u8>> {
        let digest = record
            .configurations
            .get(root)
            .with_context(|| format!("release {} of `{}` has no root `{root}`", record.number, record.environment))?;
        let key = configuration_key(digest);
        let body = self.store.read(&key).await?.with_context(|| format!("the state bucket has no `{key}`"))?;
        ensure!(Digest::of(&body) == *digest, "`{key}` in the state bucket is not what its name says");
        Ok(body)
    }

    /// Adds a record under the next number that nobody else takes, with the signature of `signer` beside it.
    pub async fn add(
        &self,
        draft: Draft,
        outcome: Outcome,
        now: Timestamp,
        signer: Option<&dyn Signer>,
    ) -> anyhow::Result<Record> {
        let mut configurations = BTreeMap::new();
        for (root, body) in draft.configurations {
            let digest = Digest::of(&body);
            // Named by its content: one that exists is the same.
            self.store.create(&configuration_key(&digest), body).await.context("keeping a configuration")?;
            configurations.insert(root, digest);
        }
        let mut record = Record {
            schema: SCHEMA,
            number: self.numbers().await?.last().copied().unwrap_or(0) + 1,
            environment: self.environment.clone(),
            created_at: now,
            by: draft.by,
            kind: draft.kind,
            outcome,
            revision: draft.revision,
            release: draft.release,
            variables: draft.variables,
            planned_with: draft.planned_with,
            configurations,
        };
        for _ in 0..RIVALS {
            let body = serde_json::to_vec_pretty(&record)?;
            // What cannot be signed is not recorded either.
            let signature = match signer {
                Some(signer) => Some(self.sign(signer, record.number, &body).await?),
                None => None,
            };
            if self.store.create(&self.key(record.number), body).await.context("recording the release")? {
                if let Some(signature) = signature {
                    self.keep(record.number, &signature).await?;
                }
                return Ok(record);
            }
            record.number += 1;
        }
        hint::bail!("others take every number before us", hint = "run the command again")
    }

    fn key(&self, number: u32) -> String {
        super::key(&self.environment, number)
    }
}

fn configuration_key(digest: &Digest) -> String {
    format!("configurations/{}.tf.json", digest.hex())
}
