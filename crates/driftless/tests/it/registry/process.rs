//! The program as a process: interrupted, watched for its memory, and listened to for secrets.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Seek, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use oci::{Descriptor, Digest, Hasher};
use serde_json::{Value, json};

use super::fake::{Fake, Fault, PASSWORD, Step, USER, Wants, basic, secret_token};
use crate::image::fixture::Fixture;

fn command(fixture: &Fixture, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.env("DOCKER_CONFIG", fixture.path("docker")).env("XDG_CONFIG_HOME", fixture.path("config"));
    command.env_remove("REGISTRY_AUTH_FILE").env_remove("XDG_RUNTIME_DIR");
    command.current_dir(fixture.dir()).args(words.split_whitespace()).stdin(Stdio::null());
    command
}

/// The next line of JSON of this type.
fn next(lines: &mut impl Iterator<Item = std::io::Result<String>>, kind: &str) -> Option<Value> {
    lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap()).find(|event| event["type"] == kind)
}

fn begin(command: &mut Command) -> (Child, impl Iterator<Item = std::io::Result<String>> + use<>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_a_push_at_once_and_the_next_one_goes_on() {
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    let fake = Fake::start().await;
    // One blob arrives, the next never does.
    let words = format!("image push out {}/app:1 --json", fake.address);
    fake.fault(Fault::stuck(Step::PutManifest).always());
    let (mut child, mut lines) = begin(&mut command(&fixture, &words));
    for _ in 0..3 {
        next(&mut lines, "blob").unwrap();
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(fake.tag("app", "1"), None);

    fake.behave();
    let (child, mut lines) = begin(&mut command(&fixture, &words));
    let outcomes: Vec<_> = (0..3).map(|_| next(&mut lines, "blob").unwrap()["outcome"].clone()).collect();
    assert_eq!(outcomes, ["present"; 3]);
    assert!(child.wait_with_output().unwrap().status.success());
    assert!(fake.tag("app", "1").is_some() && fake.is_whole());
}

/// A layout with one layer of `size` zeros, most of which are a hole in the file.
fn huge(directory: &Path, size: u64) {
    let blobs = directory.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let put = |media_type: &str, bytes: &[u8]| {
        let descriptor = Descriptor::new(media_type, Digest::of(bytes), bytes.len() as u64);
        fs::write(blobs.join(descriptor.digest.hex()), bytes).unwrap();
        descriptor
    };
    let mut layer = File::create(blobs.join("layer")).unwrap();
    layer.set_len(size).unwrap();
    layer.rewind().unwrap();
    let mut hasher = Hasher::new(std::io::sink());
    std::io::copy(&mut File::open(blobs.join("layer")).unwrap(), &mut hasher).unwrap();
    hasher.flush().unwrap();
    let (_, digest, _) = hasher.finish();
    fs::rename(blobs.join("layer"), blobs.join(digest.hex())).unwrap();
    let config = put(oci::media_type::CONFIG, b"{}");
    let layer = json!({ "mediaType": oci::media_type::LAYER_ZSTD, "digest": digest, "size": size });
    let manifest = json!({
        "schemaVersion": 2, "mediaType": oci::media_type::MANIFEST, "config": config, "layers": [layer]
    });
    let manifest = put(oci::media_type::MANIFEST, manifest.to_string().as_bytes());
    oci::write_index(directory, manifest, None).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_of_one_gibibyte_is_pushed_in_64_mib_of_memory() {
    let fixture = Fixture::tiny();
    huge(&fixture.path("huge"), 1 << 30);
    let fake = Fake::start().await;
    let words = format!("image push huge {}/app:1 --json", fake.address);
    let (child, mut lines) = begin(&mut command(&fixture, &words));
    let (mut moved, mut peak) = (0, 0);
    while let Some(event) = next(&mut lines, "blob_moved") {
        moved += event["bytes"].as_u64().unwrap();
        // While it runs: the kernel's own record of the most that it ever used.
        let Ok(status) = fs::read_to_string(format!("/proc/{}/status", child.id())) else { break };
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        peak = peak.max(line.trim().trim_end_matches(" kB").parse::<u64>().unwrap());
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(moved > (1 << 30) - (16 << 20) && fake.is_whole() && fake.tag("app", "1").is_some());
    println!("peak: {peak} KiB");
    assert!((1..64 << 10).contains(&peak), "the push took {peak} KiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_and_no_token_is_ever_shown() {
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    let encoded = basic();
    let secrets = [PASSWORD, encoded.trim_start_matches("Basic "), &secret_token(1), &secret_token(2), "opensesame"];
    for wants in [Wants::Basic, Wants::Token(6), Wants::Token(100)] {
        for step in [None, Some(Step::HeadBlob), Some(Step::Begin), Some(Step::Put), Some(Step::PutManifest)] {
            let fake = Fake::with(wants, false).await;
            // A registry that quotes what it was sent.
            if let Some(step) = step {
                fake.fault(Fault::echo(step));
            }
            for more in ["", " --json"] {
                let words = format!("image push out {}/app:1 --username {USER} --password-stdin{more}", fake.address);
                let mut command = command(&fixture, &words);
                command.env("RUST_LOG", "trace").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
                let mut child = command.spawn().unwrap();
                child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
                let output = child.wait_with_output().unwrap();
                let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
                assert_eq!(output.status.success(), step.is_none(), "{wants:?}: {said}");
                assert!(!said.is_empty());
                for secret in secrets {
                    assert!(!said.contains(secret), "{step:?}: {said}");
                }
            }
        }
    }
}
