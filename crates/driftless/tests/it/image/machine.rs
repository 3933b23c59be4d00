//! Other people's tools on our images.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use super::fixture::{Fixture, run};
use crate::registry::docker_registry::DockerRegistry;

const CODECS: [&str; 2] = ["zstd", "gzip"];

fn skopeo(fixture: &Fixture) -> Command {
    let mut command = Command::new("skopeo");
    command.arg("--insecure-policy").current_dir(fixture.dir());
    command
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn skopeo_reads_our_images() {
    if testing::found(&["skopeo"]).is_none() {
        return;
    }
    let fixture = Fixture::real();
    for codec in CODECS {
        let built = fixture.build(codec, &format!("--compression {codec}"));
        let seen = json(&run(skopeo(&fixture).args(["inspect", &format!("oci:{codec}")])));
        assert_eq!(seen["Digest"], built["digest"]);
        assert_eq!(
            format!("{}/{}", seen["Os"].as_str().unwrap(), seen["Architecture"].as_str().unwrap()),
            built["platform"]
        );
        assert_eq!(seen["Layers"].as_array().unwrap().len(), 2);
        let config = json(&run(skopeo(&fixture).args(["inspect", "--config", &format!("oci:{codec}")])));
        assert_eq!(config["config"]["Entrypoint"], serde_json::json!(["/bin/app"]));
        assert_eq!(config["config"]["User"], "65532:65532");
    }
}

#[test]
fn a_registry_takes_our_images_and_names_the_same_digest() {
    if testing::found(&["skopeo", "docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::real();
    let registry = DockerRegistry::start(fixture.dir());
    for codec in CODECS {
        let built = fixture.build(codec, &format!("--compression {codec}"));
        let remote = format!("docker://{}/{codec}:test", registry.address);
        run(skopeo(&fixture).args(["copy", "--dest-tls-verify=false", &format!("oci:{codec}"), &remote]));
        let seen = json(&run(skopeo(&fixture).args(["inspect", "--tls-verify=false", &remote])));
        assert_eq!(seen["Digest"], built["digest"]);

        // And back: what comes out of a registry is what went in.
        let back = format!("{codec}-back");
        run(skopeo(&fixture).args(["copy", "--src-tls-verify=false", &remote, &format!("oci:{back}:latest")]));
        let said = fixture.image(&format!("verify {back} --json"));
        assert_eq!(json(&said.out)["digest"], built["digest"], "{}", said.out);
    }
}

#[test]
fn umoci_unpacks_our_images() {
    if testing::found(&["umoci"]).is_none() {
        return;
    }
    let fixture = Fixture::real();
    for codec in CODECS {
        fixture.build(codec, &format!("--compression {codec}"));
        let bundle = format!("{codec}-bundle");
        let mut umoci = Command::new("umoci");
        umoci.args(["unpack", "--rootless", "--image", codec, &bundle]).current_dir(fixture.dir());
        let output = umoci.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        if codec == "zstd" && stderr.contains("not correct mediatype") {
            // Debian 12's, 0.4.7, is such a one: for umoci, gzip is the option.
            testing::left_out("this umoci cannot read layers of zstd; a newer one can");
            continue;
        }
        assert!(output.status.success(), "{stderr}");
        let root = fixture.path(&bundle).join("rootfs");
        assert_eq!(fs::read(root.join("bin/app")).unwrap(), fs::read(fixture.path("app")).unwrap());
        assert_eq!(fs::metadata(root.join("bin/app")).unwrap().permissions().mode() & 0o7777, 0o555);
        assert_eq!(fs::metadata(root.join("tmp")).unwrap().permissions().mode() & 0o7777, 0o1777);
        assert!(fs::read_to_string(root.join("etc/passwd")).unwrap().contains("nonroot:x:65532:65532:"));
        assert_eq!(run(&mut Command::new(root.join("bin/app"))), "it runs\n");
        let config = json(&fs::read_to_string(fixture.path(&bundle).join("config.json")).unwrap());
        assert_eq!(config["process"]["args"], serde_json::json!(["/bin/app"]));
        assert_eq!(config["process"]["cwd"], "/");
    }
}
