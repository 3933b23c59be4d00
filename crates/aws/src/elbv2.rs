//! Elastic Load Balancing: what the load balancer thinks of the tasks.

use serde::Deserialize;

use super::{
    Account, Client, Error, Service,
    query::{List, members},
};

/// The service.
pub static SERVICE: Service = Service {
    name: "Elastic Load Balancing",
    id: "Elastic Load Balancing v2",
    host: "elasticloadbalancing",
    signing: "elasticloadbalancing",
    api: "2015-12-01",
};

/// The load balancers of an account in a region.
#[derive(Clone, Debug)]
pub struct LoadBalancers(Client);

/// A target of a target group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Address; that of the task's network interface.
    pub address: String,
    /// Port.
    pub port: u16,
    /// `initial`, `healthy`, `unhealthy`, `unused`, `draining`, `unavailable`.
    pub state: String,
    /// Why, as a code such as `Target.FailedHealthChecks`.
    pub reason: Option<String>,
    /// Why, as a sentence.
    pub description: Option<String>,
}

/// A target group.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroup {
    /// Its ARN.
    pub target_group_arn: String,
    /// Port of its targets.
    pub port: Option<u16>,
    /// Path that is asked.
    pub health_check_path: Option<String>,
    /// The load balancers that forward to it.
    #[serde(default)]
    load_balancer_arns: List<String>,
}

impl TargetGroup {
    /// The load balancer that forwards to it, if any does.
    pub fn load_balancer(&self) -> Option<&str> {
        self.load_balancer_arns.member.first().map(String::as_str)
    }
}

impl LoadBalancers {
    /// The load balancers of `account`.
    pub fn new(account: &Account) -> Self {
        Self(account.client(&SERVICE))
    }

    /// The targets of a target group.
    pub async fn targets(&self, target_group: &str) -> Result<Vec<Target>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            #[serde(default)]
            target_health_descriptions: List<Description>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Description {
            target: Id,
            target_health: Health,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Id {
            id: String,
            #[serde(default)]
            port: u16,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Health {
            state: String,
            reason: Option<String>,
            description: Option<String>,
        }
        let parameters = [("TargetGroupArn".to_owned(), target_group.to_owned())];
        let output: Output = self.0.query("DescribeTargetHealth", &parameters).await?;
        let target = |Description { target, target_health }| Target {
            address: target.id,
            port: target.port,
            state: target_health.state,
            reason: target_health.reason.filter(|reason| !reason.is_empty()),
            description: target_health.description.filter(|description| !description.is_empty()),
        };
        Ok(output.target_health_descriptions.member.into_iter().map(target).collect())
    }

    /// Target groups by ARN.
    pub async fn target_groups(&self, arns: &[String]) -> Result<Vec<TargetGroup>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            #[serde(default)]
            target_groups: List<TargetGroup>,
        }
        let output: Output = self.0.query("DescribeTargetGroups", &members("TargetGroupArns", arns)).await?;
        Ok(output.target_groups.member)
    }

    /// The host name of a load balancer, or none if it is not there.
    pub async fn host_name(&self, load_balancer: &str) -> Result<Option<String>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            #[serde(default)]
            load_balancers: List<LoadBalancer>,
        }
        #[derive(Deserialize)]
        struct LoadBalancer {
            #[serde(rename = "DNSName")]
            dns_name: String,
        }
        let parameters = members("LoadBalancerArns", [load_balancer]);
        let output: Output = self.0.query("DescribeLoadBalancers", &parameters).await?;
        Ok(output.load_balancers.member.into_iter().next().map(|found| found.dns_name))
    }

    /// How many there are of the kind that speaks HTTP.
    pub async fn count(&self) -> Result<usize, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            #[serde(default)]
            load_balancers: List<LoadBalancer>,
            next_marker: Option<String>,
        }
        #[derive(Deserialize)]
        struct LoadBalancer {
            #[serde(rename = "Type")]
            kind: String,
        }
        let (mut count, mut parameters) = (0, Vec::new());
        loop {
            let output: Output = self.0.query("DescribeLoadBalancers", &parameters).await?;
            count += output.load_balancers.member.iter().filter(|found| found.kind == "application").count();
            match output.next_marker.filter(|marker| !marker.is_empty()) {
                Some(marker) => parameters = vec![("Marker".to_owned(), marker)],
                None => return Ok(count),
            }
        }
    }
}
