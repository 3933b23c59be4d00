//! The value of a secret is in Secrets Manager, and nowhere else.

use std::{fs, path::Path};

use super::account::Account;

const VALUE: &str = "hunter2-correct-horse-battery-staple";

#[test]
fn deploy_keeps_secret_values_out_of_everything() {
    let Some(mut account) = Account::start() else { return };
    let told = account.watch_terraform();
    let mut said = String::new();
    let mut keep = |one: crate::image::fixture::Said| said.extend([one.out, one.err]);
    keep(account.succeeds("one", "bootstrap -e dev --yes"));
    keep(account.run("one", "secrets check -e dev"));
    keep(account.succeeds_with("one", "secrets set backend/SECRET_KEY -e dev --yes -vv", VALUE));
    let deployed = account.succeeds("one", "deploy -e dev --yes --json -vv");
    for part in [
        "terraform `plan`",
        "terraform `apply`",
        "terraform.doing",
        "Secrets Manager",
        "aws.request_id",
        "`driftless deploy` ended",
    ] {
        assert!(deployed.err.contains(part), "`{part}` is not in the log: {}", deployed.err);
    }
    keep(deployed);
    // The plan of a rolling change of the secret: before, after, and kept.
    let rolled = account.succeeds_with("one", "secrets set backend/SECRET_KEY -e dev --yes", &format!("{VALUE}-2"));
    assert!(rolled.err.contains("secrets SECRET_KEY"), "the service rolls: {}", rolled.err);
    keep(rolled);
    keep(account.run("two", "plan -e dev --out kept --json"));
    keep(account.succeeds("two", "secrets list -e dev --json"));
    keep(account.succeeds("two", "releases -e dev --json"));
    assert!(!said.contains(VALUE), "it was printed");
    let bucket = "/items-driftless-123456789012-us-east-1";
    for key in ["dev.tfstate", "releases/dev/00000001.json", "releases/dev/00000002.json"] {
        let object = account.ask("GET", &format!("{bucket}/{key}"), None);
        assert!(object.contains("SECRET_KEY"), "{key} is not what it should be");
        assert!(!object.contains(VALUE), "it is in `{key}`");
    }
    // Arguments, which everybody on the machine can read, and environment; `read_all` looks into it, too.
    let told = fs::read_to_string(told).unwrap();
    for word in ["\napply ", "show -json", "TF_IN_AUTOMATION=1"] {
        assert!(told.contains(word), "`{word}` was not written down: {told}");
    }
    assert!(!told.contains(VALUE), "Terraform was told it");
    // Work directories, saved and kept plans (which are archives), bundles.
    assert!(read_all(account.directory()) > 10);
}

/// Looks through every file, and into archives; returns how many there were.
fn read_all(directory: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        // The provider: half a gigabyte that is the same for everybody.
        if path.is_symlink() || path.ends_with("providers") {
            continue;
        }
        if path.is_dir() {
            count += read_all(&path);
            continue;
        }
        count += 1;
        let mut bytes = fs::read(&path).unwrap();
        if bytes.starts_with(b"PK") {
            let output = std::process::Command::new("python3").args(["-c", UNZIP]).arg(&path).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            bytes = output.stdout;
        }
        let found = bytes.windows(VALUE.len()).any(|window| window == VALUE.as_bytes());
        assert!(!found, "it is in `{}`", path.display());
    }
    count
}

const UNZIP: &str = "import sys,zipfile
z=zipfile.ZipFile(sys.argv[1])
for n in z.namelist(): sys.stdout.buffer.write(z.read(n))";
