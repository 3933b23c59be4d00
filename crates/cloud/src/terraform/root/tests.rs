use std::os::unix::fs::PermissionsExt;

use axum::{Router, http::StatusCode};
use tokio::net::TcpListener;

use super::*;
use crate::{aws::Account, terraform::Version};

/// A root whose Terraform says that it was started, in a bucket of which S3 says `status`.
async fn root(place: &Path, status: StatusCode) -> Root {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let account = Account::played_at(&format!("http://{}", listener.local_addr().unwrap()), 1);
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(move || async move { status })).await });
    let program = place.join("terraform");
    fs::write(&program, "#!/bin/sh\ntouch started\necho '{}'\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let version = Version { major: 1, minor: 12, patch: 0 };
    Root {
        name: "dev".to_owned(),
        terraform: Terraform { program, name: "Terraform", version, plugins: None },
        backend: Backend { bucket: Bucket::new(&account, "items", "123456789012") },
        directory: Directory::take(place.join("root")).unwrap(),
        scheduled: Scheduled::default(),
    }
}

#[tokio::test]
async fn terraform_is_not_started_on_a_state_in_somebody_elses_bucket() {
    for (status, is_started) in [(StatusCode::OK, true), (StatusCode::FORBIDDEN, false)] {
        let place = tempfile::tempdir().unwrap();
        let root = root(place.path(), status).await;
        let (asked, refreshed) = (root.outputs().await, root.refresh().await);
        assert_eq!((asked.is_ok(), refreshed.is_ok()), (is_started, is_started));
        assert_eq!(root.path().join("started").exists(), is_started);
        if let Err(error) = refreshed {
            let report = hint::ErrorReport::of(&error);
            assert!(report.error.contains("`items` is not one of account 123456789012"), "{report}");
            assert!(report.hint.unwrap().contains("`--state-bucket`"));
        }
    }
}

/// With the real program, and a provider that `init` installs and nobody starts.
mod machine {
    use super::*;
    use crate::terraform::plugins;

    /// A package as nixpkgs makes it, at `place`: the program in a wrapper that installs the provider in this version only.
    fn package(place: &Path, terraform: &Path, version: &str) -> PathBuf {
        let plugins = place.join("libexec/terraform-providers");
        let platform = format!("linux_{}", if cfg!(target_arch = "x86_64") { "amd64" } else { "arm64" });
        for host in ["registry.terraform.io", "registry.opentofu.org"] {
            let provider = plugins.join(format!("{host}/hashicorp/null/{version}/{platform}"));
            fs::create_dir_all(&provider).unwrap();
            // As in nixpkgs, a script that names its own place: its hash is of this package alone.
            let script = provider.join(format!("terraform-provider-null_{version}"));
            fs::write(&script, format!("#!/bin/sh\n# {}\n", place.display())).unwrap();
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let program = place.join("bin").join(terraform.file_name().unwrap());
        fs::create_dir_all(place.join("bin")).unwrap();
        let (directory, terraform) = (plugins.display(), terraform.display());
        let script = format!("#!/bin/sh\nexport TF_CLI_ARGS_init=-plugin-dir={directory}\nexec {terraform} \"$@\"\n");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        program
    }

    /// Initialises as `Root::open` does; answers the version and the file that the provider is.
    async fn initialise(root: &mut Root, program: PathBuf, from: &Path) -> anyhow::Result<(String, PathBuf)> {
        root.terraform = Terraform::find(Some(&program)).await?;
        root.directory.install(from)?;
        root.prepare(from, &model::progress::Silent).await?;
        let installed = root.path().join(".terraform/providers");
        let host = fs::read_dir(installed)?.next().unwrap()?.path().join("hashicorp/null");
        let version = fs::read_dir(host)?.next().unwrap()?;
        let platform = fs::read_dir(version.path())?.next().unwrap()?.path();
        Ok((version.file_name().into_string().unwrap(), platform.canonicalize()?))
    }

    #[tokio::test]
    async fn after_an_update_of_the_package_its_providers_are_used() {
        let Some(terraform) = testing::any("DRIFTLESS_TERRAFORM", &["tofu", "terraform"]) else { return };
        let place = tempfile::tempdir().unwrap();
        let place = place.path().canonicalize().unwrap();
        let from = place.join("from");
        fs::create_dir(&from).unwrap();
        let needed = r#"{ "terraform": { "required_providers": { "null": { "source": "hashicorp/null" } } } }"#;
        fs::write(from.join("config.tf.json"), needed).unwrap();
        let mut root = root(&place, StatusCode::OK).await;
        let first = package(&place.join("first"), &terraform, "3.0.0");
        let (version, file) = initialise(&mut root, first.clone(), &from).await.unwrap();
        assert!(version == "3.0.0" && file.starts_with(place.join("first")), "{version} {}", file.display());

        // The same version in another place, which has another hash: what was installed is not what is pinned now.
        let second = package(&place.join("second"), &terraform, "3.0.0");
        let (version, file) = initialise(&mut root, second.clone(), &from).await.unwrap();
        assert!(version == "3.0.0" && file.starts_with(place.join("second")), "{version} {}", file.display());

        // The same again, after a garbage collection of what was installed.
        fs::remove_dir_all(place.join("second")).unwrap();
        let third = package(&place.join("third"), &terraform, "3.0.0");
        let (version, file) = initialise(&mut root, third, &from).await.unwrap();
        assert!(version == "3.0.0" && file.starts_with(place.join("third")), "{version} {}", file.display());

        // A newer version, and no other.
        let fourth = package(&place.join("fourth"), &terraform, "3.1.0");
        let (version, file) = initialise(&mut root, fourth.clone(), &from).await.unwrap();
        assert!(version == "3.1.0" && file.starts_with(place.join("fourth")), "{version} {}", file.display());

        // And an older one, as after going back to an earlier flake.lock.
        let (version, _) = initialise(&mut root, first, &from).await.unwrap();
        assert_eq!(version, "3.0.0");
        assert_eq!(
            root.terraform.plugins,
            plugins::beside(&place.join("first/bin").join(terraform.file_name().unwrap()))
        );

        // A lock that the project has chosen is not forgotten, and the refusal names it.
        fs::copy(root.path().join(LOCK_FILE), from.join(LOCK_FILE)).unwrap();
        let error = initialise(&mut root, fourth, &from).await.unwrap_err();
        let said = hint::ErrorReport::of(&error).to_string();
        assert!(said.contains(".terraform.lock.hcl"), "{said}");
    }
}
