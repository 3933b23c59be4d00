//! Whether the account may have what the plan adds.

use model::stack::Environment;

use super::{Finding, vcpu};
use crate::{
    Site,
    aws::{Account, Error, ec2::Networks, elbv2::LoadBalancers, servicequotas::quota},
    terraform::{Configuration, State},
};

pub(super) const CHECK: &str = "quota";

/// Something of which an account may have only so many in a region.
struct Limit {
    /// The Terraform resource.
    kind: &'static str,
    /// One, and several.
    words: [&'static str; 2],
    /// The service, as Service Quotas calls it.
    service: &'static str,
    code: &'static str,
    /// What it takes to count those that there are.
    right: &'static str,
}

/// Those that are small in a new account. Gateways to the internet have the quota of VPCs; NAT gateways have five in each
/// zone, but take an address each.
const LIMITS: [Limit; 3] = [
    Limit { kind: "aws_vpc", words: ["VPC", "VPCs"], service: "vpc", code: "L-F678F1CE", right: "ec2:DescribeVpcs" },
    Limit {
        kind: "aws_eip",
        words: ["Elastic IP address", "Elastic IP addresses"],
        service: "ec2",
        code: "L-0263D0A3",
        right: "ec2:DescribeAddresses",
    },
    Limit {
        kind: "aws_lb",
        words: ["load balancer", "load balancers"],
        service: "elasticloadbalancing",
        code: "L-53DA6B97",
        right: "elasticloadbalancing:DescribeLoadBalancers",
    },
];

pub(super) async fn look(
    site: &Site,
    environment: &Environment,
    planned: Option<(&Configuration, &State)>,
) -> Vec<Finding> {
    let mut findings = vcpu::look(site, environment, planned.map(|(configuration, _)| configuration)).await;
    for limit in &LIMITS {
        let more = planned.map_or(0, |(configuration, state)| limit.added(configuration, state));
        if more > 0 {
            findings.push(limit.look(&site.account, more).await);
        }
    }
    findings
}

/// How to get more of it.
pub(super) fn remedy(account: &Account, service: &str, code: &str, wanted: f64) -> String {
    let region = account.region().unwrap_or("us-east-1");
    format!(
        "`aws service-quotas request-service-quota-increase --region {region} --service-code {service} --quota-code \
         {code} --desired-value {wanted}`"
    )
}

impl Limit {
    /// How many are in the configuration and not in the state.
    fn added(&self, configuration: &Configuration, state: &State) -> usize {
        let wanted = configuration.resources(self.kind);
        wanted.map(|(name, number)| number.saturating_sub(state.count(self.kind, name))).sum()
    }

    async fn look(&self, account: &Account, more: usize) -> Finding {
        let allowed = match quota(account, self.service, self.code).await {
            Ok(allowed) => allowed,
            Err(error) => return Finding::unchecked(CHECK, &error, "servicequotas:GetServiceQuota"),
        };
        match self.used(account).await {
            Ok(used) => self.judge(account, more, used, allowed),
            Err(error) => Finding::unchecked(CHECK, &error, self.right),
        }
    }

    async fn used(&self, account: &Account) -> Result<usize, Error> {
        match self.kind {
            "aws_vpc" => Networks::new(account).vpcs().await,
            "aws_eip" => Networks::new(account).addresses().await,
            _ => LoadBalancers::new(account).count().await,
        }
    }

    fn judge(&self, account: &Account, more: usize, used: usize, allowed: f64) -> Finding {
        let [one, several] = self.words;
        let words = if more == 1 { one } else { several };
        // Far below where a float has no room for a count.
        let wanted = u32::try_from(used + more).map_or(f64::INFINITY, f64::from);
        let says = format!("the plan makes {more} {words}; taken in this region: {used} of {allowed}");
        if wanted > allowed {
            let ask = remedy(account, self.service, self.code, wanted);
            let free = if used > 0 { format!("remove {several} that nothing uses, or ") } else { String::new() };
            Finding::error(CHECK, says, format!("{free}ask for more: {ask}"))
        } else {
            Finding::fine(CHECK, says)
        }
    }
}
