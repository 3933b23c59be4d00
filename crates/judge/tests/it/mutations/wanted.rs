//! What a root is for, beside its tasks: who must be able to do what, and who must not.

use std::collections::BTreeMap;

use judge::{
    access::{Outcome, Question, QuestionError, Values, Verdict},
    hole,
    reach::{Answer, reach},
    terraform::Described,
};
use serde_json::Value;

use super::{
    super::roots::ACCOUNT,
    taken::resources,
    workflows::{members, stack_of},
};

/// Condition keys of a request.
type Keys<'a> = &'a [(&'a str, &'a str)];

const OF_THIS_ACCOUNT: Keys<'_> = &[("aws:SourceAccount", ACCOUNT)];
const TLS: Keys<'_> = &[("aws:SecureTransport", "true")];
const NO_TLS: Keys<'_> = &[("aws:SecureTransport", "false")];

/// What a root lacks that is an environment's or the foundation's.
pub(super) fn missing(name: &str, root: &Value, described: &Described) -> Vec<String> {
    let mut asking = Asking { described, root, found: Vec::new() };
    if name.ends_with("/foundation") {
        super::workflows::ask(name, &mut asking);
    } else {
        asking.environment(name);
    }
    asking.found
}

pub(super) struct Asking<'a> {
    pub(super) described: &'a Described,
    pub(super) root: &'a Value,
    pub(super) found: Vec<String>,
}

