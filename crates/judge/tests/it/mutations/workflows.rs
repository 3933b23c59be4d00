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

/// Asks what the roles of a foundation need for all environments of its stack.
pub(super) fn ask(name: &str, asking: &mut Asking<'_>) {
    if !asking.has("aws_iam_role") {
        return;
    }
    let folder = name.trim_end_matches("/foundation");
    let stack = stack_of(folder);
    let has = |kind: &str, name: &str| asking.root["resource"][kind].get(name).is_some();
    let (plans, changes) = (has("aws_iam_role", "plan"), has("aws_iam_role_policy", "deploy_infrastructure"));
    let repository = if folder.ends_with("varied") { "varied" } else { "items" };

    // A release is possible without the right to change everything.
    let mut without = asking.described.clone();
    for (role, said) in &mut without.account.roles {
        if role.ends_with(".deploy") {
            said.identity.remove("infrastructure");
        }
    }
    let mut released = Asking { described: &without, root: asking.root, found: Vec::new() };
    let mut workflows = Workflows { asking: &mut released, folder, stack: &stack };
    workflows.trusted("deploy", repository, "ref:refs/heads/main");
    workflows.release();
    workflows.reads("deploy");
    asking.found.extend(released.found);

    let mut workflows = Workflows { asking, folder, stack: &stack };
    if plans {
        workflows.trusted("plan", repository, "pull_request");
        workflows.reads("plan");
        workflows.plan();
    }
    if changes {
        workflows.infrastructure();
    }
}

