//! The state bucket: versioned, encrypted, private, TLS only. The one thing on AWS that Terraform does not own, because
//! its state is in it.

mod policy;

use anyhow::Context;

use super::Unfinished;
use crate::{aws::s3::Bucket, owner};

/// A setting that the bucket must have.
struct Setting {
    /// Name of the setting in S3.
    name: &'static str,
    /// The same for people.
    words: &'static str,
    /// What is written.
    content: &'static str,
    /// What its content has if it is set.
    marks: &'static [&'static str],
}

const SETTINGS: [Setting; 3] = [
    Setting {
        name: "versioning",
        words: "every version is kept",
        content: "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status>\
                  </VersioningConfiguration>",
        marks: &["<Status>Enabled</Status>"],
    },
    Setting {
        name: "encryption",
        words: "what it holds is encrypted",
        content: "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>\
                  <ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
                  </ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
        marks: &["<SSEAlgorithm>"],
    },
    Setting {
        name: "publicAccessBlock",
        words: "it is closed to the public",
        content: "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                  <BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
                  <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>\
                  </PublicAccessBlockConfiguration>",
        marks: &[
            "<BlockPublicAcls>true",
            "<IgnorePublicAcls>true",
            "<BlockPublicPolicy>true",
            "<RestrictPublicBuckets>true",
        ],
    },
];

/// Not for a stand-in for AWS on this machine that has no TLS: it would shut us out.
const POLICY: &str = "policy";
const TLS_ONLY: &str = "it is reached through TLS only";

/// How a state bucket is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Whether it is there.
    pub exists: bool,
    /// Names of the settings that it lacks.
    lacks: Vec<&'static str>,
}

impl State {
    /// What is to be so and is not, in words.
    pub fn lacks(&self) -> Vec<&'static str> {
        let settings = SETTINGS.iter().map(|setting| (setting.name, setting.words));
        let all = settings.chain([(POLICY, TLS_ONLY)]);
        all.filter(|(name, _)| self.lacks.contains(name)).map(|(_, words)| words).collect()
    }

    /// Looks at `bucket`.
    pub async fn of(bucket: &Bucket, tls: bool) -> anyhow::Result<Self> {
        let doing = || format!("looking at the state bucket `{}`", bucket.name());
        if !owner::exists(bucket).await.with_context(doing)? {
            return Ok(Self::default());
        }
        let mut lacks = Vec::new();
        for setting in &SETTINGS {
            let content = bucket.configuration(setting.name).await.with_context(doing)?.unwrap_or_default();
            if !setting.marks.iter().all(|mark| content.contains(mark)) {
                lacks.push(setting.name);
            }
        }
        if tls {
            let content = bucket.configuration(POLICY).await.with_context(doing)?.unwrap_or_default();
            if !policy::has_tls_only(&content, bucket.name()) {
                lacks.push(POLICY);
            }
        }
        Ok(Self { exists: true, lacks })
    }
}

/// Makes `bucket`, or gives it the settings that it lacks. Returns what was done, in words.
pub async fn bootstrap(bucket: &Bucket, tls: bool) -> anyhow::Result<Vec<String>> {
    let state = State::of(bucket, tls).await?;
    let mut done = Vec::new();
    let ended = set_up(bucket, tls, &state, &mut done).await;
    let half = || Unfinished::new("the state bucket is not ready yet; run the same command again to continue");
    ended.map_err(|error| if done.is_empty() { error } else { error.context(half()) })?;
    Ok(done)
}

async fn set_up(bucket: &Bucket, tls: bool, state: &State, done: &mut Vec<String>) -> anyhow::Result<()> {
    if !state.exists {
        bucket.create().await.with_context(|| format!("making the state bucket `{}`", bucket.name()))?;
        done.push(format!("made the state bucket `{}`:", bucket.name()));
    } else if !state.lacks.is_empty() {
        done.push(format!("repaired the state bucket `{}`:", bucket.name()));
    }
    let lacks = |name: &str| !state.exists || state.lacks.contains(&name);
    let doing = |name: &str| format!("setting `{name}` of the state bucket `{}`", bucket.name());
    for setting in SETTINGS.iter().filter(|setting| lacks(setting.name)) {
        bucket.configure(setting.name, setting.content).await.with_context(|| doing(setting.name))?;
        done.push(format!("  {}", setting.words));
    }
    if tls && lacks(POLICY) {
        let there = bucket.configuration(POLICY).await.with_context(|| doing(POLICY))?;
        let content = policy::with_tls_only(there.as_deref(), bucket.name()).with_context(|| doing(POLICY))?;
        bucket.configure(POLICY, &content).await.with_context(|| doing(POLICY))?;
        done.push(format!("  {TLS_ONLY}"));
    }
    Ok(())
}
