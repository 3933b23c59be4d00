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
        terraform: Terraform { program, name: "Terraform", version },
        backend: Backend { bucket: Bucket::new(&account, "items", "123456789012") },
        directory: Directory::take(place.join("root")).unwrap(),
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
