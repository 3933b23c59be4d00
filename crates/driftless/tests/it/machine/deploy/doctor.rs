//! What `driftless doctor` finds in accounts that are not as they should be.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::account::Account;
use crate::image::fixture::{Said, said};

const BUCKET: &str = "items-driftless-123456789012-us-east-1";

/// An account, and a machine with a Terraform that knows no more than its version, and a mirror of providers.
struct Patient {
    account: Account,
}

impl Patient {
    /// With nothing in its account.
    fn new() -> Option<Self> {
        let patient = Self { account: Account::with(PathBuf::from("set below"))? };
        patient.terraform("1.11.4");
        fs::create_dir_all(patient.mirrored("5.100.0")).unwrap();
        let mirror = patient.account.path("mirror");
        let text = format!("provider_installation {{\n  filesystem_mirror {{ path = \"{}\" }}\n}}\n", mirror.display());
        fs::write(patient.account.path("terraformrc"), text).unwrap();
        // The other bundles have no network: Terraform takes long to make one.
        patient.edit("terraform/dev/config.tf.json", |root| {
            root["resource"]["aws_vpc"] = json!({ "main": {} });
            root["resource"]["aws_eip"] = json!({ "nat_a": {}, "nat_b": {} });
            root["resource"]["aws_lb"] = json!({ "main": {} });
            root["resource"]["aws_acm_certificate"] = json!({ "main": { "domain_name": "items.example.com" } });
        });
        patient.edit("stack.json", |stack| stack["environments"]["dev"]["url"] = json!("https://items.example.com"));
        Some(patient)
    }

    /// With all that a deployment needs.
    fn healthy() -> Option<Self> {
        let patient = Self::new()?;
        patient.put("", "");
        patient.put("?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        patient.put(
            "?encryption",
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256\
             </SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
        );
        patient.put(
            "?publicAccessBlock",
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true\
             </IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true\
             </RestrictPublicBuckets></PublicAccessBlockConfiguration>",
        );
        for name in ["items/backend", "items/frontend"] {
            let target = "AmazonEC2ContainerRegistry_V20150921.CreateRepository";
            patient.account.json("ecr", target, &json!({ "repositoryName": name }));
        }
        let secret = json!({ "Name": "items/dev/backend/SECRET_KEY", "SecretString": "a value" });
        patient.account.json("secretsmanager", "secretsmanager.CreateSecret", &secret);
        Some(patient)
    }

    /// Puts something into the state bucket, or sets it up.
    fn put(&self, path: &str, body: &str) {
        let file = self.account.path("object");
        fs::write(&file, body).unwrap();
        self.account.ask("PUT", &format!("/{BUCKET}{path}"), Some(&file));
    }

