//! What a network is made of, said without the words of any tool.
//!
//! Everything has a name, and names what it belongs to. A name in a [hole](crate::hole()) stands for something that is there and not
//! known. Only IPv4 is judged.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

/// Things by their names.
pub type Named<T> = BTreeMap<String, T>;

/// A description of a network: version 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// The version of this description's form: 1.
    pub schema: u32,
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// Virtual private clouds.
    pub vpcs: Named<Vpc>,
    /// Subnets.
    pub subnets: Named<Subnet>,
    /// Route tables.
    pub route_tables: Named<RouteTable>,
    /// Internet gateways.
    pub internet_gateways: Named<InternetGateway>,
    /// NAT gateways.
    pub nat_gateways: Named<NatGateway>,
    /// Gateway endpoints.
    pub gateway_endpoints: Named<GatewayEndpoint>,
    /// Interface endpoints.
    pub interface_endpoints: Named<InterfaceEndpoint>,
    /// Prefix lists with known addresses. Those of AWS need not be here.
    pub prefix_lists: Named<Vec<Ipv4Net>>,
    /// Security groups.
    pub security_groups: Named<SecurityGroup>,
    /// Network access control lists.
    pub network_acls: Named<NetworkAcl>,
    /// Application load balancers.
    pub load_balancers: Named<LoadBalancer>,
    /// Services of ECS.
    pub services: Named<Service>,
    /// Databases and caches.
    pub databases: Named<Database>,
    /// File systems of EFS.
    pub file_systems: Named<FileSystem>,
    /// What could not be described, in words.
    pub unknown: Vec<String>,
}

/// A virtual private cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// Its addresses.
    pub cidrs: Vec<Ipv4Net>,
    /// Whether AWS's resolver and names are on, both: private names of endpoints need them.
    #[serde(default = "yes")]
    pub dns: bool,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    /// The VPC.
    pub vpc: String,
    /// Its addresses.
    pub cidr: Ipv4Net,
    /// Its availability zone.
    #[serde(default)]
    pub zone: String,
    /// Its route table. None: the VPC's main one, which has the local route alone.
    #[serde(default)]
    pub route_table: Option<String>,
    /// Its network ACL. None: the VPC's default one, which allows all.
    #[serde(default)]
    pub network_acl: Option<String>,
}

/// A route table. The local route is not listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RouteTable {
    /// Routes by name.
    pub routes: Named<Route>,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Where to.
    pub to: Peer,
    /// Which way.
    pub via: Via,
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// An internet gateway.
    InternetGateway(String),
    /// A NAT gateway.
    NatGateway(String),
    /// Something that is not judged: a peering, a transit gateway, a network interface.
    Other(String),
}

/// The other side of a rule or a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// A network.
    Cidr(Ipv4Net),
    /// Whoever has this security group.
    Group(String),
    /// A prefix list, by its name.
    PrefixList(String),
    /// Something that is not known.
    Unknown(String),
}

/// An internet gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InternetGateway {
    /// The VPC that it is attached to.
    pub vpc: Option<String>,
}

/// A NAT gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatGateway {
    /// The subnet that it stands in.
    pub subnet: String,
    /// Whether it has a public address.
    #[serde(default = "yes")]
    pub public: bool,
}

/// A gateway endpoint: a route to S3 or `DynamoDB` in some route tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayEndpoint {
    /// `s3` or `dynamodb`.
    pub service: String,
    /// The route tables.
    pub route_tables: Vec<String>,
}

/// An interface endpoint: addresses of a service of AWS in subnets of the VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterfaceEndpoint {
    /// The VPC.
    pub vpc: String,
    /// The service, such as `ecr.api`.
    pub service: String,
    /// Where its addresses are.
    pub subnets: Vec<String>,
    /// Their security groups.
    pub security_groups: Vec<String>,
    /// Whether the service's own name leads to them.
    #[serde(default = "yes")]
    pub private_dns: bool,
}

/// A security group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecurityGroup {
    /// What may come in.
    pub ingress: Named<GroupRule>,
    /// What may go out.
    pub egress: Named<GroupRule>,
}

/// A rule of a security group: it allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// `tcp`, `udp`, or `all`.
    #[serde(default)]
    pub protocol: Protocol,
    /// The first and the last port. None: all.
    #[serde(default)]
    pub ports: Option<(u16, u16)>,
    /// The other side.
    pub peer: Peer,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// All protocols.
    All,
    /// Another protocol.
    Other,
}

/// A network ACL: without a rule that matches, nothing passes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkAcl {
    /// Rules by name.
    pub rules: Named<AclRule>,
}

/// A rule of a network ACL. The one with the lowest number that matches decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AclRule {
    /// Its number.
    pub number: u16,
    /// Whether it is about what goes out.
    pub egress: bool,
    /// `tcp`, `udp`, or `all`.
    #[serde(default)]
    pub protocol: Protocol,
    /// The first and the last port. None: all.
    #[serde(default)]
    pub ports: Option<(u16, u16)>,
    /// The other side.
    pub cidr: Ipv4Net,
    /// Whether it lets through.
    pub allow: bool,
}

/// An application load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// Whether it has public addresses.
    pub internet_facing: bool,
    /// One for each zone.
    pub subnets: Vec<String>,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// Its listeners.
    #[serde(default)]
    pub listeners: Named<Listener>,
}

/// A listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    /// Its port.
    pub port: u16,
    /// The target groups that it or its rules forward to.
    #[serde(default)]
    pub target_groups: Vec<String>,
}

/// A service of ECS: its tasks may be in each of its subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Where its tasks may be.
    pub subnets: Vec<String>,
    /// Their security groups.
    pub security_groups: Vec<String>,
    /// Whether they have public addresses.
    #[serde(default)]
    pub public_ip: bool,
    /// Ports that they listen on.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Target groups that they are registered in, and the port.
    #[serde(default)]
    pub target_groups: Named<u16>,
    /// Registries that its images come from.
    #[serde(default)]
    pub images: Vec<String>,
}

/// A database or a cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Its port.
    pub port: u16,
    /// The subnets that it may be in.
    pub subnets: Vec<String>,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// Whether it has a public address.
    #[serde(default)]
    pub public: bool,
    /// Whether it is a cache.
    #[serde(default)]
    pub cache: bool,
}

/// A file system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileSystem {
    /// Its mount targets, at most one in a zone.
    pub mount_targets: Named<MountTarget>,
}

/// A mount target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MountTarget {
    /// The subnet that it stands in.
    pub subnet: String,
    /// Its security groups.
    pub security_groups: Vec<String>,
}

fn yes() -> bool {
    true
}
