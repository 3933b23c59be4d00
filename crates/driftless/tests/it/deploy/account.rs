//! A simulated account, and `driftless` run against it.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::bundle;
use crate::{
    built::workspace,
    image::fixture::{Said, said},
    tools::any,
};

pub(super) struct Account {
    server: Child,
    address: String,
    terraform: PathBuf,
    /// Where Terraform finds its provider, if not in its registry.
    plugins: Option<PathBuf>,
    directory: TempDir,
}

impl Account {
    /// An empty account; none if this machine lacks what it needs, which it says.
    pub(super) fn start() -> Option<Self> {
        Self::with(any("DRIFTLESS_TERRAFORM", &["terraform", "tofu"])?)
    }

    /// The same with this Terraform.
    pub(super) fn with(terraform: PathBuf) -> Option<Self> {
        let venv = venv()?;
        let mut server = Command::new(venv.join("bin/python"))
            .args(["-m", "rehearsal", "--port", "0", "--until-eof"])
            .current_dir(workspace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = serde_json::from_str::<Value>(&line).unwrap()["address"].as_str().unwrap().to_owned();
        let directory = tempfile::tempdir().unwrap();
        Some(Self { server, address, terraform, plugins: plugins(), directory })
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

    /// A bundle whose images and configuration differ by `version`.
    pub(super) fn bundle(&self, version: &str) -> PathBuf {
        let path = self.path(&format!("bundle-{version}"));
        if !path.exists() {
            bundle::write(&path, version);
        }
        path
    }

    /// `driftless` with these words, `BUNDLE` being the bundle of `version`, on a machine called `machine`.
    pub(super) fn command(&self, machine: &str, version: &str, words: &str) -> Command {
        let bundle = self.bundle(version);
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
        command.args(words.split_whitespace()).arg("--bundle").arg(bundle).current_dir(self.directory.path());
        for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "DRIFTLESS_ENV", "TF_CLI_CONFIG_FILE"] {
            command.env_remove(name);
        }
        command
            .env("AWS_ENDPOINT_URL", &self.address)
            .env("AWS_ACCESS_KEY_ID", "testing")
            .env("AWS_SECRET_ACCESS_KEY", "testing")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("DRIFTLESS_TERRAFORM", &self.terraform)
            .env("DRIFTLESS_STATE", self.path(machine))
            .stdin(Stdio::null());
        if let Some(plugins) = &self.plugins {
            command.env("TF_CLI_CONFIG_FILE", plugins);
        }
        command
    }

    pub(super) fn run(&self, version: &str, words: &str) -> Said {
        let said = said(&mut self.command("here", version, words));
        println!("$ driftless {words}   ({version})\n{}{}-> {}\n", said.err, said.out, said.code);
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
        let file = self.path("input");
        fs::write(&file, input).unwrap();
        let output = self.command("here", version, words).stdin(fs::File::open(&file).unwrap()).output().unwrap();
        fs::remove_file(file).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let said = Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
        assert_eq!(said.code, 0, "{words}: {}{}", said.err, said.out);
        said
    }

    /// Prepared, with every secret set.
    pub(super) fn ready(&self, environment: &str) {
        self.succeeds("one", &format!("bootstrap -e {environment} --yes"));
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
        let body = self.path("input.json");
        fs::write(&body, input.to_string()).unwrap();
        let target = format!("X-Amz-Target: {target}");
        self.call(service, "POST", "/", Some(&body), &["Content-Type: application/x-amz-json-1.1", &target])
    }

    /// Has the account itself be otherwise: `/_rehearsal/<name>`.
    pub(super) fn control(&self, name: &str, wanted: &Value) {
        let body = self.path("control.json");
        fs::write(&body, wanted.to_string()).unwrap();
        self.ask("POST", &format!("/_rehearsal/{name}"), Some(&body));
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

    /// How the tasks of deployments end that begin after this.
    pub(super) fn outcome(&self, outcome: &str) {
        let body = self.path("outcome");
        fs::write(&body, format!("{{\"outcome\": \"{outcome}\"}}")).unwrap();
        self.ask("POST", "/_rehearsal/outcome", Some(&body));
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}

/// The Python environment of the simulated account.
fn venv() -> Option<PathBuf> {
    let said = said(&mut Command::new(workspace().join("rehearsal/venv")));
    if said.code == 0 {
        return Some(said.out.trim().into());
    }
    println!("SKIPPED: the simulated account can't be run: {}", said.err);
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "with CI=true nothing may be skipped");
    None
}

/// The user's own choice, or a mirror that is beside this checkout where the registry cannot be reached.
fn plugins() -> Option<PathBuf> {
    let chosen = std::env::var_os("TF_CLI_CONFIG_FILE").map(PathBuf::from);
    chosen.filter(|path| path.is_file()).or_else(|| {
        let lab = workspace().parent()?.join("shared/lab/terraform-env");
        let said = lab.is_file().then(|| said(&mut Command::new(lab)))?;
        let line = said.out.lines().find_map(|line| line.strip_prefix("export TF_CLI_CONFIG_FILE="))?;
        Some(line.trim_matches('\'').into())
    })
}