impl Asking<'_> {
    fn environment(&mut self, name: &str) {
        self.subnets();
        self.rules(name);
        self.visitors();
        self.endpoints();
        self.access_logs();
        self.alarms();
        self.flow_logs();
        self.keys();
        for task in self.described.tasks.clone() {
            let role = task.task_role.as_deref().unwrap_or_default();
            let execution = task.execution_role.as_deref().unwrap_or_default();
            for files in &task.files {
                let point = files.access_point.as_deref().unwrap_or_default();
                let keys = [("elasticfilesystem:AccessPointArn", point), NO_TLS[0]];
                self.denied(role, "elasticfilesystem:ClientMount", &files.file_system, &keys);
            }
            if self.has("aws_xray_group") {
                for action in ["GetSamplingRules", "PutTraceSegments"] {
                    self.allowed(role, &format!("xray:{action}"), "*", &[]);
                }
            }
            if self.has("aws_guardduty_detector_feature") {
                let region = &self.described.network.region;
                // In an account of AWS's, whose own policy is AWS's matter: asked is what the role's says.
                let agent = format!("arn:aws:ecr:{region}:{ACCOUNT}:repository/aws-guardduty-agent-fargate");
                self.allowed(execution, "ecr:BatchGetImage", &agent, &[]);
            }
            // What changes while a task runs, it may ask for again.
            for secret in task.secrets.iter().filter(|secret| secret.arn.contains(":secret:rds!")) {
                self.allowed(role, "secretsmanager:GetSecretValue", &secret.arn, &[]);
                if self.has("aws_kms_key") {
                    self.allowed(role, "kms:Decrypt", "aws_kms_key.main", &[]);
                    self.allowed(execution, "kms:Decrypt", "aws_kms_key.main", &[]);
                }
            }
            self.signs_in(&task.service, role);
        }
    }

    /// By a token of RDS, where the address of the database names a user.
    fn signs_in(&mut self, service: &str, role: &str) {
        let definition = &self.root["resource"]["aws_ecs_task_definition"][service]["container_definitions"];
        let user = service.replace('-', "_");
        if !definition.as_str().unwrap_or_default().contains(&format!("postgresql://{user}@")) {
            return;
        }
        let cluster = self.has("aws_rds_cluster");
        let id =
            hole(if cluster { "aws_rds_cluster.main.cluster_resource_id" } else { "aws_db_instance.main.resource_id" });
        let region = &self.described.network.region;
        let resource = format!("arn:aws:rds-db:{region}:{ACCOUNT}:dbuser:{id}/{user}");
        self.allowed(role, "rds-db:connect", &resource, &[]);
    }

    /// One without a table of its own uses the main one, of which nothing is said here.
    fn subnets(&mut self) {
        let links: Vec<_> =
            resources(self.root).filter(|(kind, ..)| *kind == "aws_route_table_association").map(|one| one.2).collect();
        let found = resources(self.root).filter(|(kind, ..)| *kind == "aws_subnet").filter(|(_, name, _)| {
            let id = format!("${{aws_subnet.{name}.id}}");
            !links.iter().any(|link| link["subnet_id"] == id.as_str())
        });
        self.found.extend(found.map(|(_, name, _)| format!("aws_subnet.{name} has no route table")));
    }

    /// The rules of the listener are those that the command line knows.
    fn rules(&mut self, name: &str) {
        let (stack, environment) = name.rsplit_once('/').unwrap_or_default();
        let stack = stack_of(stack);
        for (service, said) in members(&stack["environments"][environment]["services"]) {
            for rule in said["rules"].as_array().into_iter().flatten() {
                let fits = |one: &Value| {
                    let conditions = one["condition"].as_array().into_iter().flatten();
                    let mut paths = conditions.map(|condition| &condition["path_pattern"]["values"]);
                    one["priority"] == rule["priority"] && paths.any(|paths| *paths == rule["paths"])
                };
                let mut all = resources(self.root).filter(|(kind, ..)| *kind == "aws_lb_listener_rule");
                if !all.any(|(_, _, body)| fits(body)) {
                    self.found.push(format!("no listener has the rule {} of {service}", rule["priority"]));
                }
            }
        }
    }

    /// Who types the name without `https://` is led there.
    fn visitors(&mut self) {
        if self.has("aws_cloudfront_distribution") {
            return;
        }
        let verdict = reach(&self.described.network, "internet", "aws_lb.main:80").expect("places");
        if matches!(verdict.answer, Answer::No | Answer::CannotBeJudged) {
            self.found.push(verdict.message);
        }
    }

    /// Layers of images come by the endpoint, which is free, also where there is another way.
    fn endpoints(&mut self) {
        let network = &self.described.network;
        for service in network.services.keys() {
            let verdict = reach(network, service, "s3").expect("places");
            if !verdict.ways.iter().all(|way| way.hops.iter().any(|hop| hop.contains("aws_vpc_endpoint.s3"))) {
                self.found.push(format!("{service} reaches S3 by the internet"));
            }
        }
    }

    fn access_logs(&mut self) {
        if !self.has("aws_s3_bucket") {
            return;
        }
        let object = format!("aws_s3_bucket.access_logs/AWSLogs/{ACCOUNT}/elasticloadbalancing");
        let writer = "logdelivery.elasticloadbalancing.amazonaws.com";
        self.service_may(true, writer, "s3:PutObject", &object, TLS);
        self.service_may(false, writer, "s3:PutObject", &object, NO_TLS);
    }

    fn alarms(&mut self) {
        if !self.has("aws_sns_topic") {
            return;
        }
        self.service_may(true, "cloudwatch.amazonaws.com", "sns:Publish", "aws_sns_topic.alarms", OF_THIS_ACCOUNT);
        if self.has("aws_kms_key") {
            for action in ["kms:Decrypt", "kms:GenerateDataKey"] {
                self.service_may(true, "cloudwatch.amazonaws.com", action, "aws_kms_key.main", OF_THIS_ACCOUNT);
            }
        }
    }

    fn flow_logs(&mut self) {
        if !self.has("aws_flow_log") {
            return;
        }
        self.taken(true, "flow_logs", "vpc-flow-logs.amazonaws.com", "sts:AssumeRole", OF_THIS_ACCOUNT);
        for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
            self.allowed("flow_logs", action, "aws_cloudwatch_log_group.flow_logs:log-stream:eni-1", &[]);
        }
    }

    fn keys(&mut self) {
        if self.has("aws_kms_key") {
            self.key("aws_kms_key.main");
        }
    }

    /// The account keeps a say in its own key.
    pub(super) fn key(&mut self, key: &str) {
        self.service_may(true, &format!("arn:aws:iam::{ACCOUNT}:root"), "kms:PutKeyPolicy", key, &[]);
    }

    pub(super) fn has(&self, kind: &str) -> bool {
        resources(self.root).any(|(own, _, _)| own == kind)
    }

    pub(super) fn allowed(&mut self, role: &str, action: &str, resource: &str, keys: Keys<'_>) {
        let answer = self.described.account.may(&question(role, action, resource, keys));
        self.told(true, answer, &format!("{role}: {action} on {resource}"));
    }

    pub(super) fn denied(&mut self, role: &str, action: &str, resource: &str, keys: Keys<'_>) {
        let answer = self.described.account.may(&question(role, action, resource, keys));
        self.told(false, answer, &format!("{role}: {action} on {resource}"));
    }

    fn service_may(&mut self, wanted: bool, service: &str, action: &str, resource: &str, keys: Keys<'_>) {
        let answer = self.described.account.service_may(service, &question("", action, resource, keys));
        self.told(wanted, answer, &format!("{service}: {action} on {resource}"));
    }

    /// Whether somebody takes a role.
    pub(super) fn taken(&mut self, wanted: bool, role: &str, by: &str, action: &str, keys: Keys<'_>) {
        let answer = self.described.account.may_take(by, &question(role, action, "", keys));
        self.told(wanted, answer, &format!("{by} takes {role}"));
    }

    fn told(&mut self, wanted: bool, answer: Result<Verdict, QuestionError>, what: &str) {
        let expected = if wanted { Outcome::Allowed } else { Outcome::Denied };
        match answer {
            Ok(verdict) if verdict.outcome == expected => {}
            Ok(verdict) => self.found.push(format!("{what} is not {expected:?}: {}", verdict.message)),
            Err(error) => self.found.push(format!("{what}: {error}")),
        }
    }
}

fn question<'a>(role: &'a str, action: &'a str, resource: &'a str, keys: Keys<'_>) -> Question<'a> {
    let value = |(key, value): &(&str, &str)| ((*key).to_owned(), Values::One((*value).to_owned()));
    let context: BTreeMap<_, _> = keys.iter().map(value).collect();
    Question { role, action, resource, context, complete: true }
}
