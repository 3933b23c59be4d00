//! What must be there before something else, and whether Terraform knows that.
//!
//! Terraform makes ten things at a time. What it sees is in references and in `depends_on`; what AWS wants is here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::taken::resources;

type Names = BTreeSet<String>;

/// What belongs to a service's tasks: its type, and the argument that says to which of their parts it belongs.
const BELONGING: &[[&str; 2]] = &[
    ["aws_ecs_cluster_capacity_providers", "cluster_name"],
    ["aws_efs_file_system_policy", "file_system_id"],
    ["aws_efs_mount_target", "file_system_id"],
    ["aws_iam_role_policy", "role"],
    ["aws_iam_role_policy_attachment", "role"],
    ["aws_lb_listener_rule", "action"],
    ["aws_route", "route_table_id"],
    ["aws_route_table_association", "subnet_id"],
    ["aws_vpc_security_group_egress_rule", "security_group_id"],
];

/// The resources of a root, and which of them each one names.
pub(super) struct Order<'a> {
    resources: BTreeMap<String, &'a Value>,
    edges: BTreeMap<String, Names>,
}

impl<'a> Order<'a> {
    pub(super) fn of(root: &'a Value) -> Self {
        let resources: BTreeMap<_, _> =
            resources(root).map(|(kind, name, body)| (format!("{kind}.{name}"), body)).collect();
        let edges = resources
            .iter()
            .map(|(address, body)| {
                let mut edges = addresses(&body.to_string());
                edges.retain(|one| one != address && resources.contains_key(one));
                (address.clone(), edges)
            })
            .collect();
        Self { resources, edges }
    }

    /// All that Terraform makes before a resource.
    pub(super) fn before(&self, address: &str) -> Names {
        let (mut found, mut left) = (Names::new(), vec![address.to_owned()]);
        while let Some(one) = left.pop() {
            for next in self.edges.get(&one).into_iter().flatten() {
                if found.insert(next.clone()) {
                    left.push(next.clone());
                }
            }
        }
        found
    }

    /// What does not wait for what it needs.
    pub(super) fn missing(&self) -> Vec<String> {
        let mut found = Vec::new();
        for address in self.resources.keys() {
            let needed = self.needed(address);
            if needed.is_empty() {
                continue;
            }
            let before = self.before(address);
            found.extend(needed.difference(&before).map(|need| format!("{address} does not wait for {need}")));
        }
        found
    }

    fn needed(&self, address: &str) -> Names {
        match address.split('.').next().unwrap_or_default() {
            "aws_ecs_service" => self.by_tasks(address),
            // https://github.com/hashicorp/terraform-provider-aws/pull/3494: "VPC has no internet gateway".
            "aws_lb" => {
                let mut needed = self.of_kind("aws_internet_gateway");
                let parts = self.named(address, "subnets");
                needed.extend(self.routes_of(&parts));
                // AWS tries to write to the bucket as soon as it is told to.
                needed.extend(self.belonging("aws_s3_bucket_policy", "bucket", &self.named(address, "access_logs")));
                needed
            }
            // A header that CloudFront sends has to be sent before it is wanted.
            "aws_lb_listener_rule" if self.resources[address].to_string().contains("http_header") => {
                self.of_kind("aws_cloudfront_distribution")
            }
            // https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
            "aws_nat_gateway" => self.of_kind("aws_internet_gateway"),
            // A role that ECS has just made for itself can't be taken at once.
            "aws_ecs_cluster_capacity_providers" => self.of_kind("aws_lb"),
            // S3: "A conflicting conditional operation is currently in progress".
            "aws_s3_bucket_policy" => {
                let bucket = self.named(address, "bucket");
                self.belonging("aws_s3_bucket_public_access_block", "bucket", &bucket)
            }
            // RDS makes a log group that it does not find, without a time after which lines are removed.
            "aws_db_instance" | "aws_rds_cluster" => {
                let body = self.resources[address];
                let name = body.get("identifier").or_else(|| body.get("cluster_identifier")).and_then(Value::as_str);
                let own = |group: &&String| {
                    let group = self.resources[*group]["name"].as_str().unwrap_or_default();
                    group.starts_with("/aws/rds/") && name.is_some_and(|name| group.contains(&format!("/{name}/")))
                };
                self.of_kind("aws_cloudwatch_log_group").iter().filter(own).cloned().collect()
            }
            _ => Names::new(),
        }
    }