/// What a folder of roots says to the command line.
pub(super) fn stack_of(folder: &str) -> Value {
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
    fn trusted(&mut self, role: &str, repository: &str, subject: &str) {
        let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}");
        let (audience, key) = (format!("{ISSUER}:aud"), format!("{ISSUER}:sub"));
        let named = format!("repo:example/{repository}:{subject}");
        let numbered = format!("repo:example@12/{repository}@345:{subject}");
        let other = format!("repo:example/{repository}:ref:refs/heads/other");
        for (wanted, token) in [(true, &named), (true, &numbered), (false, &other)] {
            let keys = [(audience.as_str(), "sts.amazonaws.com"), (key.as_str(), token.as_str())];
            self.asking.taken(wanted, role, &provider, "sts:AssumeRoleWithWebIdentity", &keys);
        }
    }

    /// To push, to register, to move services, to keep state and records.
    fn release(&mut self) {
        self.allowed("deploy", "ecr:GetAuthorizationToken", "*");
        let region = text(&self.stack["foundation"]["region"]);
        for repository in members(&self.stack["foundation"]["repositories"]) {
            let arn = format!("arn:aws:ecr:{region}:{ACCOUNT}:repository/{}", text(repository.1));
            for action in ["BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "DescribeImages"] {
                self.allowed("deploy", &format!("ecr:{action}"), &arn);
            }
            for action in ["GetDownloadUrlForLayer", "InitiateLayerUpload", "PutImage", "UploadLayerPart"] {
                self.allowed("deploy", &format!("ecr:{action}"), &arn);
            }
        }
        for bucket in self.buckets() {
            self.allowed("deploy", "s3:ListBucket", &bucket);
            self.allowed("deploy", "s3:GetBucketVersioning", &bucket);
            for action in ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"] {
                self.allowed("deploy", action, &format!("{bucket}/dev.tfstate"));
            }
        }
        for (name, environment) in members(&self.stack["environments"]) {
            self.release_to(name, environment);
        }
    }

    fn release_to(&mut self, name: &str, environment: &Value) {
        let (region, cluster) = (text(&environment["region"]), text(&environment["cluster"]));
        let ecs = format!("arn:aws:ecs:{region}:{ACCOUNT}");
        for (service, said) in members(&environment["services"]) {
            let definition = format!("{ecs}:task-definition/{}:7", text(&said["family"]));
            for action in ["ecs:RegisterTaskDefinition", "ecs:TagResource", "ecs:RunTask"] {
                self.allowed("deploy", action, &definition);
            }
            self.allowed("deploy", "ecs:UpdateService", &format!("{ecs}:service/{cluster}/{service}"));
            let moving = format!("{ecs}:service-deployment/{cluster}/{service}/abc");
            self.allowed("deploy", "ecs:StopServiceDeployment", &moving);
            let log = format!("arn:aws:logs:{region}:{ACCOUNT}:log-group:{}:*", text(&said["log_group"]));
            self.allowed("deploy", "logs:GetLogEvents", &log);
        }
        for kind in ["cluster", "task"] {
            let resource =
                if kind == "task" { format!("{ecs}:task/{cluster}/abc") } else { format!("{ecs}:cluster/{cluster}") };
            self.allowed("deploy", "ecs:ExecuteCommand", &resource);
        }
        self.allowed("deploy", "ecs:StopTask", &format!("{ecs}:task/{cluster}/abc"));
        let target = format!("arn:aws:application-autoscaling:{region}:{ACCOUNT}:scalable-target/abc");
        self.allowed("deploy", "application-autoscaling:RegisterScalableTarget", &target);
        let role = format!("arn:aws:iam::{ACCOUNT}:role/{cluster}-{name}-task");
        let to_tasks = [("iam:PassedToService", "ecs-tasks.amazonaws.com")];
        self.asking.allowed("deploy", "iam:PassRole", &role, &to_tasks);
    }

    /// What compares a root with what there is.
    fn reads(&mut self, role: &str) {
        let known = reads();
        for (name, _) in members(&self.stack["environments"]) {
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
    }

    /// The state of all roots, and nothing that changes.
    fn plan(&mut self) {
        for bucket in self.buckets() {
            self.allowed("plan", "s3:ListBucket", &bucket);
            let state = format!("{bucket}/dev.tfstate");
            self.allowed("plan", "s3:GetObject", &state);
            self.asking.denied("plan", "s3:PutObject", &state, &[]);
        }
        for action in ["ecs:UpdateService", "iam:PutRolePolicy", "secretsmanager:GetSecretValue", "ecr:PutImage"] {
            self.asking.denied("plan", action, "*", &[]);
        }
    }

    /// Everything that infra.nix describes.
    fn infrastructure(&mut self) {
        let project = text(&self.stack["project"]);
        for (name, environment) in members(&self.stack["environments"]) {
            let (region, prefix) = (text(&environment["region"]), text(&environment["cluster"]));
            let here = [("aws:RequestedRegion", region)];
            for action in
                ["ec2:CreateVpc", "ecs:CreateCluster", "kms:CreateKey", "logs:CreateLogGroup", "rds:CreateDBInstance"]
            {
                self.asking.allowed("deploy", action, "*", &here);
            }
            self.asking.denied("deploy", "ec2:CreateVpc", "*", &[("aws:RequestedRegion", "sa-east-1")]);
            for action in ["budgets:ModifyBudget", "cloudfront:CreateDistribution", "route53:CreateHostedZone"] {
                self.allowed("deploy", action, "*");
            }
            let secrets = format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret");
            self.allowed("deploy", "secretsmanager:CreateSecret", &format!("{secrets}:{project}/{name}/web/KEY"));
            self.allowed("deploy", "secretsmanager:CreateSecret", &format!("{secrets}:rds!db-abc"));
            let logs = &configuration(&format!("{}/{name}", self.folder))["resource"]["aws_s3_bucket"]["access_logs"];
            if let Some(bucket) = logs["bucket"].as_str() {
                let bucket = bucket.replace("${data.aws_caller_identity.current.account_id}", ACCOUNT);
                self.allowed("deploy", "s3:CreateBucket", &format!("arn:aws:s3:::{bucket}"));
            }
            for action in ["iam:CreateRole", "iam:DeleteRole", "iam:PutRolePolicy"] {
                self.allowed("deploy", action, &format!("arn:aws:iam::{ACCOUNT}:role/{prefix}-web-task"));
            }
            self.asking.denied("deploy", "iam:PutRolePolicy", &format!("arn:aws:iam::{ACCOUNT}:role/admin"), &[]);
        }
        let linked = format!("arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS");
        self.allowed("deploy", "iam:CreateServiceLinkedRole", &linked);
    }

    fn buckets(&self) -> Vec<String> {
        let project = text(&self.stack["project"]);
        let environments = members(&self.stack["environments"]).map(|(_, one)| text(&one["region"]));
        let mut regions: Vec<_> = environments.chain([text(&self.stack["foundation"]["region"])]).collect();
        regions.sort_unstable();
        regions.dedup();
        regions.iter().map(|region| format!("arn:aws:s3:::{project}-driftless-{ACCOUNT}-{region}")).collect()
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
