//! What the roles of GitHub's workflows need: to release, to plan, and to change everything, in each environment of a stack.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::{
    super::roots::{ACCOUNT, all, configuration, nix},
    taken::resources,
    wanted::Asking,
};

const ISSUER: &str = "token.actions.githubusercontent.com";

/// What reads a resource of each type.
#[derive(Deserialize)]
struct Reads {
    reads: BTreeMap<String, Vec<String>>,
}

fn reads() -> BTreeMap<String, Vec<String>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reads.json");
    let reads: Reads = serde_json::from_str(&fs::read_to_string(file).expect("reads")).expect("reads");
    reads.reads
}

/// The types of a root, those of data sources after `data.`.
fn kinds(root: &Value) -> Vec<String> {
    let data = root["data"].as_object().into_iter().flatten().map(|(kind, _)| format!("data.{kind}"));
    let mut found: Vec<_> = resources(root).map(|(kind, _, _)| kind.to_owned()).chain(data).collect();
    found.sort();
    found.dedup();
    found
}

/// The key that signs images and records.
const SIGNATURES: &str = "aws_kms_key.signatures";

/// Asks what the roles of a foundation need for all environments of its stack.
pub(super) fn ask(name: &str, asking: &mut Asking<'_>) {
    if !asking.has("aws_iam_role") {
        return;
    }
    let folder = name.trim_end_matches("/foundation");
    let stack = stack_of(folder);

    // A release is possible without the right to change everything.
    let mut without = asking.described.clone();
    for (role, said) in &mut without.account.roles {
        if role.contains(".deploy_") {
            said.identity.remove("infrastructure");
        }
    }
    let mut released = Asking { described: &without, root: asking.root, found: Vec::new() };
    for (name, environment) in members(&stack["environments"]) {
        let role = format!("deploy_{name}");
        let mut workflows = Workflows { asking: &mut released, folder, stack: &stack };
        workflows.trusted(&role, &format!("environment:{name}"));
        workflows.release(&role, name, environment);
        workflows.reads(&role, name);
        if asking.root["resource"]["aws_iam_role_policy"].get(format!("{role}_infrastructure")).is_some() {
            Workflows { asking, folder, stack: &stack }.infrastructure(&role, name, environment);
        }
    }
    asking.found.extend(released.found);

    if asking.has("aws_kms_key") {
        asking.allowed("plan", "kms:GetPublicKey", SIGNATURES, &[]);
        asking.denied("plan", "kms:Sign", SIGNATURES, &[]);
        asking.key(SIGNATURES);
    }
    let mut workflows = Workflows { asking, folder, stack: &stack };
    workflows.trusted("plan", "pull_request");
    for (name, environment) in members(&stack["environments"]) {
        if folder.ends_with("varied") && name != "small" {
            continue;
        }
        workflows.reads("plan", name);
        workflows.plan(name, environment);
    }
}

/// What a folder of roots says to the command line.
pub(crate) fn stack_of(folder: &str) -> Value {
    let file = nix().join(folder).join("stack.json");
    serde_json::from_str(&fs::read_to_string(file).expect(folder)).expect("a stack")
}

struct Workflows<'a, 'b> {
    asking: &'a mut Asking<'b>,
    folder: &'a str,
    stack: &'a Value,
}

