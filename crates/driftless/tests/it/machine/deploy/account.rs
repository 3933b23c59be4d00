//! A simulated account, and `driftless` run against it.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{bundle, running::Running};
use crate::{
    built::workspace,
    image::fixture::{Said, said},
};

pub(super) struct Account {
    /// None for a fork, which ends with what it was forked from.
    server: Option<Child>,
    address: String,
    /// Names the directory that `driftless` keeps its work in.
    machine: String,
    terraform: PathBuf,
    /// Where Terraform finds its provider, if not in its registry.
    plugins: Option<PathBuf>,
    directory: Arc<TempDir>,
    /// Whether the services are behind a load balancer.
    balanced: bool,
    /// Who asks: variables of the environment. The administrator, if nobody else.
    credentials: Vec<(String, String)>,
}

impl Account {
    /// An empty account; none if this machine lacks what it needs, which it says.
    pub(super) fn start() -> Option<Self> {
        Self::with(testing::any("DRIFTLESS_TERRAFORM", &["terraform", "tofu"])?)
    }

    /// The same with this Terraform.
    pub(super) fn with(terraform: PathBuf) -> Option<Self> {
        let venv = venv()?;
        let mut server = Command::new(venv.join("bin/python"))
            .args(["-m", "rehearsal", "--port", "0", "--until-eof"])
            .current_dir(workspace())
            .env("DRIFTLESS_JUDGE", judge())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = serde_json::from_str::<Value>(&line).unwrap()["address"].as_str().unwrap().to_owned();
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let (server, machine) = (Some(server), "here".to_owned());
        let (plugins, credentials) = (plugins(), Vec::new());
        Some(Self { server, address, machine, terraform, plugins, directory, balanced: false, credentials })
    }

    /// Puts what is deployed here behind a load balancer, which is reached by its name.
    pub(super) fn balanced(mut self) -> Self {
        self.balanced = true;
        self
    }

    /// A copy of the account as it is, on a machine called `name`.
    pub(super) fn fork(&self, name: &str) -> Self {
        let answer: Value = serde_json::from_str(&self.control("fork", &json!({}))).unwrap();
        Self {
            server: None,
            address: answer["address"].as_str().unwrap().to_owned(),
            machine: name.to_owned(),
            terraform: self.terraform.clone(),
            plugins: self.plugins.clone(),
            directory: Arc::clone(&self.directory),
            balanced: self.balanced,
            credentials: self.credentials.clone(),
        }
    }

    /// The same account, on a machine with these credentials.
    pub(super) fn with_credentials(&self, name: &str, credentials: Vec<(String, String)>) -> Self {
        Self {
            server: None,
            address: self.address.clone(),
            machine: name.to_owned(),
            terraform: self.terraform.clone(),
            plugins: self.plugins.clone(),
            directory: Arc::clone(&self.directory),
            balanced: self.balanced,
            credentials,
        }
    }

    /// Ends a fork before the account that it was forked from ends.
    pub(super) fn ends(self) {
        self.ask("POST", "/_rehearsal/stop", None);
    }

