//! A profile that wants a second factor, for whose code the AWS CLI asks and the SDK does not.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
};

const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/a is not \
                      authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/b</Message></Error>\
                      <RequestId>r</RequestId></ErrorResponse>";

/// Refuses whatever is asked, as STS does where the second factor is missing.
fn refuse(stream: TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or_default() <= 2 {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    let _ = reader.read_exact(&mut vec![0; length]);
    let head = format!("HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", DENIED.len());
    let _ = reader.get_mut().write_all([head.as_bytes(), DENIED.as_bytes()].concat().as_slice());
}

/// The error of `driftless` with this profile.
fn error_with(profile: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || listener.incoming().flatten().for_each(refuse));
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("config"), format!("[profile team]\nregion = us-east-1\n{profile}")).unwrap();
    let keys = "[person]\naws_access_key_id = a\naws_secret_access_key = b\n[team]\naws_access_key_id = a\naws_secret_access_key = b\n";
    fs::write(home.path().join("credentials"), keys).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        command.env_remove(name);
    }
    command
        .args(["releases", "-e", "dev"])
        .current_dir(super::built::workspace())
        .env("AWS_PROFILE", "team")
        .env("AWS_CONFIG_FILE", home.path().join("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", home.path().join("credentials"))
        .env("AWS_ENDPOINT_URL", &address)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    let output = command.output().unwrap();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_profile_with_a_second_factor_comes_with_what_asks_for_its_code() {
    let device = "mfa_serial = arn:aws:iam::1:mfa/a\n";
    let role = "role_arn = arn:aws:iam::1:role/b\nsource_profile = person\n";
    for profile in [format!("{role}{device}"), device.to_owned()] {
        let error = error_with(&profile);
        for remedy in [
            "`mfa_serial`",
            "`eval \"$(aws configure export-credentials --format env)\"`",
            "`credential_process",
            "aws-vault",
        ] {
            assert!(error.contains(remedy), "{profile}{error}");
        }
    }
    for profile in [role, ""] {
        let error = error_with(profile);
        assert!(error.contains("hint: ") && !error.contains("mfa"), "{profile}{error}");
    }
}
