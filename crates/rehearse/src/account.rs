//! The simulated account: a process that answers as AWS would.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context, bail, ensure};
use hint::Hint;
use hyper::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::http::Http;

/// Its number.
pub(crate) const ACCOUNT: &str = "123456789012";

/// How long the account may take to answer for the first time, in seconds: Python has much to read.
const START: u64 = 120;

/// An account. It ends when it is dropped, or with this process, however that ends.
#[derive(Debug)]
pub(crate) struct Account {
    /// Where it answers.
    pub(crate) address: String,
    http: Http,
    /// It ends when its standard input does.
    process: Child,
}

#[derive(Deserialize)]
struct Started {
    address: String,
}

impl Account {
    /// Starts it: `python` with the package `rehearsal` of `sources`, its requests judged by `judge`.
    pub(crate) async fn start(python: &Path, sources: &Path, judge: &Path) -> anyhow::Result<Self> {
        let mut process = Command::new(python)
            .args(["-m", "rehearsal", "--port", "0", "--until-eof"])
            .current_dir(sources)
            .env("DRIFTLESS_JUDGE", judge)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Control-C on the terminal is for us, who ask the account to the end.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting `{}`", python.display()))?;
        let started = match timeout(Duration::from_secs(START), first_line(&mut process)).await {
            Ok(started) => started?,
            Err(_) => bail!("the simulated account did not answer within {START} s"),
        };
        Ok(Self { address: started.address, http: Http::new(), process })
    }

    /// What a program needs in its environment to take this account for AWS, and its load balancers for the internet's.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.address.clone()),
            ("http_proxy", self.address.clone()),
            ("AWS_ACCESS_KEY_ID", "rehearsal".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "rehearsal".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
        ]
    }

    /// Asks the account itself, not what it plays.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, what: &str) -> anyhow::Result<T> {
        let answer = self.http.json(Method::GET, &self.control(what), Vec::new()).await;
        let answer = answer.with_context(|| format!("asking for {what}"))?;
        ensure!(answer.status.is_success(), "the simulated account answers {} when asked for {what}", answer.status);
        serde_json::from_slice(&answer.body).with_context(|| format!("reading the {what} of the simulated account"))
    }

    /// Tells the account itself.
    pub(crate) async fn tell(&self, what: &str, body: &Value) -> anyhow::Result<()> {
        let answer = self.http.json(Method::POST, &self.control(what), body.to_string().into_bytes()).await;
        let answer = answer.with_context(|| format!("telling {what}"))?;
        if answer.status.is_success() {
            return Ok(());
        }
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        bail!("the simulated account did not take {what}: {}", said["error"].as_str().unwrap_or("it does not say why"))
    }

    /// Calls AWS, as somebody in its console does: one of the services that speak JSON.
    pub(crate) async fn call(&self, service: &str, target: &str, region: &str, body: &Value) -> anyhow::Result<()> {
        // Who it is counts, and not the signature.
        let signed = format!(
            "AWS4-HMAC-SHA256 Credential=rehearsal/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let headers = [("X-Amz-Target", target), ("Authorization", &signed)];
        let answer = self.http.aws(&self.address, &headers, body.to_string().into_bytes()).await;
        let answer = answer.with_context(|| format!("calling `{target}`"))?;
        ensure!(answer.status.is_success(), "{target}: {}", String::from_utf8_lossy(&answer.body));
        Ok(())
    }

    /// Has tasks that would start be run by an agent.
    pub(crate) async fn run_for_real(&self) -> anyhow::Result<()> {
        self.tell("outcome", &json!({ "service": "*", "outcome": "real" })).await
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) {
        drop(self.process.stdin.take());
        if timeout(Duration::from_secs(5), self.process.wait()).await.is_err() {
            // It is gone.
            let _ = self.process.kill().await;
        }
    }

    fn control(&self, what: &str) -> String {
        format!("{}/_rehearsal/{what}", self.address)
    }
}

/// Waits for the line that says where it answers.
async fn first_line(process: &mut Child) -> anyhow::Result<Started> {
    let mut line = String::new();
    if let Some(stdout) = process.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).await.context("reading from the simulated account")?;
    }
    if let Ok(started) = serde_json::from_str(&line) {
        return Ok(started);
    }
    let mut said = String::new();
    if let Some(mut stderr) = process.stderr.take() {
        // What could be read is said.
        let _ = stderr.read_to_string(&mut said).await;
    }
    let last = said.lines().last().unwrap_or("it does not say why").to_owned();
    Err(anyhow::anyhow!("the simulated account did not start: {last}"))
        .hint("what it needs is in rehearsal/requirements.txt: remove its environment below ~/.cache/driftless to have it made again")
}