    fn terraform(&self, version: &str) {
        let path = self.account.path("terraform");
        fs::write(&path, format!("#!/bin/sh\necho '{{\"terraform_version\":\"{version}\"}}'\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn mirrored(&self, version: &str) -> PathBuf {
        self.account.path("mirror/registry.terraform.io/hashicorp/aws").join(version)
    }

    fn edit(&self, file: &str, change: impl FnOnce(&mut Value)) {
        let path = self.account.bundle("one").join(file);
        let mut value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut value);
        fs::write(path, value.to_string()).unwrap();
    }

    /// A certificate that Terraform has made.
    fn certificate(&self) {
        let wanted = json!({ "DomainName": "items.example.com", "ValidationMethod": "DNS" });
        let made = self.account.json("acm", "CertificateManager.RequestCertificate", &wanted);
        let made: Value = serde_json::from_str(&made).unwrap();
        let state = json!({ "version": 4, "resources": [{
            "mode": "managed", "type": "aws_acm_certificate", "name": "main",
            "instances": [{ "attributes": { "arn": made["CertificateArn"] } }]
        }] });
        self.put("/dev.tfstate", &state.to_string());
    }

    fn says(&self, words: &str) -> Said {
        let mut command = self.account.command("here", "one", words);
        command.env("DRIFTLESS_TERRAFORM", self.account.path("terraform"));
        command.env("TF_CLI_CONFIG_FILE", self.account.path("terraformrc"));
        let said = said(&mut command);
        println!("$ driftless {words}\n{}{}-> {}\n", said.err, said.out, said.code);
        said
    }

    /// What `doctor` says is not fine, and what it exits with.
    fn complaints(&self) -> (String, i32) {
        let Said { code, out, .. } = self.says("doctor -e dev");
        let place = self.account.directory().display().to_string();
        let lines: Vec<_> = out.lines().filter(|line| !line.starts_with("ok ")).collect();
        (lines.join("\n").replace(&place, "PLACE"), code)
    }

    /// The line of `doctor` about `check`, which says that all is well.
    fn fine(&self, check: &str) -> String {
        let said = self.says("doctor -e dev");
        let line = said.out.lines().find_map(|line| line.strip_prefix(&format!("ok      {check}: ")));
        line.unwrap_or_else(|| panic!("`{check}` is not fine")).to_owned()
    }

    fn remember(&self, version: &str) {
        let work = self.account.path("here").join("roots").join(BUCKET).join("dev");
        lock(&work, version);
    }
}

fn lock(directory: &Path, version: &str) {
    let text = format!("provider \"registry.terraform.io/hashicorp/aws\" {{\n  version = \"{version}\"\n}}\n");
    fs::create_dir_all(directory).unwrap();
    fs::write(directory.join(".terraform.lock.hcl"), text).unwrap();
}

#[test]
fn doctor_says_of_a_healthy_account_what_it_looked_at() {
    let Some(patient) = Patient::healthy() else { return };
    let said = patient.says("doctor -e dev");
    assert_eq!(said.code, 0);
    insta::assert_snapshot!(said.out);
    let told: Value = serde_json::from_str(&patient.says("doctor -e dev --json").out).unwrap();
    assert_eq!(told["region"], "us-east-1");
    assert_eq!(
        (&told["schema"], &told["account"], &told["environment"]),
        (&json!(1), &json!("123456789012"), &json!("dev"))
    );
    let findings = told["findings"].as_array().unwrap();
    assert_eq!(findings.len(), said.out.lines().count());
    assert!(findings.iter().all(|finding| finding["level"] == "fine" && finding["remedy"].is_null()), "{findings:?}");
}

#[test]
fn doctor_names_all_that_an_empty_account_lacks() {
    let Some(patient) = Patient::new() else { return };
    let (text, code) = patient.complaints();
    assert_eq!(code, 1);
    insta::assert_snapshot!(text);
}

#[test]
fn doctor_finds_quotas_that_the_plan_would_exceed_and_deploy_stops_at_them() {
    let Some(patient) = Patient::healthy() else { return };
    patient.account.control("quota", &json!({ "code": "L-3032A538", "value": 0.25 }));
    patient.account.control("quota", &json!({ "code": "L-F678F1CE", "value": 1 }));
    patient.account.control("quota", &json!({ "code": "L-0263D0A3", "value": 1 }));
    let (text, code) = patient.complaints();
    assert_eq!(code, 1);
    insta::assert_snapshot!(text);
    let deploy = patient.says("deploy -e dev --yes");
    assert_eq!(deploy.code, 1);
    assert!(deploy.err.contains("nothing was changed: the account is not ready\nerror   quota: "), "{}", deploy.err);
}

#[test]
fn doctor_counts_only_what_is_not_made_yet() {
    let Some(patient) = Patient::healthy() else { return };
    patient.account.control("quota", &json!({ "code": "L-F678F1CE", "value": 1 }));
    let made = json!({ "version": 4, "resources": [
        { "mode": "managed", "type": "aws_vpc", "name": "main", "instances": [{}] },
        { "mode": "managed", "type": "aws_eip", "name": "nat_a", "instances": [{}] }
    ] });
    patient.put("/dev.tfstate", &made.to_string());
    let said = patient.says("doctor -e dev");
    assert_eq!(said.code, 0);
    assert!(!said.out.contains("VPC"), "{}", said.out);
    assert!(said.out.contains("the plan makes 1 Elastic IP address;"), "{}", said.out);
}

#[test]
fn doctor_warns_before_a_rollout_has_to_wait_for_room() {
    let Some(patient) = Patient::healthy() else { return };
    patient.account.control("quota", &json!({ "code": "L-3032A538", "value": 0.75 }));
    let (text, code) = patient.complaints();
    assert_eq!(code, 0);
    insta::assert_snapshot!(text);
}

#[test]
fn doctor_says_what_it_was_not_allowed_to_look_at() {
    let Some(patient) = Patient::healthy() else { return };
    patient.certificate();
    let settings = format!("GET /{BUCKET}/? ");
    for call in [&*settings, "DescribeRepositories", "GetServiceQuota", "DescribeVpcs", "DescribeCertificate"] {
        let times = if call == "GetServiceQuota" { 1 } else { 99 };
        let fault = json!({ "match": call, "status": 403, "times": times, "code": "AccessDenied" });
        patient.account.control("fault", &fault);
    }
    let (text, code) = patient.complaints();
    assert_eq!(code, 0);
    insta::assert_snapshot!(text);
}

#[test]
fn doctor_follows_the_certificate_that_terraform_made() {
    let Some(patient) = Patient::healthy() else { return };
    patient.certificate();
    let ways = [("PENDING_VALIDATION", None), ("FAILED", Some("CAA_ERROR")), ("ISSUED", None)];
    let said = ways.map(|(status, reason)| {
        let wanted = json!({ "domain": "items.example.com", "status": status, "reason": reason });
        patient.account.control("certificate", &wanted);
        let (text, code) = patient.complaints();
        format!("{status}: {code}\n{text}\n")
    });
    insta::assert_snapshot!(said.concat());
    assert_eq!(patient.fine("certificate"), "that of `items.example.com` is issued");
}

#[test]
fn doctor_looks_for_a_certificate_that_somebody_else_takes_care_of() {
    let Some(patient) = Patient::healthy() else { return };
    patient.edit("terraform/dev/config.tf.json", |root| root["resource"]["aws_acm_certificate"] = json!({}));
    assert!(
        patient.complaints().0.starts_with("warning certificate: there is none for `items.example.com` in us-east-1")
    );
    let wanted = json!({ "DomainName": "*.example.com", "ValidationMethod": "DNS", "KeyAlgorithm": "EC_prime256v1" });
    patient.account.json("acm", "CertificateManager.RequestCertificate", &wanted);
    patient.account.control("certificate", &json!({ "domain": "*.example.com", "status": "ISSUED" }));
    assert_eq!(patient.fine("certificate"), "that of `items.example.com` is issued");
}

#[test]
fn doctor_finds_a_clock_that_is_wrong() {
    let Some(patient) = Patient::healthy() else { return };
    patient.account.control("skew", &json!({ "seconds": 400 }));
    let (text, code) = patient.complaints();
    assert_eq!(code, 0);
    assert!(text.starts_with("warning clock: this machine's clock is ") && text.contains(" s behind AWS's"), "{text}");
}

#[test]
fn doctor_says_who_holds_the_lock() {
    let Some(patient) = Patient::healthy() else { return };
    let lock = json!({
        "ID": "6b8b4567", "Operation": "OperationTypeApply", "Info": "", "Who": "eva@laptop", "Version": "1.11.4",
        "Created": "2026-01-02T03:04:05Z", "Path": format!("{BUCKET}/dev.tfstate")
    });
    patient.put("/dev.tfstate.tflock", &lock.to_string());
    let (text, code) = patient.complaints();
    assert_eq!(code, 1);
    insta::assert_snapshot!(text);
}

#[test]
fn doctor_stops_at_credentials_of_another_account() {
    let Some(patient) = Patient::healthy() else { return };
    patient.edit("stack.json", |stack| stack["environments"]["dev"]["account"] = json!("999999999999"));
    let (text, code) = patient.complaints();
    assert_eq!(code, 1);
    insta::assert_snapshot!(text);
}

#[test]
fn doctor_tells_a_region_that_is_not_enabled_from_credentials_that_nobody_knows() {
    let Some(patient) = Patient::new() else { return };
    patient.edit("stack.json", |stack| stack["environments"]["dev"]["region"] = json!("ap-east-1"));
    let mut both = String::new();
    for times in [1, 2] {
        let unknown = json!({
            "match": "GetCallerIdentity", "status": 403, "times": times, "code": "InvalidClientTokenId"
        });
        patient.account.control("fault", &unknown);
        let (text, code) = patient.complaints();
        assert_eq!(code, 1);
        both = both + &text + "\n\n";
    }
    insta::assert_snapshot!(both.trim_end());
}

#[test]
fn doctor_holds_terraform_against_what_the_stack_needs() {
    let Some(patient) = Patient::healthy() else { return };
    patient.terraform("1.9.8");
    let (old, code) = patient.complaints();
    assert_eq!(code, 1);
    patient.terraform("1.11.4");
    patient.edit("terraform/dev/config.tf.json", |root| root["terraform"]["required_version"] = json!("~> 1.12"));
    let (other, code) = patient.complaints();
    assert_eq!(code, 1);
    insta::assert_snapshot!(format!("{old}\n\n{other}"));
}

#[test]
fn doctor_holds_the_provider_against_what_the_stack_needs() {
    let Some(patient) = Patient::healthy() else { return };
    assert_eq!(
        patient.fine("provider"),
        "hashicorp/aws 5.100.0 (`>= 5.100, < 7`) will be installed, from this machine"
    );
    patient.remember("5.100.0");
    assert_eq!(patient.fine("provider"), "hashicorp/aws 5.100.0 (`>= 5.100, < 7`), as before");
    // Nobody has chosen the version of before.
    patient.remember("5.99.0");
    let again = "hashicorp/aws 5.100.0 (`>= 5.100, < 7`) will be installed instead of 5.99.0, from this machine";
    assert_eq!(patient.fine("provider"), again);
    let project = patient.account.bundle("one").join("terraform/dev");
    lock(&project, "5.99.0");
    let (locked, code) = patient.complaints();
    assert_eq!(code, 1);
    fs::remove_file(project.join(".terraform.lock.hcl")).unwrap();
    patient.edit("terraform/dev/config.tf.json", |root| {
        root["terraform"]["required_providers"]["aws"]["version"] = json!(">= 6.4.0, < 7");
    });
    let (mirror, code_of_mirror) = patient.complaints();
    assert_eq!((code, code_of_mirror), (1, 1));
    insta::assert_snapshot!(format!("{locked}\n\n{mirror}"));
    fs::create_dir_all(patient.mirrored("6.21.0")).unwrap();
    assert!(patient.fine("provider").starts_with("hashicorp/aws 6.21.0 "));
}

#[test]
fn a_provider_that_does_not_fit_any_more_is_replaced_by_init() {
    let Some(account) = Account::start() else { return };
    account.succeeds("one", "bootstrap -e dev --yes");
    let work = account.path("here").join("roots").join(BUCKET).join("dev");
    lock(&work, "5.99.0");
    account.succeeds("one", "plan -e dev");
    let text = fs::read_to_string(work.join(".terraform.lock.hcl")).unwrap();
    assert!(!text.contains("5.99.0") && text.contains("version"), "{text}");
}