    /// What the tasks of a service need, by what they are made of.
    fn by_tasks(&self, service: &str) -> Names {
        let mut parts = self.edges[service].clone();
        for definition in self.named(service, "task_definition") {
            parts.extend(self.edges[&definition].clone());
        }
        // What the tasks ask may be in any subnet.
        let mut needed = self.of_kind("aws_vpc_endpoint");
        needed.extend(self.of_kind("aws_network_acl_rule"));
        needed.extend(self.routes_of(&parts));
        for [kind, argument] in BELONGING {
            needed.extend(self.belonging(kind, argument, &parts));
        }
        // The way from the load balancer.
        if !self.named(service, "load_balancer").is_empty() {
            let balancers: Names =
                self.of_kind("aws_lb").iter().flat_map(|one| self.named(one, "security_groups")).collect();
            let groups = self.named(service, "network_configuration");
            for rule in self.belonging("aws_vpc_security_group_egress_rule", "security_group_id", &balancers) {
                if !self.named(&rule, "referenced_security_group_id").is_disjoint(&groups) {
                    needed.insert(rule);
                }
            }
        }
        needed.extend(self.servers(service));
        needed
    }

    /// Services that a service names: only what starts later finds them.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html>
    fn servers(&self, service: &str) -> Names {
        let definitions = self.named(service, "task_definition");
        let said: String = definitions.iter().map(|one| self.resources[one].to_string()).collect();
        let mut found = Names::new();
        for other in self.of_kind("aws_ecs_service") {
            let connect = &self.resources[&other]["service_connect_configuration"]["service"];
            let aliases = connect.as_array().into_iter().flatten().filter_map(|one| one["client_alias"].as_array());
            for alias in aliases.flatten() {
                let (Some(name), Some(port)) = (alias["dns_name"].as_str(), alias["port"].as_u64()) else { continue };
                if other != service && said.contains(&format!("http://{name}:{port}")) {
                    found.insert(other.clone());
                }
            }
        }
        found
    }

    /// Routes of the tables of subnets.
    fn routes_of(&self, subnets: &Names) -> Names {
        let links = self.belonging("aws_route_table_association", "subnet_id", subnets);
        let tables: Names = links.iter().flat_map(|link| self.named(link, "route_table_id")).collect();
        self.belonging("aws_route", "route_table_id", &tables)
    }

    fn of_kind(&self, kind: &str) -> Names {
        let of = |address: &&String| address.split('.').next() == Some(kind);
        self.resources.keys().filter(of).cloned().collect()
    }

    /// Resources of a type whose argument names one of these.
    fn belonging(&self, kind: &str, argument: &str, to: &Names) -> Names {
        let of = self.of_kind(kind);
        of.into_iter().filter(|one| !self.named(one, argument).is_disjoint(to)).collect()
    }

    /// What an argument of a resource names.
    fn named(&self, address: &str, argument: &str) -> Names {
        let text = self.resources[address].get(argument).map(Value::to_string).unwrap_or_default();
        let mut found = addresses(&text);
        found.retain(|one| self.resources.contains_key(one));
        found
    }
}

/// Addresses in expressions, in strings and in JSON within strings.
fn addresses(text: &str) -> Names {
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let mut found = Names::new();
    for (start, _) in text.match_indices("aws_") {
        if text[..start].ends_with(word) {
            continue;
        }
        let rest = &text[start..];
        let Some(dot) = rest.find(|letter| !word(letter)).filter(|end| rest[*end..].starts_with('.')) else { continue };
        let name = &rest[dot + 1..];
        let end = name.find(|letter| !word(letter)).unwrap_or(name.len());
        found.insert(format!("{}.{}", &rest[..dot], &name[..end]));
    }
    found
}