impl Workflows<'_, '_> {
    /// Tokens of both forms: <https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims>.
    fn trusted(&mut self, role: &str, subject: &str) {
        let (repository, own) = if self.folder.ends_with("varied") {
            ("varied", "refs/heads/release")
        } else {
            ("items", "refs/heads/main")
        };
        let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}");
        let (audience, key, branch) = (format!("{ISSUER}:aud"), format!("{ISSUER}:sub"), format!("{ISSUER}:ref"));
        let named = format!("repo:example/{repository}:{subject}");
        let numbered = format!("repo:example@12/{repository}@345:{subject}");
        let other = format!("repo:example/{repository}:ref:{own}");
        let is_bound = role != "plan";
        for (wanted, token, from) in
            [(true, &named, own), (true, &numbered, own), (!is_bound, &named, "refs/heads/other"), (false, &other, own)]
        {
            let keys = [(audience.as_str(), "sts.amazonaws.com"), (key.as_str(), token), (branch.as_str(), from)];
            self.asking.taken(wanted, role, &provider, "sts:AssumeRoleWithWebIdentity", &keys);
        }
    }

    /// To push, to register, to move services, to keep state and records.
    fn release(&mut self, role: &str, name: &str, environment: &Value) {
        self.allowed(role, "ecr:GetAuthorizationToken", "*");
        let home = text(&self.stack["foundation"]["region"]);
        for repository in members(&self.stack["foundation"]["repositories"]) {
            let arn = format!("arn:aws:ecr:{home}:{ACCOUNT}:repository/{}", text(repository.1));
            for action in ["BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "DescribeImages"] {
                self.allowed(role, &format!("ecr:{action}"), &arn);
            }
            for action in ["GetDownloadUrlForLayer", "InitiateLayerUpload", "PutImage", "UploadLayerPart"] {
                self.allowed(role, &format!("ecr:{action}"), &arn);
            }
        }
        // What is promoted was recorded for another environment.
        for (other, from) in members(&self.stack["environments"]) {
            let bucket = self.bucket(text(&from["region"]));
            self.allowed(role, "s3:ListBucket", &bucket);
            self.allowed(role, "s3:GetObject", &format!("{bucket}/releases/{other}/00000001.json"));
            self.allowed(role, "s3:GetObject", &format!("{bucket}/configurations/abc.tf.json"));
        }
        self.allowed(role, "s3:GetObject", &format!("{}/foundation.tfstate.tflock", self.bucket(home)));
        let region = text(&environment["region"]);
        let bucket = self.bucket(region);
        for object in [format!("{bucket}/{name}.tfstate"), format!("{bucket}/{name}.tfstate.tflock")] {
            self.allowed(role, "s3:GetObject", &object);
            self.allowed(role, "s3:PutObject", &object);
        }
        self.allowed(role, "s3:DeleteObject", &format!("{bucket}/{name}.tfstate.tflock"));
        for record in [format!("releases/{name}/00000001.json"), "configurations/abc.tf.json".to_owned()] {
            let new = [("s3:if-none-match", "*")];
            self.asking.allowed(role, "s3:PutObject", &format!("{bucket}/{record}"), &new);
        }
        if self.asking.has("aws_kms_key") {
            for action in ["kms:GetPublicKey", "kms:Sign"] {
                self.allowed(role, action, SIGNATURES);
            }
        }
        self.moves(role, name, environment);
    }

    fn moves(&mut self, role: &str, name: &str, environment: &Value) {
        let (region, cluster) = (text(&environment["region"]), text(&environment["cluster"]));
        let ecs = format!("arn:aws:ecs:{region}:{ACCOUNT}");
        for (service, said) in members(&environment["services"]) {
            let definition = format!("{ecs}:task-definition/{}:7", text(&said["family"]));
            for action in ["ecs:RegisterTaskDefinition", "ecs:TagResource"] {
                self.allowed(role, action, &definition);
            }
            let there = format!("{ecs}:cluster/{cluster}");
            self.asking.allowed(role, "ecs:RunTask", &definition, &[("ecs:cluster", &there)]);
            self.allowed(role, "ecs:UpdateService", &format!("{ecs}:service/{cluster}/{service}"));
            let moving = format!("{ecs}:service-deployment/{cluster}/{service}/abc");
            self.allowed(role, "ecs:StopServiceDeployment", &moving);
            let log = format!("arn:aws:logs:{region}:{ACCOUNT}:log-group:{}:*", text(&said["log_group"]));
            self.allowed(role, "logs:GetLogEvents", &log);
        }
        self.allowed(role, "ecs:StopTask", &format!("{ecs}:task/{cluster}/abc"));
        let target = format!("arn:aws:application-autoscaling:{region}:{ACCOUNT}:scalable-target/abc");
        let own = [("aws:ResourceTag/environment", name), ("aws:ResourceTag/project", text(&self.stack["project"]))];
        self.asking.allowed(role, "application-autoscaling:RegisterScalableTarget", &target, &own);
        let passed = format!("{}/{name}/{cluster}-web-task", self.roles());
        self.asking.allowed(role, "iam:PassRole", &passed, &[("iam:PassedToService", "ecs-tasks.amazonaws.com")]);
    }

    /// What compares a root with what there is.
    fn reads(&mut self, role: &str, name: &str) {
        let known = reads();
        let root = configuration(&format!("{}/{name}", self.folder));
        let logs = &root["resource"]["aws_s3_bucket"]["access_logs"]["bucket"];
        let logs = text(logs).replace("${data.aws_caller_identity.current.account_id}", ACCOUNT);
        for kind in kinds(&root) {
            for action in known.get(&kind).expect(&kind) {
                let bucket = format!("arn:aws:s3:::{logs}");
                self.allowed(role, action, if action == "s3:ListBucket" { &bucket } else { "*" });
            }
        }
    }

    /// The state, what was released, and nothing that changes.
    fn plan(&mut self, name: &str, environment: &Value) {
        let bucket = self.bucket(text(&environment["region"]));
        self.allowed("plan", "s3:ListBucket", &bucket);
        for object in [format!("{name}.tfstate"), format!("{name}.tfstate.tflock"), format!("releases/{name}/1.json")] {
            self.allowed("plan", "s3:GetObject", &format!("{bucket}/{object}"));
        }
        self.asking.denied("plan", "s3:PutObject", &format!("{bucket}/{name}.tfstate"), &[]);
        for action in ["ecs:UpdateService", "iam:PutRolePolicy", "secretsmanager:GetSecretValue", "ecr:PutImage"] {
            self.asking.denied("plan", action, "*", &[]);
        }
    }

    /// Everything that infra.nix describes.
    fn infrastructure(&mut self, role: &str, name: &str, environment: &Value) {
        let (region, prefix) = (text(&environment["region"]), text(&environment["cluster"]));
        let here = [("aws:RequestedRegion", region)];
        for action in
            ["ec2:CreateVpc", "ecs:CreateCluster", "kms:CreateKey", "logs:CreateLogGroup", "rds:CreateDBInstance"]
        {
            self.asking.allowed(role, action, "*", &here);
        }
        self.asking.denied(role, "ec2:CreateVpc", "*", &[("aws:RequestedRegion", "sa-east-1")]);
        for action in ["budgets:ModifyBudget", "cloudfront:CreateDistribution", "route53:CreateHostedZone"] {
            self.allowed(role, action, "*");
        }
        let secrets = format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret");
        let own = format!("{secrets}:{}/{name}/web/KEY", text(&self.stack["project"]));
        self.allowed(role, "secretsmanager:CreateSecret", &own);
        self.allowed(role, "secretsmanager:CreateSecret", &format!("{secrets}:rds!db-abc"));
        // Also where there are none: they may have been.
        let logs = &configuration(&format!("{}/{name}", self.folder))["resource"]["aws_s3_bucket"]["access_logs"];
        let logs = match logs["bucket"].as_str() {
            Some(bucket) => bucket.replace("${data.aws_caller_identity.current.account_id}", ACCOUNT),
            None => format!("{prefix}-access-logs-{ACCOUNT}"),
        };
        self.allowed(role, "s3:DeleteBucket", &format!("arn:aws:s3:::{logs}"));
        self.allowed(role, "s3:DeleteObject", &format!("arn:aws:s3:::{logs}/AWSLogs/1.gz"));
        for action in ["iam:CreateRole", "iam:DeleteRole", "iam:PutRolePolicy"] {
            self.allowed(role, action, &format!("{}/{name}/{prefix}-web-task", self.roles()));
        }
        self.asking.denied(role, "iam:PutRolePolicy", &format!("arn:aws:iam::{ACCOUNT}:role/admin"), &[]);
        let linked = format!("arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS");
        self.allowed(role, "iam:CreateServiceLinkedRole", &linked);
    }

    fn bucket(&self, region: &str) -> String {
        format!("arn:aws:s3:::{}-driftless-{ACCOUNT}-{region}", text(&self.stack["project"]))
    }

    /// Where the roles of its environments are.
    fn roles(&self) -> String {
        format!("arn:aws:iam::{ACCOUNT}:role/driftless/{}", text(&self.stack["project"]))
    }

    fn allowed(&mut self, role: &str, action: &str, resource: &str) {
        self.asking.allowed(role, action, resource, &[]);
    }
}

pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether a role's patterns are all needed by something: what nothing reads is a right too many.
#[test]
fn a_plan_may_read_what_some_root_has_and_nothing_else() {
    let known = reads();
    let mut needed: Vec<&String> = known["driftless"].iter().collect();
    for name in all() {
        for kind in kinds(&configuration(&name)) {
            needed.extend(&known[&kind]);
        }
    }
    // What infra.nix can ask for, and no root here does: an account has it once.
    for kind in ["aws_ce_anomaly_monitor", "aws_ce_anomaly_subscription"] {
        needed.extend(&known[kind]);
    }
    let root = configuration("golden/stacks/workflows/foundation");
    let policy: Value =
        serde_json::from_str(text(&root["resource"]["aws_iam_role_policy"]["plan_read"]["policy"])).expect("a policy");
    let patterns = policy["Statement"][0]["Action"].as_array().expect("actions");
    let fits = |pattern: &str, action: &str| match pattern.strip_suffix('*') {
        Some(beginning) => action.starts_with(beginning),
        None => action == pattern,
    };
    let needless: Vec<_> =
        patterns.iter().map(text).filter(|pattern| !needed.iter().any(|action| fits(pattern, action))).collect();
    assert_eq!(needless, Vec::<&str>::new());
}
