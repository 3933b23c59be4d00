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

    /// Whether a NAT gateway is deleted, or about to be. It is listed for about an hour after that.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html>
    pub async fn nat_gateway_is_deleted(&self, id: &str) -> Result<bool, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            #[serde(default)]
            nat_gateway_set: Gateways,
        }
        #[derive(Default, Deserialize)]
        struct Gateways {
            #[serde(default, rename = "item")]
            gateways: Vec<Gateway>,
        }
        #[derive(Deserialize)]
        struct Gateway {
            state: String,
        }
        let parameters = [("NatGatewayId.1".to_owned(), id.to_owned())];
        match self.0.ec2::<Output>("DescribeNatGateways", &parameters).await {
            Err(error) if error.code() == Some("NatGatewayNotFound") => Ok(true),
            Err(error) => Err(error),
            Ok(output) => Ok(output.nat_gateway_set.gateways.iter().all(|gateway| gateway.state.starts_with("delet"))),
        }
    }
}
