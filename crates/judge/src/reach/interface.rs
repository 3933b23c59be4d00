//! A place that packets come from or go to: an address in a subnet with security groups.

use super::{addresses::Addresses, network::Network, stop::Stop};
use crate::hole;

/// Network interfaces of one thing in one subnet.
#[derive(Debug, Clone)]
pub(crate) struct Interface {
    /// What it belongs to, in words.
    pub(crate) name: String,
    pub(crate) subnet: String,
    /// None: no security group is looked at.
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) public: bool,
}

/// The other side, as rules see it.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub(crate) name: String,
    pub(crate) addresses: Addresses,
    pub(crate) groups: Vec<String>,
    /// Prefix lists that hold all of its addresses.
    pub(crate) lists: Vec<String>,
    /// Whether `addresses` are its addresses, rather than some in which those are, nobody knows where.
    pub(crate) exact: bool,
}

impl Side {
    pub(crate) fn public(name: &str, lists: Vec<String>, exact: bool) -> Self {
        Self { name: name.to_owned(), addresses: Addresses::public(), groups: Vec::new(), lists, exact }
    }
}

impl Interface {
    /// The interface as the other side sees it.
    pub(crate) fn side(&self, network: &Network) -> Result<Side, Stop> {
        Ok(Side {
            name: format!("{} in {}", self.name, self.subnet),
            addresses: Addresses::of([network.subnet(&self.subnet)?.cidr]),
            groups: match &self.groups {
                None => Vec::new(),
                Some(none) if none.is_empty() => vec![hole(&format!("the security group of {}", self.name))],
                Some(groups) => groups.clone(),
            },
            lists: Vec::new(),
            exact: true,
        })
    }
}
