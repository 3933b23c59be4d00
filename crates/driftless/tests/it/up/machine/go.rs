//! A web program in Go: one static program, and so an image as those of Rust are.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use oci::{Compression, Image, ImageSpec};
use serde_json::{Value, json};

use super::foreign::{self, ca_bundle};

const PROGRAM: &str = r#"package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/signal"
	"os/user"
	"syscall"
)

func canWrite(path string) bool { return os.WriteFile(path+"/file", nil, 0o600) == nil }

func main() {
	server := http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT")}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		who, _ := user.Current()
		json.NewEncoder(w).Encode(map[string]any{
			"path": r.URL.Path, "ids": []int{os.Getuid(), os.Getgid()}, "user": who.Username,
			"root": canWrite("/"), "tmp": canWrite("/tmp"),
		})
	})
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() { <-ended; server.Shutdown(context.Background()) }()
	server.ListenAndServe()
}
"#;

/// Compiles it in the directory `scratch`, as `buildGoModule` with `CGO_ENABLED = 0` does; none, and said so, without Go.
pub(crate) fn program(scratch: &Path) -> Option<PathBuf> {
    let go = testing::found(&["go"])?;
    fs::write(scratch.join("go.mod"), "module web\n\ngo 1.19\n").unwrap();
    fs::write(scratch.join("main.go"), PROGRAM).unwrap();
    let mut build = Command::new(&go[0]);
    build.args(["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", "web"]).current_dir(scratch);
    for (name, value) in [("CGO_ENABLED", "0"), ("GOFLAGS", "-mod=mod"), ("GOPROXY", "off"), ("GOTOOLCHAIN", "local")] {
        build.env(name, value);
    }
    let output = build.env("GOCACHE", scratch.join("cache")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(scratch.join("web"))
}

/// Packs it as `images/web` in `out`.
fn image(program: PathBuf, out: &Path) -> Image {
    fs::create_dir_all(out.join("images")).unwrap();
    fs::write(out.join("ca.crt"), ca_bundle()).unwrap();
    let spec = ImageSpec {
        created: None,
        binary: program,
        ca_bundle: out.join("ca.crt"),
        platform: None,
        compression: Compression::default(),
        files: BTreeMap::new(),
        annotations: BTreeMap::new(),
    };
    oci::build_image(&spec, &out.join("images/web")).unwrap()
}

#[test]
fn a_program_in_go_is_an_image_like_any_other_and_runs() {
    let (scratch, made) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(program) = program(scratch.path()) else { return };
    let image = image(program, made.path());
    let health = json!({
        "path": "/health", "interval_seconds": 30, "timeout_seconds": 5, "healthy_threshold": 2, "unhealthy_threshold": 2
    });
    let service = json!({
        "package": "web", "port": 8000, "rules": [{ "priority": 1, "paths": ["/*"] }], "health": health, "cpu": 256,
        "memory": 512, "tasks": 1, "data": null, "stop_timeout_seconds": 5, "drain_seconds": 2
    });
    let stack = json!({ "schema": 2, "project": "shop", "services": { "web": service } });
    let image = json!({ "digest": image.digest, "platform": image.platform.to_string(), "size": image.size });
    let release = json!({ "schema": 1, "stack": stack, "images": { "web": image } });
    fs::write(made.path().join("release.json"), release.to_string()).unwrap();

    for (stack, _) in foreign::started(made.path()) {
        let (code, body) = stack.get("/some/page");
        let seen: Value = serde_json::from_str(&body).unwrap();
        let expected =
            json!({ "path": "/some/page", "ids": [65532, 65532], "user": "nonroot", "root": false, "tmp": true });
        assert_eq!((code, seen), (200, expected));
    }
}