    /// Has Terraform started through a script that writes its arguments and environment down; returns where.
    pub(super) fn watch_terraform(&mut self) -> PathBuf {
        let (script, said) =
            (self.path("spy").join(self.terraform.file_name().unwrap()), self.path("terraform-was-told"));
        let (real, log) = (self.terraform.display(), said.display());
        fs::create_dir(script.parent().unwrap()).unwrap();
        fs::write(&script, format!("#!/bin/sh\n{{ echo \"$@\"; env; }} >> '{log}'\nexec '{real}' \"$@\"\n")).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        self.terraform = script;
        said
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The directory in which the root `name` is planned and applied.
    pub(super) fn work(&self, name: &str) -> PathBuf {
        self.path(&self.machine).join("roots/items-driftless-123456789012-us-east-1").join(name)
    }

    /// A bundle whose images and configuration differ by `version`.
    pub(super) fn bundle(&self, version: &str) -> PathBuf {
        let path = self.path(&format!("bundle-{version}"));
        if !path.exists() {
            bundle::write(&path, version, self.balanced);
        }
        path
    }

    /// `driftless` with these words, `BUNDLE` being the bundle of `version`, on a machine called `machine`.
    pub(super) fn command(&self, machine: &str, version: &str, words: &str) -> Command {
        let mut command = self.bare(machine, words);
        command.arg("--bundle").arg(self.bundle(version)).current_dir(self.directory.path());
        command
    }

    /// `driftless` with these words, on a machine called `machine`.
    fn bare(&self, machine: &str, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
        command.args(words.split_whitespace());
        for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "DRIFTLESS_ENV", "TF_CLI_CONFIG_FILE"] {
            command.env_remove(name);
        }
        command
            .env("AWS_ENDPOINT_URL", &self.address)
            .env("http_proxy", &self.address)
            .env("AWS_ACCESS_KEY_ID", "testing")
            .env("AWS_SECRET_ACCESS_KEY", "testing")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("DRIFTLESS_TEST_HURRY", "true")
            .env("DRIFTLESS_TERRAFORM", &self.terraform)
            .env("DRIFTLESS_STATE", self.path(machine))
            .envs(self.credentials.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        if let Some(plugins) = &self.plugins {
            command.env("TF_CLI_CONFIG_FILE", plugins);
        }
        command
    }

    pub(super) fn run(&self, version: &str, words: &str) -> Said {
        let said = said(&mut self.command(&self.machine, version, words));
        println!("$ driftless {words}   ({version})\n{}{}-> {}\n", said.err, said.out, said.code);
        assert!(!said.err.contains('\x1b') && !said.out.contains('\x1b'), "this is no terminal");
        said
    }

    /// `driftless` with these words in a checkout of the project.
    pub(super) fn in_project(&self, words: &str) -> Command {
        self.in_checkout("one", words)
    }

    /// `driftless` with these words in a checkout of the project at `version`.
    pub(super) fn in_checkout(&self, version: &str, words: &str) -> Command {
        let (project, bundle) = (self.path(&format!("project-{version}")), self.bundle(version));
        let rendered = project.join("nix/rendered");
        if !rendered.exists() {
            for root in ["foundation", "dev", "prod"] {
                let (from, to) = (bundle.join("terraform").join(root), rendered.join(root));
                fs::create_dir_all(&to).unwrap();
                fs::copy(from.join("config.tf.json"), to.join("config.tf.json")).unwrap();
            }
            fs::copy(bundle.join("stack.json"), rendered.join("stack.json")).unwrap();
        }
        let mut command = self.bare(&self.machine, words);
        command.current_dir(project);
        command
    }

    /// Runs it in a checkout of the project.
    pub(super) fn looks(&self, words: &str) -> Said {
        self.runs_in_checkout("one", words)
    }

    /// Runs it in a checkout of the project at `version`.
    pub(super) fn runs_in_checkout(&self, version: &str, words: &str) -> Said {
        let said = said(&mut self.in_checkout(version, words));
        println!("$ driftless {words}   (checkout of {version})\n{}{}-> {}\n", said.err, said.out, said.code);
        said
    }

    /// Begins what is to run while others do.
    pub(super) fn begins(&self, version: &str, words: &str) -> Running {
        Running::start(&mut self.command(&self.machine, version, words))
    }

    /// Runs what must be refused with `code`, in words that say what to do.
    pub(super) fn refuses(&self, code: i32, version: &str, words: &str) -> Said {
        let said = self.run(version, words);
        assert_eq!(said.code, code, "{words}");
        assert!(said.err.lines().last().unwrap().trim_start().starts_with("hint: "), "{words}: {}", said.err);
        said
    }

    /// Runs what must succeed.
    pub(super) fn succeeds(&self, version: &str, words: &str) -> Said {
        let said = self.run(version, words);
        assert_eq!(said.code, 0, "{words}");
        said
    }

    /// Runs it with text on standard input.
    pub(super) fn succeeds_with(&self, version: &str, words: &str, input: &str) -> Said {
        let file = self.path(&format!("{}-input", self.machine));
        fs::write(&file, input).unwrap();
        let output =
            self.command(&self.machine, version, words).stdin(fs::File::open(&file).unwrap()).output().unwrap();
        fs::remove_file(file).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let said = Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
        assert_eq!(said.code, 0, "{words}: {}{}", said.err, said.out);
        said
    }

    /// Prepared, with every secret set.
    pub(super) fn ready(&self, environment: &str) {
        self.ready_for("one", environment);
    }

    /// The same, with the repositories of `version`.
    pub(super) fn ready_for(&self, version: &str, environment: &str) {
        self.succeeds(version, &format!("bootstrap -e {environment} --yes"));
        let set = format!("secrets set backend/SECRET_KEY -e {environment} --yes");
        self.succeeds_with("one", &set, "a value\n");
    }

    /// Asks the account itself, as a test may.
    pub(super) fn ask(&self, method: &str, path: &str, body: Option<&Path>) -> String {
        self.call("s3", method, path, body, &["Content-Type: application/octet-stream"])
    }

    /// Has ECS do something behind the back of `driftless`.
    pub(super) fn ecs(&self, operation: &str, input: &Value) -> String {
        self.json("ecs", &format!("AmazonEC2ContainerServiceV20141113.{operation}"), input)
    }

    /// Has a service that speaks JSON do something.
    pub(super) fn json(&self, service: &str, target: &str, input: &Value) -> String {
        let body = self.path(&format!("{}-input.json", self.machine));
        fs::write(&body, input.to_string()).unwrap();
        let target = format!("X-Amz-Target: {target}");
        self.call(service, "POST", "/", Some(&body), &["Content-Type: application/x-amz-json-1.1", &target])
    }

    /// Has the account itself be otherwise: `/_rehearsal/<name>`.
    pub(super) fn control(&self, name: &str, wanted: &Value) -> String {
        let body = self.path(&format!("{}-control.json", self.machine));
        fs::write(&body, wanted.to_string()).unwrap();
        self.ask("POST", &format!("/_rehearsal/{name}"), Some(&body))
    }

    fn call(&self, service: &str, method: &str, path: &str, body: Option<&Path>, headers: &[&str]) -> String {
        let mut command = Command::new("curl");
        command.args(["-sS", "--fail", "-X", method]).arg(format!("{}{path}", self.address));
        // The account does not check signatures, but tells services apart by them.
        let scope = format!("Credential=testing/20260101/us-east-1/{service}/aws4_request");
        let signature = format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0");
        command.arg("-H").arg(format!("Authorization: {signature}"));
        for header in headers {
            command.args(["-H", header]);
        }
        if let Some(body) = body {
            command.arg("--data-binary").arg(format!("@{}", body.display()));
        }
        let said = said(&mut command);
        assert_eq!(said.code, 0, "{method} {path}: {}", said.err);
        said.out
    }

    /// Has Python do something with the account; `account.client("ecs")` is a client of boto3, `inventory(account)` all that
    /// is in it. Returns what it printed.
    pub(super) fn python(&self, script: &str) -> String {
        const BEGIN: &str = "import sys; sys.path.insert(0, 'rehearsal/tests')\nfrom conftest import Account; from inventory \
                             import inventory\naccount = Account(sys.argv[1], 0)\n";
        let mut command = Command::new(venv().unwrap().join("bin/python"));
        command.args(["-c", &format!("{BEGIN}{script}"), &self.address]).current_dir(workspace());
        let said = said(command.env_remove("http_proxy").env("PYTHONDONTWRITEBYTECODE", "1"));
        assert_eq!(said.code, 0, "{}", said.err);
        said.out
    }

    /// How the tasks of deployments end that begin after this.
    pub(super) fn outcome(&self, outcome: &str) {
        self.control("outcome", &json!({ "outcome": outcome }));
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            drop(server.stdin.take());
            let _ = server.wait();
        }
    }
}

/// The Python environment of the simulated account.
fn venv() -> Option<PathBuf> {
    let said = said(&mut Command::new(workspace().join("rehearsal/venv")));
    if said.code == 0 {
        return Some(said.out.trim().into());
    }
    testing::skipped(&format!("the simulated account can't be run: {}", said.err));
    None
}

/// The program that the account asks; built before, as a task should not wait for a compiler.
fn judge() -> PathBuf {
    let said = said(&mut Command::new(workspace().join("rehearsal/judge")));
    assert_eq!(said.code, 0, "{}", said.err);
    said.out.trim().into()
}

/// Where the user says that Terraform finds its provider: the registry may be out of reach.
fn plugins() -> Option<PathBuf> {
    std::env::var_os("TF_CLI_CONFIG_FILE").map(PathBuf::from).filter(|path| path.is_file())
}
