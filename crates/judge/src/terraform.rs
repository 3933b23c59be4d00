//! Terraform roots and plans as descriptions of networks and accounts.
//!
//! [`from_config`] reads a root in JSON (`config.tf.json`), [`from_plan`] what `terraform show -json` makes of a plan. References are
//! resolved as far as the configuration goes: `${aws_vpc.main.id}` becomes the name `aws_vpc.main`, an ARN is put together where all
//! its parts are known. What is left is a [hole](crate::hole()), and what depends on it cannot be judged.

mod account;
mod arn;
mod config;
mod network;
mod plan;
mod root;
mod tasks;
mod template;

use serde::Serialize;

use crate::{
    access::Account,
    needs::{Lack, Task, lacking},
    reach::Network,
};

pub use config::from_config;
pub use plan::from_plan;

/// What a root or a plan describes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Described {
    /// The network and what is in it.
    pub network: Network,
    /// Roles and policies.
    #[serde(skip)]
    pub account: Account,
    /// What the services' tasks ask for.
    pub tasks: Vec<Task>,
}

impl Described {
    /// What the services would lack.
    pub fn lacking(&self) -> Vec<Lack> {
        lacking(&self.network, &self.account, &self.tasks)
    }
}

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TerraformError {
    /// The document has not the form that it should have.
    #[error("the document has no `{0}`: is it {1}?")]
    Form(&'static str, &'static str),
}

impl root::Root {
    fn described(&self) -> Described {
        let network = network::network(self);
        Described { account: account::account(self), tasks: tasks::tasks(self, &network), network }
    }
}
