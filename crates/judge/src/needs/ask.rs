//! One question for each need.

use std::collections::BTreeMap;

use super::{Lack, task::Task};
use crate::{
    access::{self, Account, Outcome, Question, Role, Values},
    reach::{self, Answer, Network, PlaceError, reach, reach_directly},
};

pub(super) struct Asking<'a> {
    network: &'a Network,
    account: &'a Account,
    task: &'a Task,
    lacks: &'a mut Vec<Lack>,
}

type Context = BTreeMap<String, Values>;

impl<'a> Asking<'a> {
    pub(super) fn new(network: &'a Network, account: &'a Account, task: &'a Task, lacks: &'a mut Vec<Lack>) -> Self {
        Self { network, account, task, lacks }
    }

    /// ECS takes the roles in the name of the account's tasks.
    pub(super) fn roles(&mut self) {
        let account = &self.account.id;
        let source = format!("arn:aws:ecs:{}:{account}:task/{}", self.network.region, self.task.service);
        let context = context(&[("aws:SourceAccount", account), ("aws:SourceArn", &source)]);
        for role in [&self.task.execution_role, &self.task.task_role].into_iter().flatten() {
            let question = Question {
                role,
                action: "sts:AssumeRole",
                context: context.clone(),
                complete: true,
                ..Question::default()
            };
            let answer = self.account.may_take("ecs-tasks.amazonaws.com", &question);
            self.judged(&format!("taking {role}"), answer);
        }
        if let Some(role) = &self.task.deployment_role {
            let question = Question { role, action: "sts:AssumeRole", context, complete: true, ..Question::default() };
            let answer = self.account.may_take("ecs.amazonaws.com", &question);
            self.judged(&format!("taking {role}"), answer);
        }
    }

    /// Boundaries of its roles of which only the name is known.
    pub(super) fn boundaries(&mut self, account: &Account) {
        for name in [&self.task.execution_role, &self.task.task_role].into_iter().flatten() {
            let boundary = account.roles.get(name).and_then(Role::unknown_boundary);
            if let Some(boundary) = boundary {
                let message = format!("what its permissions boundary `{boundary}` says is not known");
                self.lack(&format!("the rights of {name}"), message, false);
            }
        }
    }

