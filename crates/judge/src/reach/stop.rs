//! Where a way ends before its goal.

use super::network::{Named, Network, RouteTable, SecurityGroup, Subnet, Vpc};

/// Why something does not get through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It is stopped for this reason.
    No(String),
    /// Whether it is depends on this.
    Unknown(String),
}

/// Something of the description by its name.
pub(crate) fn find<'a, T>(all: &'a Named<T>, name: &str, what: &str) -> Result<&'a T, Stop> {
    all.get(name).ok_or_else(|| Stop::Unknown(format!("the {what} `{name}` is not described")))
}

impl Network {
    pub(crate) fn subnet(&self, name: &str) -> Result<&Subnet, Stop> {
        find(&self.subnets, name, "subnet")
    }

    pub(crate) fn vpc(&self, name: &str) -> Result<&Vpc, Stop> {
        find(&self.vpcs, name, "VPC")
    }

    pub(crate) fn group(&self, name: &str) -> Result<&SecurityGroup, Stop> {
        find(&self.security_groups, name, "security group")
    }

    /// The route table of a subnet and its name; none is the VPC's main one.
    pub(crate) fn table<'a>(&'a self, subnet: &'a Subnet) -> Result<Option<(&'a str, &'a RouteTable)>, Stop> {
        subnet
            .route_table
            .as_ref()
            .map(|name| Ok((name.as_str(), find(&self.route_tables, name, "route table")?)))
            .transpose()
    }
}
