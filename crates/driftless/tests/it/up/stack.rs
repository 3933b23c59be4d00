//! A stack of probes in a directory of its own, ended with the test.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::probe::{self, Probe};

/// A user without privileges, if the tests run as root.
const NOBODY: u32 = 54_321;
/// More than anything here should take on a slow machine.
const DEADLINE: Duration = Duration::from_mins(1);

pub(super) struct Stack {
    directory: tempfile::TempDir,
    program: PathBuf,
    /// The user that runs it, if not this one.
    user: Option<u32>,
    isolation: &'static str,
}

impl Stack {
    /// With whatever isolation this machine allows.
    pub(super) fn new() -> Self {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_driftless"));
        Self { directory: tempfile::tempdir().unwrap(), program, user: None, isolation: "auto" }
    }

    /// Run by a user without privileges.
    pub(super) fn unprivileged() -> Self {
        let mut stack = Self::new();
        if is_root() {
            // The checkout may be where others cannot look.
            let program = stack.path("driftless");
            fs::copy(&stack.program, &program).unwrap();
            std::os::unix::fs::chown(stack.directory.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            (stack.program, stack.user) = (program, Some(NOBODY));
        }
        stack
    }

    pub(super) fn isolated(mut self, isolation: &'static str) -> Self {
        self.isolation = isolation;
        self
    }

    pub(super) fn isolation(&self) -> &'static str {
        self.isolation
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes the bundle that [`Self::up`] runs.
    pub(super) fn bundle(&self, probes: &[Probe]) -> PathBuf {
        let out = self.path("bundle");
        probe::bundle(&out, probes);
        if self.user.is_some() {
            assert!(Command::new("chmod").arg("-R").arg("a+rX").arg(&out).status().unwrap().success());
        }
        out
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = match self.user {
            None => Command::new(&self.program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                let user = user.to_string();
                command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]).arg(&self.program);
                command
            }
        };
        command.args(arguments).arg("--data").arg(self.data()).current_dir("/").env("NO_COLOR", "1");
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// The command that runs the bundle of `probes`.
    pub(super) fn up_command(&self, arguments: &[&str], probes: &[Probe]) -> Command {
        let bundle = self.bundle(probes);
        let mut command = self.command(&["up", "--timeout", "20"]);
        command.args(arguments).arg("--bundle").arg(bundle);
        // A running engine keeps its own.
        if !self.data().join("engine.sock").exists() {
            command.args(["--port", "0", "--isolation", self.isolation]);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs `probes` in the background, or rolls to them.
    pub(super) fn try_up(&self, probes: &[Probe]) -> Output {
        self.up_command(&["--detach"], probes).output().unwrap()
    }

    /// The same, and it must succeed. Gives what it said.
    pub(super) fn up(&self, probes: &[Probe]) -> String {
        let output = self.try_up(probes);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.success(),
            "{said}{}",
            fs::read_to_string(self.data().join("engine.log")).unwrap_or_default()
        );
        said
    }

    pub(super) fn status(&self) -> Value {
        let output = self.run(&["status", "--json"]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    }

    /// Host and port of the stack.
    pub(super) fn address(&self) -> String {
        let url = self.status()["url"].as_str().unwrap().to_owned();
        url.replace("http://localhost", "127.0.0.1")
    }

    pub(super) fn get(&self, path: &str) -> (u16, String) {
        get(&self.address(), path)
    }

    /// Waits until the status is as `wanted`.
    pub(super) fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        until(what, || Some(self.status()).filter(&wanted))
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let output = self.run(&["down"]);
        assert!(output.status.success() || std::thread::panicking(), "{output:?}");
    }
}

pub(super) fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

/// Asks `address` for `path`. A code of 0 is no answer.
pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().unwrap_or_default();
    let code = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
    (code, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

/// Waits until `found` gives something.
pub(super) fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(began.elapsed() < DEADLINE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Processes whose environment names this stack's directory, or that are programs of its images.
pub(super) fn processes(directory: &Path) -> Vec<String> {
    let directory = directory.to_str().unwrap();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().into_string().ok()?.parse::<u32>().ok());
    let of = |pid: u32| {
        let mounts = fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap_or_default();
        let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default().replace('\0', " ");
        (mounts.contains(directory) || line.contains(directory)).then(|| format!("{pid} {line}"))
    };
    pids.filter(|pid| *pid != std::process::id()).filter_map(of).collect()
}

/// Sends a signal with the shell's `kill`: there may be no program of that name.
pub(super) fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}
