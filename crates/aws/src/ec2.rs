//! EC2, of which only the network matters here: what there is of it.

use serde::Deserialize;

use super::{Account, Client, Error, Service};

/// The service.
pub static SERVICE: Service = Service { name: "EC2", id: "EC2", host: "ec2", signing: "ec2", api: "2016-11-15" };

/// The networks of an account in a region.
#[derive(Clone, Debug)]
pub struct Networks(Client);

/// A list: `<item>…</item><item>…</item>`.
#[derive(Debug, Default, Deserialize)]
struct Items {
    #[serde(default, rename = "item")]
    items: Vec<Item>,
}

/// Nothing of it is read: it is counted.
#[derive(Debug, Deserialize)]
struct Item {}

impl Networks {
    /// The networks of `account`.
    pub fn new(account: &Account) -> Self {
        Self(account.client(&SERVICE))
    }

    /// How many VPCs there are.
    pub async fn vpcs(&self) -> Result<usize, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            #[serde(default)]
            vpc_set: Items,
            next_token: Option<String>,
        }
        let (mut count, mut parameters) = (0, Vec::new());
        loop {
            let output: Output = self.0.ec2("DescribeVpcs", &parameters).await?;
            count += output.vpc_set.items.len();
            match output.next_token.filter(|token| !token.is_empty()) {
                Some(token) => parameters = vec![("NextToken".to_owned(), token)],
                None => return Ok(count),
            }
        }
    }

    /// How many Elastic IP addresses there are.
    pub async fn addresses(&self) -> Result<usize, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            #[serde(default)]
            addresses_set: Items,
        }
        let output: Output = self.0.ec2("DescribeAddresses", &[]).await?;
        Ok(output.addresses_set.items.len())
    }
}