    pub(super) fn images(&mut self) {
        for image in &self.task.images {
            let need = format!("pulling {}", image.split('@').next().unwrap_or(image));
            let (host, path) = image.split_once('/').unwrap_or(("docker.io", image));
            let Some((account, region)) = private_registry(host) else {
                self.reaches(&need, host);
                continue;
            };
            for service in ["ecr.api", "ecr.dkr", "s3"] {
                self.reaches(&need, &format!("{service}@{region}"));
            }
            let repository = path.split(['@', ':']).next().unwrap_or(path);
            let arn = format!("arn:aws:ecr:{region}:{account}:repository/{repository}");
            self.executes(&need, "ecr:GetAuthorizationToken", "*", &Context::new());
            for action in ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] {
                self.executes(&need, action, &arn, &Context::new());
            }
        }
    }

    pub(super) fn logs(&mut self) {
        for logs in &self.task.logs {
            let need = format!("logging to {}", logs.group);
            self.reaches(&need, &format!("logs@{}", logs.region));
            let arn = format!(
                "arn:aws:logs:{}:{}:log-group:{}:log-stream:{}",
                logs.region, self.account.id, logs.group, self.task.service
            );
            for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
                self.executes(&need, action, &arn, &Context::new());
            }
            let Some(key) = &logs.key else { continue };
            let service = format!("logs.{}.amazonaws.com", logs.region);
            let group = arn.split(":log-stream:").next().unwrap_or(&arn);
            for action in ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"] {
                let context = context(&[("kms:EncryptionContext:aws:logs:arn", group)]);
                let question = Question { role: "", action, resource: key, context, complete: true };
                let answer = self.account.service_may(&service, &question);
                self.judged(&need, answer);
            }
        }
    }

    pub(super) fn secrets(&mut self) {
        for secret in &self.task.secrets {
            let need = format!("reading {}", secret.arn);
            let region = secret.arn.split(':').nth(3).unwrap_or_default();
            let (service, action) = if secret.arn.contains(":secretsmanager:") {
                ("secretsmanager", "secretsmanager:GetSecretValue")
            } else {
                ("ssm", "ssm:GetParameters")
            };
            self.reaches(&need, &format!("{service}@{region}"));
            self.executes(&need, action, &secret.arn, &Context::new());
            if let Some(key) = &secret.key {
                let via = format!("{service}.{region}.amazonaws.com");
                self.executes(&need, "kms:Decrypt", key, &context(&[("kms:ViaService", &via)]));
            }
        }
    }

    pub(super) fn files(&mut self) {
        for files in &self.task.files {
            let need = format!("mounting {}", files.file_system);
            self.reaches(&need, &files.file_system);
            let mut context = context(&[
                ("aws:SecureTransport", if files.tls { "true" } else { "false" }),
                ("elasticfilesystem:AccessedViaMountTarget", "true"),
            ]);
            if let Some(access_point) = &files.access_point {
                context.insert("elasticfilesystem:AccessPointArn".to_owned(), Values::One(access_point.clone()));
            }
            for action in ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"] {
                let question = Question {
                    role: self.task.task_role.as_deref().unwrap_or_default(),
                    action,
                    resource: &files.file_system,
                    context: context.clone(),
                    complete: true,
                };
                let answer = if files.iam {
                    self.account.may(&question)
                } else {
                    self.account.service_may("anonymous", &question)
                };
                self.judged(&need, answer);
            }
        }
    }

    pub(super) fn shell(&mut self) {
        if !self.task.shell {
            return;
        }
        let need = "ECS Exec";
        self.reaches(need, "ssmmessages");
        for action in ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"] {
            let role = self.task.task_role.as_deref();
            self.may(need, role, &format!("ssmmessages:{action}"), "*", &Context::new());
        }
    }

    pub(super) fn peers(&mut self) {
        for peer in &self.task.peers {
            self.reaches(&format!("asking {peer}"), peer);
        }
    }

    /// Each target group is behind a listener that somebody outside can ask, and the balancer gets to the task.
    pub(super) fn load_balancers(&mut self) {
        let Some(service) = self.network.services.get(&self.task.service) else { return };
        for (group, port) in &service.target_groups {
            let need = format!("requests through {group}");
            let mut found = false;
            for (name, balancer) in &self.network.load_balancers {
                let listeners = balancer.listeners.values().filter(|listener| listener.target_groups.contains(group));
                for listener in listeners {
                    found = true;
                    let goal = format!("{}:{port}", self.task.service);
                    self.told(&need, reach(self.network, name, &goal));
                    if balancer.internet_facing {
                        let asked = format!("{name}:{}", listener.port);
                        self.visited(&need, &asked);
                    }
                }
            }
            if !found {
                self.lack(&need, format!("the target group {group} does not have an associated load balancer"), true);
            }
        }
    }

    /// Visitors, or CloudFront for them.
    ///
    /// That some of them are not let in is a choice; a subnet that none of them gets into is not.
    fn visited(&mut self, need: &str, balancer: &str) {
        let by_cloudfront =
            reach(self.network, "cloudfront", balancer).is_ok_and(|verdict| verdict.answer == Answer::Yes);
        if !by_cloudfront {
            let visitors = reach(self.network, "internet", balancer);
            match visitors {
                Ok(verdict) if verdict.ways.iter().all(|way| way.answer == Answer::Partly) => {}
                other => self.told(need, other),
            }
        }
    }

    fn reaches(&mut self, need: &str, place: &str) {
        self.told(need, reach_directly(self.network, &self.task.service, place));
    }

    fn told(&mut self, need: &str, answer: Result<reach::Verdict, PlaceError>) {
        match answer {
            Ok(verdict) if verdict.answer == Answer::Yes => {}
            Ok(verdict) => {
                let certain = verdict.answer != Answer::CannotBeJudged;
                self.lack(need, verdict.message, certain);
            }
            Err(error) => self.lack(need, error.to_string(), false),
        }
    }

    fn executes(&mut self, need: &str, action: &str, resource: &str, context: &Context) {
        let role = self.task.execution_role.as_deref();
        self.may(need, role, action, resource, context);
    }

    fn may(&mut self, need: &str, role: Option<&str>, action: &str, resource: &str, context: &Context) {
        let Some(role) = role else {
            self.lack(need, format!("there is no role for {action}"), true);
            return;
        };
        let question = Question { role, action, resource, context: context.clone(), complete: true };
        let answer = self.account.may(&question);
        self.judged(need, answer);
    }

    fn judged(&mut self, need: &str, answer: Result<access::Verdict, access::QuestionError>) {
        match answer {
            Ok(verdict) if verdict.outcome == Outcome::Allowed => {}
            Ok(verdict) => self.lack(need, verdict.message, verdict.outcome == Outcome::Denied),
            Err(error) => self.lack(need, error.to_string(), false),
        }
    }

    fn lack(&mut self, need: &str, message: String, certain: bool) {
        self.lacks.push(Lack { service: self.task.service.clone(), need: need.to_owned(), message, certain });
    }
}

fn context(values: &[(&str, &str)]) -> Context {
    values.iter().map(|(key, value)| ((*key).to_owned(), Values::One((*value).to_owned()))).collect()
}

/// Account and region of a private registry of ECR.
fn private_registry(host: &str) -> Option<(&str, &str)> {
    let (account, rest) = host.split_once(".dkr.ecr.")?;
    Some((account, rest.strip_suffix(".amazonaws.com")?))
}
