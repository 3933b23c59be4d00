//! The probe: a service compiled by these tests, packed into images of any version.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use oci::{Compression, Digest, ImageSpec};
use serde_json::{Value, json};

/// A service of a stack.
#[derive(Clone)]
pub(super) struct Probe {
    pub(super) name: &'static str,
    /// `crash…` exits with code 3 at once, `sick…` is never healthy.
    pub(super) version: &'static str,
    pub(super) environment: BTreeMap<&'static str, &'static str>,
    pub(super) secrets: Vec<&'static str>,
    pub(super) tasks: u32,
    pub(super) stop_timeout: u32,
}

impl Probe {
    pub(super) fn new(name: &'static str, version: &'static str) -> Self {
        Self { name, version, environment: BTreeMap::new(), secrets: Vec::new(), tasks: 1, stop_timeout: 10 }
    }

    pub(super) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.insert(name, value);
        self
    }

    /// The entry in `stack.json`. It answers below `/<name>/`.
    fn definition(&self, priority: usize) -> Value {
        json!({
            "package": self.name,
            "port": 8000,
            "rules": [{ "priority": priority, "paths": [format!("/{}/*", self.name)] }],
            "health": {
                "path": "/health", "interval_seconds": 30, "timeout_seconds": 5,
                "healthy_threshold": 2, "unhealthy_threshold": 2
            },
            "environment": self.environment,
            "secrets": self.secrets,
            "cpu": 256,
            "memory": 512,
            "tasks": self.tasks,
            "data": "/data",
            "stop_timeout_seconds": self.stop_timeout,
            "drain_seconds": 20
        })
    }
}

/// Writes a bundle of `probes` into the directory `out`, over the one that is there.
pub(super) fn bundle(out: &Path, probes: &[Probe]) {
    let _ = fs::remove_dir_all(out);
    fs::create_dir_all(out.join("images")).unwrap();
    let (mut services, mut images) = (BTreeMap::new(), BTreeMap::new());
    for (index, probe) in probes.iter().enumerate() {
        let built = image(probe, &out.join("images").join(probe.name));
        services.insert(probe.name, probe.definition(index + 1));
        images.insert(
            probe.name,
            json!({ "digest": built.digest, "platform": built.platform.to_string(), "size": built.size }),
        );
    }
    let stack = json!({ "schema": 2, "project": "probes", "services": services });
    let release = json!({ "schema": 1, "stack": stack, "images": images });
    fs::write(out.join("release.json"), release.to_string()).unwrap();
}

fn image(probe: &Probe, layout: &Path) -> oci::Image {
    let binary = layout.with_extension("binary");
    let mut bytes = fs::read(compiled()).unwrap();
    bytes.extend(format!("{:<16}", probe.version).bytes());
    fs::write(&binary, bytes).unwrap();
    let ca_bundle = layout.with_extension("pem");
    let mut certificates = Command::new(env!("CARGO_BIN_EXE_driftless"));
    let certificates = certificates.args(["image", "ca-bundle"]).output().unwrap();
    fs::write(&ca_bundle, certificates.stdout).unwrap();
    let annotations = BTreeMap::new();
    let compression = Compression::default();
    let spec = ImageSpec {
        created: None,
        binary: binary.clone(),
        ca_bundle: ca_bundle.clone(),
        platform: None,
        compression,
        files: BTreeMap::new(),
        annotations,
    };
    let built = oci::build_image(&spec, layout).unwrap();
    fs::remove_file(binary).unwrap();
    fs::remove_file(ca_bundle).unwrap();
    built
}

/// The probe's program, compiled once for all tests.
fn compiled() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/probe.rs");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = directory.join(format!("probe-{}", &Digest::of(&fs::read(&source).unwrap()).hex()[..16]));
    if !program.exists() {
        let staging = tempfile::tempdir_in(directory).unwrap();
        let out = staging.path().join("probe");
        let target = format!("{}-unknown-linux-gnu", env::consts::ARCH);
        let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args(["--edition", "2024", "-O", "-C", "target-feature=+crt-static", "-C", "strip=symbols"])
            .args(["--target", &target, "-o"])
            .arg(&out)
            .arg(&source)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // Tests in other processes see all of it or nothing.
        fs::rename(out, &program).unwrap();
    }
    program
}
