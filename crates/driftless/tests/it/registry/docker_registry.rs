//! The registry that Debian packages, as a real part.

use std::{
    fs::{self, File},
    io,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A real registry on a free port of this machine, stopped when dropped.
pub(crate) struct DockerRegistry {
    process: Child,
    pub(crate) address: String,
}

impl DockerRegistry {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::with(dir, "")
    }

    /// With more lines of its configuration.
    pub(crate) fn with(dir: &Path, more: &str) -> Self {
        let (config, log) = (dir.join("registry.yml"), dir.join("registry.log"));
        let storage = dir.join("registry");
        let settings = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: 127.0.0.1:0\n{more}",
            storage.display()
        );
        fs::write(&config, settings).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut registry = Self { process, address: String::new() };
        registry.address = registry.wait_for_address(&log).unwrap();
        registry
    }

    /// The address that the registry chose, from its log.
    fn wait_for_address(&mut self, log: &Path) -> io::Result<String> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let text = fs::read_to_string(log)?;
            // A line that is still being written has no end.
            let line = text.split_once("listening on ").and_then(|(_, rest)| rest.split_once('\n'));
            if let Some(address) = line.and_then(|(line, _)| line.split(['"', ' ', ',']).next()) {
                return Ok(address.to_owned());
            }
            if self.process.try_wait()?.is_some() || Instant::now() > deadline {
                return Err(io::Error::other(format!("the registry does not listen: {text}")));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for DockerRegistry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
